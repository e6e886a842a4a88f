"""Which secret store is used, what it refuses, and that it never asks anybody for anything."""

import os
import stat
import threading

import pytest

from kiosk.enrolment.choosing import choose_secret_store, open_secret_store
from kiosk.enrolment.keys import KIOSK, NEXT, Keys, find_keys, new_keys, put_keys
from kiosk.enrolment.systemd_secrets import PREFIX, SystemdSecrets
from shared.errors import InvalidInput, Rejected, Unavailable
from shared.secret_store.files import FileSecrets
from shared.secret_store.keyrings import KeyringSecrets, find_keyring, is_real
from tests.support.kiosk import FakeSecretStore


def backend(module, name, behaviour=None):
    """A keyring backend of that class; ``behaviour`` is what its calls do."""
    kept = {}

    def get(_self, service, username):
        return behaviour() if behaviour else kept.get((service, username))

    members = {
        "__module__": module,
        "get_password": get,
        "set_password": lambda _self, service, username, password: kept.update({(service, username): password}),
        "delete_password": lambda _self, service, username: kept.pop((service, username)),
    }
    return type(name, (), members)()


REAL = ("keyring.backends.SecretService", "Keyring")
UNREAL = [
    ("keyring.backends.chainer", "ChainerBackend"),
    ("keyring.backends.fail", "Keyring"),
    ("keyring.backends.null", "Keyring"),
    ("keyrings.alt.file", "PlaintextKeyring"),
    ("keyrings.alt.file", "EncryptedKeyring"),
    ("keyrings.cryptfile.cryptfile", "CryptFileKeyring"),
]


def test_files_are_for_their_user_alone(tmp_path):
    store = FileSecrets(tmp_path / "secrets")
    old = os.umask(0)
    try:
        store.put("kiosk", b"secret")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "secrets" / "kiosk").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["kiosk"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_could_open_is_refused(tmp_path, mode):
    store = FileSecrets(tmp_path / "secrets")
    store.put("kiosk", b"secret")
    (tmp_path / "secrets" / "kiosk").chmod(mode)
    with pytest.raises(InvalidInput, match="can be opened by others"):
        store.find("kiosk")


@pytest.mark.parametrize("mode", [0o750, 0o755, 0o777, 0o701])
def test_a_folder_that_others_could_open_is_refused(tmp_path, mode):
    store = FileSecrets(tmp_path / "secrets")
    store.put("kiosk", b"secret")
    (tmp_path / "secrets").chmod(mode)
    for call in (lambda: store.find("kiosk"), lambda: store.put("kiosk", b"x")):
        with pytest.raises(InvalidInput, match="can be opened by others"):
            call()


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable):
        FileSecrets(tmp_path / "file" / "secrets").put("kiosk", b"x")


def test_real_keyrings_are_told_from_the_others():
    assert is_real(backend(*REAL))
    assert not any(is_real(backend(*name)) for name in UNREAL)


def test_a_keyring_is_chosen_where_a_real_one_answers_else_files(tmp_path):
    everything = [backend(*name) for name in UNREAL]
    assert choose_secret_store(tmp_path / "s", backends=lambda: everything).kind == "file"
    assert choose_secret_store(tmp_path / "s", backends=lambda: [*everything, backend(*REAL)]).kind == "keyring"


def test_the_librarys_own_backends_here_are_not_taken_for_real():
    """In a test there is no desktop session: what the library offers is its chainer and its refusal."""
    from shared.secret_store.keyrings import installed_backends

    assert isinstance(installed_backends(), list)


def test_a_keyring_that_is_locked_is_given_up():
    unlocked = threading.Event()

    def blocks():
        unlocked.wait(30)

    store = KeyringSecrets(backend(*REAL, behaviour=blocks), service="fit-kiosk", timeout_s=0.01)
    with pytest.raises(Unavailable, match="locked"):
        store.find("kiosk")
    assert find_keyring([backend(*REAL, behaviour=blocks)], service="fit-kiosk", timeout_s=0.01) is None
    unlocked.set()


def test_a_keyring_that_throws_is_unavailable_and_its_words_stay_inside():
    def throws():
        raise RuntimeError("secret words")

    with pytest.raises(Unavailable) as caught:
        KeyringSecrets(backend(*REAL, behaviour=throws), service="fit-kiosk").find("kiosk")
    assert "secret words" not in str(caught.value)


def test_the_probe_leaves_nothing_behind():
    real = backend(*REAL)
    assert find_keyring([real], service="fit-kiosk") is not None
    assert real.get_password("fit-kiosk", "probe") is None


def test_the_store_of_the_enrolment_is_opened_and_no_other(tmp_path):
    assert open_secret_store("file", tmp_path, credentials=None, backends=lambda: [backend(*REAL)]).kind == "file"
    assert open_secret_store("keyring", tmp_path, credentials=None, backends=lambda: [backend(*REAL)]).kind == "keyring"
    with pytest.raises(Unavailable):
        open_secret_store("keyring", tmp_path, credentials=None, backends=list)
    with pytest.raises(InvalidInput):
        open_secret_store("cloud", tmp_path, credentials=None, backends=list)


def test_systemds_credentials_win_once_they_hold_the_keys(tmp_path):
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    assert open_secret_store("file", tmp_path, credentials=credentials, backends=list).kind == "file"
    (credentials / (PREFIX + KIOSK)).write_bytes(b"secret")
    store = open_secret_store("file", tmp_path, credentials=credentials, backends=list)
    assert (store.kind, store.find(KIOSK), store.find("other")) == ("systemd", b"secret", None)


def test_systemds_credentials_are_read_only(tmp_path):
    store = SystemdSecrets(tmp_path)
    (tmp_path / (PREFIX + KIOSK)).write_bytes(b"secret")
    for call in (lambda: store.put(KIOSK, b"x"), lambda: store.delete(KIOSK)):
        with pytest.raises(Rejected, match="only be read"):
            call()
    store.delete("other")


def test_keys_waiting_beside_older_ones_take_over_when_the_identity_names_them():
    store, old, new = FakeSecretStore(), new_keys(), new_keys()
    put_keys(store, KIOSK, old)
    put_keys(store, NEXT, new)
    assert find_keys(store, old.public_key) == old
    assert set(store.secrets) == {KIOSK, NEXT}
    assert find_keys(store, new.public_key) == new
    assert set(store.secrets) == {KIOSK}
    assert find_keys(store, old.public_key) is None


def test_keys_sign_as_their_public_key_says():
    from shared.passtoken.signing import is_signed

    keys = Keys(device_key=bytes(range(32)))
    assert is_signed(keys.public_key, b"message", keys.sign(b"message"))
