"""Becoming a gym's kiosk: every step may be the last, and a kiosk enrolled again keeps its events."""

import dataclasses

import pytest

from kiosk.enrolment.enrolling import become, move_in
from kiosk.enrolment.identity import FILE, find_identity, save_identity
from kiosk.enrolment.keys import KIOSK, NEXT, Keys, find_keys
from kiosk.enrolment.pairing import Pairing, parse_pairing
from kiosk.store.folder import open_store
from shared.domain.decision import Granted
from shared.errors import InvalidInput, Rejected, Unavailable
from tests.support.builders import NOON, SITE_ID, an_id
from tests.support.kiosk import FakeClock, FakeSecretStore, a_kiosk, an_enrolment, an_identity
from tests.support.small_gym import PEPPER, SmallGym, a_person

PAIRING = Pairing("https://cloud.test", "ABCD-1234", None)


@pytest.fixture
def store(tmp_path):
    store = open_store(tmp_path, FakeClock(), reserve_size=1)
    yield store
    store.close()


@pytest.fixture
def secrets():
    return FakeSecretStore()


def enrol(store, secrets, redeem):
    return become(redeem, pairing=PAIRING, certificate=b"der", store=store, secrets=secrets, program_version="1.2.3")


def test_an_enrolment_leaves_identity_keys_and_stream(store, secrets):
    asked, answer = [], an_enrolment()
    identity = enrol(store, secrets, lambda request: (asked.append(request), answer)[1])
    assert find_identity(store.folder) == identity
    assert (identity.base_url, identity.certificate, identity.secret_store) == ("https://cloud.test", b"der", "file")
    assert (identity.device_id, identity.site_id, identity.enrolled_at) == (answer.device_id, SITE_ID, NOON)
    keys = find_keys(secrets, identity.public_key)
    assert (keys.pepper, keys.site_key) == (PEPPER, bytes(16))
    assert (asked[0].code, asked[0].public_key, asked[0].program_version) == ("ABCD-1234", keys.public_key, "1.2.3")
    assert set(secrets.secrets) == {KIOSK}
    assert store.events.current_stream() == (answer.stream_id, 0)


def test_no_secret_is_in_the_data_folder(store, secrets):
    identity = enrol(store, secrets, lambda _request: an_enrolment(site_key=b"site-key-of-gym!"))
    keys = find_keys(secrets, identity.public_key)
    content = b"".join(path.read_bytes() for path in store.folder.iterdir())
    for secret in (keys.device_key, keys.pepper, keys.site_key):
        assert secret not in content
        assert Keys(device_key=secret).model_dump(mode="json")["device_key"].encode() not in content


def test_the_device_key_is_safe_before_the_code_is_redeemed(store, secrets):
    def redeem(request):
        assert find_keys(secrets, request.public_key) is not None
        raise Unavailable("the line is cut")

    with pytest.raises(Unavailable):
        enrol(store, secrets, redeem)
    assert find_identity(store.folder) is None


def test_a_code_that_is_refused_leaves_an_enrolled_kiosk_as_it_was(store, secrets):
    before = enrol(store, secrets, lambda _request: an_enrolment())

    def refuse(_request):
        raise Rejected("too old", code="code_spent")

    with pytest.raises(Rejected):
        enrol(store, secrets, refuse)
    assert find_identity(store.folder) == before
    assert find_keys(secrets, before.public_key).pepper == PEPPER


def test_a_secret_store_that_does_not_answer_redeems_no_code(store, secrets):
    secrets.is_away = True
    with pytest.raises(Unavailable):
        enrol(store, secrets, lambda _request: pytest.fail("redeemed"))


