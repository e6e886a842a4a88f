"""Vouchers and the keys that sign them (hard case H10)."""

from datetime import timedelta

import pytest

from cloud_api.qr import vouchers
from cloud_api.qr.issuer_keys import private_key
from cloud_api.qr.tables import IssuerKeyRow
from shared.contracts.base import from_base64
from shared.domain.passes import PassKind, Signature
from shared.passtoken.lookup import lookup_hash
from shared.passtoken.signing import verify_voucher
from shared.passtoken.tokens import parse
from tests.support.builders import NOON, an_id
from tests.support.reception import arrival, ok


@pytest.fixture
def member_id(desk):
    return desk.member(plan=desk.plan())


def _voucher(desk, member_id, **request):
    made = ok(desk.client.post(f"/v1/members/{member_id}/vouchers", json=request))
    return made["voucher"], parse(made["code"]["text"])


def _key_of(desk, token, site_id=None):
    row = desk.roster(site_id).get(("issuer_key", str(token.key_number)))
    return None if row is None else from_base64(row["public_key"])


def test_a_voucher_is_good_today_and_tomorrow_at_every_site_and_every_door_can_tell(desk, gym, member_id):
    second = desk.site("Second")
    gym.dispatch()
    voucher, token = _voucher(desk, member_id)
    assert voucher["last_valid_on"] == "2026-03-19"
    assert (token.gym_number, token.site_number) == (gym.cloud.keys.gym_number, 0)
    assert voucher["id"] == token.voucher_id.hex()
    for site_id in (desk.site_id, second):
        public = _key_of(desk, token, site_id)
        assert verify_voucher(token, public_key=public, gym_id=gym.cloud.keys.gym_id) is Signature.VALID
    assert ok(desk.client.get(f"/v1/members/{member_id}/vouchers"))["items"] == [voucher]


def test_a_voucher_for_one_site_carries_its_number_and_its_day(desk, gym, member_id):
    auckland = desk.site("Auckland", zone="Pacific/Auckland")  # the 19th already
    gym.dispatch()
    _, token = _voucher(desk, member_id, site_id=str(auckland))
    assert (token.site_number, str(token.last_valid_on)) == (2, "2026-03-20")
    unknown = desk.client.post(f"/v1/members/{member_id}/vouchers", json={"site_id": str(an_id())})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "site_unknown")


@pytest.mark.parametrize("first_heard", ["entry", "voucher"])
def test_the_entry_is_the_members_whichever_is_heard_of_first(desk, gym, first_heard):
    member_id = desk.member()
    held = desk.sell(member_id, desk.pack())
    voucher, token = _voucher(desk, member_id, membership_id=held["id"])
    entry = arrival(
        desk.site_id,
        pass_kind="voucher",
        voucher_id=token.voucher_id,
        member_id=None,
        membership_id=None,
        lookup=lookup_hash(gym.cloud.keys.pepper, PassKind.VOUCHER, token.voucher_id),
        notices=["voucher_accepted"],
    )
    if first_heard == "voucher":
        gym.dispatch()
    desk.record(entry)
    if first_heard == "entry":
        (event,) = desk.attendance()
        assert (event["member"], event["flags"]) == (None, ["unknown_voucher"])
        assert desk.visits() == []
        gym.dispatch()
    (event,) = desk.attendance()
    assert (event["member"]["id"], event["flags"]) == (str(member_id), [])
    assert [item["member"]["id"] for item in desk.visits()] == [str(member_id)]
    assert desk.read(member_id)["memberships"][0]["visits_counted"] == 1
    assert voucher["membership_id"] == held["id"]


