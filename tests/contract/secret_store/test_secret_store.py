"""One suite for every secret store: files, a keyring, and the fake that other tests use."""

import threading

import pytest

from shared.errors import InvalidInput
from shared.secret_store.files import FileSecrets
from shared.secret_store.keyrings import KeyringSecrets
from tests.support.kiosk import FakeSecretStore


class FakeBackend:
    """A keyring backend in memory: text by service and user, and an error for deleting what is not there."""

    def __init__(self):
        self.kept = {}
        self.lock = threading.Lock()

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        assert isinstance(password, str)
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


@pytest.fixture(params=["file", "keyring", "fake"])
def store(request, tmp_path):
    if request.param == "file":
        return FileSecrets(tmp_path / "below" / "secrets")
    return KeyringSecrets(FakeBackend(), service="test") if request.param == "keyring" else FakeSecretStore()


def test_what_was_put_is_found(store):
    store.put("kiosk", b"one")
    assert store.find("kiosk") == b"one"


def test_what_was_never_put_is_none(store):
    assert store.find("kiosk") is None


@pytest.mark.parametrize("secret", [b"", bytes(range(256)), b"\n\0\xff" * 300])
def test_every_byte_is_kept(store, secret):
    store.put("kiosk", secret)
    assert store.find("kiosk") == secret


def test_putting_replaces_whole(store):
    store.put("kiosk", b"a long secret")
    store.put("kiosk", b"short")
    assert store.find("kiosk") == b"short"


def test_names_are_apart(store):
    store.put("kiosk", b"one")
    store.put("kiosk-next", b"two")
    store.delete("kiosk")
    assert (store.find("kiosk"), store.find("kiosk-next")) == (None, b"two")


def test_deleting_what_is_not_there_is_fine(store):
    store.delete("kiosk")
    store.put("kiosk", b"one")
    store.delete("kiosk")
    store.delete("kiosk")
    assert store.find("kiosk") is None


@pytest.mark.parametrize("name", ["", "../kiosk", "Kiosk", "a/b", "kiosk\n", ".hidden", "x" * 40])
@pytest.mark.parametrize("call", ["find", "put", "delete"])
def test_a_name_that_is_none_is_refused(store, name, call):
    with pytest.raises(InvalidInput):
        getattr(store, call)(name, *([b"x"] if call == "put" else []))


def test_it_says_what_it_is(store):
    assert store.kind in {"file", "keyring"}