def test_power_that_goes_right_after_the_identity_was_written_costs_nothing(store, secrets, monkeypatch):
    answer = an_enrolment()

    def power_cut(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr("kiosk.enrolment.enrolling.promote_keys", power_cut)
    with pytest.raises(KeyboardInterrupt):
        enrol(store, secrets, lambda _request: answer)
    identity = find_identity(store.folder)
    assert set(secrets.secrets) == {NEXT}
    assert find_keys(secrets, identity.public_key).pepper == PEPPER
    move_in(store, identity)
    assert store.events.current_stream() == (answer.stream_id, 0)


def test_enrolled_again_in_place_the_events_stay_and_go_on_in_a_new_stream(tmp_path):
    nora = a_person()
    kiosk = a_kiosk(tmp_path, SmallGym(nora))
    kiosk.scan(nora.card)
    answer = an_enrolment()
    enrol(kiosk.store, kiosk.secrets, lambda _request: answer)
    kiosk.clock.advance(60)
    assert isinstance(kiosk.scan(nora.card).decision, Granted)
    assert kiosk.store.events.current_stream() == (answer.stream_id, 1)
    kiosk.push()
    assert len(kiosk.cloud.events) == 2
    assert kiosk.store.roster.head is not None


def test_moving_to_another_site_drops_the_old_sites_roster(tmp_path):
    kiosk = a_kiosk(tmp_path, SmallGym(a_person()))
    move_in(kiosk.store, an_identity(site_id=an_id()))
    assert kiosk.store.roster.head is None


def test_a_new_stream_opened_for_good_reason_outlives_a_restart(store):
    identity = an_identity()
    move_in(store, identity)
    newer = an_id()
    store.events.open_stream(newer)
    move_in(store, identity)
    assert store.events.current_stream() == (newer, 0)


def test_an_identity_is_written_whole_or_not_at_all(store, monkeypatch):
    save_identity(store.folder, an_identity())

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Unavailable):
        save_identity(store.folder, an_identity(device_name="Other"))
    assert find_identity(store.folder) == an_identity()


def test_a_damaged_identity_is_said_so_and_wipes_nothing(store):
    (store.folder / FILE).write_text("{")
    with pytest.raises(InvalidInput, match="Enrol this kiosk again"):
        find_identity(store.folder)


GOOD = "FIT1 https://10.0.0.5:8443 ABCD-1234 " + "ab" * 32


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD, Pairing("https://10.0.0.5:8443", "ABCD-1234", "ab" * 32)),
        (f"  {GOOD}\n", Pairing("https://10.0.0.5:8443", "ABCD-1234", "ab" * 32)),
        (GOOD.replace(" ", "\n"), Pairing("https://10.0.0.5:8443", "ABCD-1234", "ab" * 32)),
        (GOOD.replace("ab" * 32, "AB:" * 31 + "AB"), Pairing("https://10.0.0.5:8443", "ABCD-1234", "ab" * 32)),
        ("FIT1 https://gym.example/ WXYZ9876", Pairing("https://gym.example", "WXYZ9876", None)),
        ("FIT1 http://127.0.0.1:8000 WXYZ9876", Pairing("http://127.0.0.1:8000", "WXYZ9876", None)),
        ("FIT1 http://localhost:8000 WXYZ9876", Pairing("http://localhost:8000", "WXYZ9876", None)),
        ("FIT1 https://[fd00::5]:8443 WXYZ9876", Pairing("https://[fd00::5]:8443", "WXYZ9876", None)),
    ],
)
def test_a_pairing_text_is_read(text, expected):
    assert parse_pairing(text) == expected


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", None),
        ("hello", None),
        ("FIT2 https://gym.example ABCD1234", None),
        (GOOD + " more", None),
        ("FIT1 https://gym.example", None),
        ("FIT1 http://gym.example ABCD1234", "base_url"),
        ("FIT1 http://10.0.0.5 ABCD1234", "base_url"),
        ("FIT1 ftp://gym.example ABCD1234", "base_url"),
        ("FIT1 https:// ABCD1234", "base_url"),
        ("FIT1 https://user:pw@gym.example ABCD1234", "base_url"),
        ("FIT1 https://gym.example:99999 ABCD1234", "base_url"),
        ("FIT1 https://gym.example?x=1 ABCD1234", "base_url"),
        ("FIT1 https://gym.example A!", "code"),
        ("FIT1 https://gym.example ABCD1234 " + "zz" * 32, "fingerprint"),
        ("FIT1 https://gym.example ABCD1234 " + "ab" * 31, "fingerprint"),
    ],
)
def test_a_damaged_pairing_text_is_said_so(text, field):
    with pytest.raises(InvalidInput) as caught:
        parse_pairing(text)
    assert caught.value.field == field


def test_a_pairing_is_a_value():
    assert dataclasses.replace(PAIRING, code="X" * 8) != PAIRING