def test_a_revoked_voucher_is_told_to_every_door_until_it_is_over(desk, gym, member_id):
    voucher, token = _voucher(desk, member_id)
    lookup = lookup_hash(gym.cloud.keys.pepper, PassKind.VOUCHER, token.voucher_id)
    assert desk.credential_row(lookup) is None
    for _ in range(2):
        assert ok(desk.client.post(f"/v1/vouchers/{voucher['id']}/revoke"))["status"] == "revoked"
    row = desk.credential_row(lookup)
    assert (row["kind"], row["status"], row["member_id"], row["other_site"]) == ("voucher", "revoked", None, False)
    assert [line.kind for line in gym.cloud.journal.read()] == [vouchers.JOURNAL_KIND]
    gym.clock.advance(timedelta(days=6))
    later, _ = _voucher(desk, member_id)
    ok(desk.client.post(f"/v1/vouchers/{later['id']}/revoke"))
    assert desk.credential_row(lookup) is None
    for path in ("/v1/vouchers/0000000000000000/revoke", "/v1/vouchers/zz/revoke"):
        assert desk.client.post(path).status_code in (404, 422)


def test_the_journal_revokes_a_voucher_again(desk, gym, member_id):
    voucher, token = _voucher(desk, member_id)
    lookup = lookup_hash(gym.cloud.keys.pepper, PassKind.VOUCHER, token.voucher_id)
    ok(desk.client.post(f"/v1/vouchers/{voucher['id']}/revoke"))
    (line,) = gym.cloud.journal.read()
    with gym.cloud.database.transaction() as session:
        row = session.get(vouchers.VoucherRow, token.voucher_id)
        row.status, row.revoked_at = "active", None
        session.add(row)
    with gym.cloud.database.transaction() as session:
        vouchers.revoke_again(session, gym.cloud.keys, line.id, line.at)
        vouchers.revoke_again(session, gym.cloud.keys, an_id(), NOON)
    assert desk.credential_row(lookup)["status"] == "revoked"


def test_a_new_key_is_known_to_the_doors_before_it_signs(desk, gym, member_id):
    made = ok(desk.client.post("/v1/issuer-keys", json={}))
    assert (made["number"], made["signs"]) == (2, False)
    assert ("issuer_key", "2") in desk.roster()
    assert _voucher(desk, member_id)[1].key_number == 1
    gym.clock.advance(timedelta(days=3))
    _, token = _voucher(desk, member_id)
    assert token.key_number == 2
    assert verify_voucher(token, public_key=_key_of(desk, token), gym_id=gym.cloud.keys.gym_id) is Signature.VALID


def test_an_old_key_is_kept_until_none_of_its_vouchers_is_good(desk, gym):
    def living():
        return sorted(number for kind, number in desk.roster() if kind == "issuer_key")

    ok(desk.client.post("/v1/issuer-keys", json={}))
    gym.clock.advance(timedelta(days=4))
    ok(desk.client.post("/v1/issuer-keys", json={}))  # 2 signs since a day: vouchers of 1 may still be good
    assert living() == ["1", "2", "3"]
    gym.clock.advance(timedelta(days=4))
    ok(desk.client.post("/v1/issuer-keys", json={}))
    assert living() == ["2", "3", "4"]
    keys = {item["number"]: item for item in ok(desk.client.get("/v1/issuer-keys"))["items"]}
    assert keys[1]["retired_at"] is not None
    assert [number for number, key in keys.items() if key["signs"]] == [3]


def test_stolen_keys_are_worth_nothing_at_once(desk, gym, member_id):
    _, stolen = _voucher(desk, member_id)
    made = ok(desk.client.post("/v1/issuer-keys", json={"compromised": True}))
    assert made["signs"]
    assert _key_of(desk, stolen) is None
    _, token = _voucher(desk, member_id)
    assert token.key_number == made["number"]
    assert desk.actions("qr").count("issuer_key.rotated") == 1


def test_a_private_key_lies_sealed_and_goes_with_its_retirement(desk, gym):
    with gym.cloud.database.reading() as session:
        row = session.get(IssuerKeyRow, 1)
        raw = private_key(row, gym.cloud.keys).private_bytes_raw()
        assert raw not in row.sealed_private
    ok(desk.client.post("/v1/issuer-keys", json={"compromised": True}))
    with gym.cloud.database.reading() as session:
        assert session.get(IssuerKeyRow, 1).sealed_private is None
