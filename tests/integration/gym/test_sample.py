"""The sample gym: every state, the same people for the same seed, and thousands in bulk that are like one by one."""

import gzip
import json
import stat
from collections import Counter

import pytest

from cloud_api.__main__ import main
from cloud_api.common import roster
from cloud_api.common.audit_chain import find_break
from cloud_api.common.tables import RosterHead
from cloud_api.devices.feed import read_snapshot
from cloud_api.qr.tables import PassRow
from cloud_api.sample import making
from cloud_api.sample.making import make_sample
from cloud_api.sample.states import State
from shared.errors import InvalidInput
from tests.support.real_kiosk import a_real_kiosk, code_of
from tests.support.reception import ok

MANY = 300


@pytest.fixture
def _soon_many(monkeypatch):
    """A few hundred are written in bulk already."""
    monkeypatch.setattr(making, "MANY", MANY)


def test_every_state_is_there_and_follows_from_the_seed(gym, tmp_path):
    first = make_sample(gym.cloud, members=30, seed=5, out=tmp_path / "one")
    second = make_sample(gym.cloud, members=30, seed=5, out=tmp_path / "two")
    assert Counter(item.state for item in first.members).keys() == {state.value for state in State}
    told = [[(item.state, item.name, item.kind, item.symbology) for item in made.members] for made in (first, second)]
    assert told[0] == told[1]
    keys = [{item.private_key_pem or item.text for item in made.members} for made in (first, second)]
    assert keys[0].isdisjoint(keys[1])


def test_the_secrets_are_in_one_file_for_its_owner_alone(gym, tmp_path):
    made = make_sample(gym.cloud, members=20, seed=1, out=tmp_path / "demo")
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    content = json.loads(made.file.read_text(encoding="utf-8"))
    assert "secrets" in content["warning"]
    assert content["site_id"] == str(gym.site_id)
    for item in content["members"]:
        assert bool(item["text"]) != bool(item["private_key_pem"])


@pytest.mark.usefixtures("_soon_many")
def test_thousands_are_written_in_bulk_and_stand_in_the_roster_like_any_other(gym, desk, tmp_path):
    made = make_sample(gym.cloud, members=MANY + 1, seed=1, out=tmp_path / "demo")
    assert len({item.member_id for item in made.members}) == MANY + 1
    gym.dispatch()
    with gym.cloud.database.reading() as session:
        head = session.get(RosterHead, gym.site_id)
        assert head.checksum == roster.recompute_checksum(session, gym.site_id)
        assert find_break(session, "gym") is None
        snapshot = read_snapshot(session, gym.site_id)
        lookup = session.get(PassRow, made.members[-1].pass_id).lookup
    packed = len(gzip.compress(snapshot.model_dump_json().encode(), 6))
    assert packed / (MANY + 1) <= 230  # bytes a member with a phone; identical ids stand near one another
    assert desk.credential_row(lookup)["member_id"] == str(made.members[-1].member_id)
    number = int(desk.read(made.members[-1].member_id)["number"])
    assert desk.read(desk.member())["number"] == str(number + 1)
    ok(desk.client.post(f"/v1/passes/{made.members[0].pass_id}/revoke"))


@pytest.mark.usefixtures("_soon_many")
def test_a_member_written_in_bulk_gets_in_by_name(gym, tmp_path):
    made = make_sample(gym.cloud, members=MANY + 1, seed=1, out=tmp_path / "demo")
    with a_real_kiosk(gym, tmp_path / "kiosk") as kiosk:
        member = made.members[-1]
        verdict = kiosk.scan(*code_of(member, at=gym.clock.now(), gym_id=made.gym_id))
        assert verdict.name == f"{member.name.split()[0]} {member.name.split()[1][0]}."


def test_nonsense_is_refused_in_words(gym, tmp_path):
    for members in (0, 200_001):
        with pytest.raises(InvalidInput):
            make_sample(gym.cloud, members=members, seed=1, out=tmp_path)


@pytest.mark.embedded
def test_the_command_fills_a_gym(gym, tmp_path, capsys):
    folder = str(gym.settings.data)
    code = main(["sample", "--data", folder, "--members", "16", "--out", str(tmp_path / "demo"), "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert (code, answer["members"]) == (0, 16)
    assert json.loads((tmp_path / "demo" / "demo-secrets.json").read_text(encoding="utf-8"))["members"]
