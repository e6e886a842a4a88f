"""The object store's contract: what holds for the folder and for S3 alike."""

import threading
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from cloud_api.common.objects import content_key, content_type_of, is_key, new_upload, pending_key
from shared.clock import SystemClock
from shared.errors import InvalidInput, Rejected
from tests.support.object_stores import a_folder_store, an_s3_store
from tests.support.servers import shared as servers

pytestmark = pytest.mark.network

KEY = "images/aa.jpg"
HOUR = timedelta(hours=1)
NOT_KEYS = [
    "",
    "images",
    "images/",
    "/images/a.jpg",
    "images//a.jpg",
    "images/../secrets/gym.json",
    "images/..",
    "../a",
    "images/a/b.jpg",
    "images/a\x00.jpg",
    "images/a\n.jpg",
    "images/a.jpg\n",
    "images\\a.jpg",
    "images/a\\..\\b.jpg",
    "images/æ.jpg",
    "images/a\u202e.jpg",
    "images/A.jpg",
    "images/.hidden",
    "images/a b.jpg",
    "images/a.jpg.exe",
    "images/" + "a" * 81,
    "a" * 33 + "/a",
    "journal.jsonl",
    "images/%2e%2e",
    "c:/a",
    "~/a",
]


@pytest.fixture(params=["folder", "s3"])
def store(request, tmp_path):
    if request.param == "folder":
        with a_folder_store(tmp_path / "objects") as store:
            yield store
    else:
        with an_s3_store(servers.moto()) as store:
            yield store


@pytest.fixture
def objects(store):
    return store.objects


def listed(objects, folder, *, older_than):
    return sorted(found.key for found in objects.list_objects(folder, older_than=older_than))


def test_what_was_put_is_got(objects):
    objects.put(KEY, b"one")
    assert objects.get(KEY, max_size=3) == b"one"
    found = objects.find(KEY)
    assert (found.key, found.size) == (KEY, 3)
    assert abs(found.modified_at - SystemClock().now()) < HOUR


def test_a_put_replaces(objects):
    objects.put(KEY, b"one")
    objects.put(KEY, b"another")
    assert objects.get(KEY, max_size=100) == b"another"


def test_an_empty_object_is_one(objects):
    objects.put(KEY, b"")
    assert objects.get(KEY, max_size=0) == b""


def test_what_is_not_there_is_unknown(objects):
    assert objects.find(KEY) is None
    with pytest.raises(Rejected) as error:
        objects.get(KEY, max_size=10)
    assert error.value.code == "object_unknown"


def test_no_more_is_read_than_was_asked_for(objects):
    objects.put(KEY, b"12345")
    with pytest.raises(Rejected) as error:
        objects.get(KEY, max_size=4)
    assert error.value.code == "object_too_large"


def test_deleting_twice_is_no_error(objects):
    objects.put(KEY, b"one")
    objects.delete(KEY)
    objects.delete(KEY)
    assert objects.find(KEY) is None


def test_a_folder_is_listed_by_age(objects):
    now = SystemClock().now()
    for key in ("images/a.jpg", "images/b.jpg", "pending/c.jpg", "images2/d.jpg"):
        objects.put(key, b"x")
    assert listed(objects, "images", older_than=now + HOUR) == ["images/a.jpg", "images/b.jpg"]
    assert listed(objects, "pending", older_than=now + HOUR) == ["pending/c.jpg"]
    assert listed(objects, "images", older_than=now - HOUR) == []
    assert listed(objects, "nothing", older_than=now + HOUR) == []


@pytest.mark.parametrize("key", NOT_KEYS)
def test_a_key_that_could_lead_out_of_the_store_is_refused(objects, key):
    for call in (
        lambda: objects.put(key, b"x"),
        lambda: objects.get(key, max_size=10),
        lambda: objects.find(key),
        lambda: objects.delete(key),
        lambda: objects.sign_download(key),
        lambda: objects.sign_upload(key, content_type="image/jpeg", size=1),
    ):
        with pytest.raises(InvalidInput):
            call()


def test_the_keys_we_make_are_keys():
    for content_type in ("image/jpeg", "image/png", "image/webp", "application/pdf"):
        for key in (content_key("images", b"x", content_type), pending_key(new_upload(content_type, 10**9))):
            assert is_key(key)
            assert content_type_of(key) == content_type
    assert content_type_of(content_key("photos", b"x")) == "application/octet-stream"
    assert content_key("images", b"x") == content_key("images", b"x") != content_key("images", b"y")


def test_a_client_sends_by_a_signed_url_and_fetches_by_another(store):
    content = bytes(range(256)) * 9000  # more than the body limit of all other routes
    signed = store.objects.sign_upload(KEY, content_type="image/jpeg", size=len(content))
    assert signed.method == "PUT"
    assert timedelta(minutes=14) < signed.expires_at - SystemClock().now() <= timedelta(minutes=15)
    assert store.send(signed, content).is_success
    assert store.objects.get(KEY, max_size=len(content)) == content
    answer = store.fetch(store.objects.sign_download(KEY))
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == "image/jpeg"


def test_an_upload_may_be_sent_again(store):
    signed = store.objects.sign_upload(KEY, content_type="image/jpeg", size=3)
    assert store.send(signed, b"one").is_success
    assert store.send(signed, b"two").is_success
    assert store.objects.get(KEY, max_size=3) == b"two"


def test_a_url_that_was_not_signed_gives_nothing(store):
    store.objects.put(KEY, b"one")
    bare = store.objects.sign_download(KEY).partition("?")[0]
    assert store.fetch(bare).status_code in (403, 422)


def test_a_url_fetches_nothing_once_the_object_is_gone(store):
    assert store.fetch(store.objects.sign_download(KEY)).status_code == 404


def test_signed_urls_name_the_key_and_end(store):
    """moto checks neither signature nor end, so what is signed is looked at here, and S3 does the rest."""
    for url in (
        store.objects.sign_download(KEY),
        store.objects.sign_upload(KEY, content_type="image/jpeg", size=7).url,
    ):
        parts, query = urlsplit(url), parse_qs(urlsplit(url).query)
        assert parts.path.endswith(f"/{KEY}")
        assert "expires" in query or query["X-Amz-Expires"] == ["900"]
        assert "signature" in query or query["X-Amz-Signature"]


def test_many_write_and_read_at_once(objects):
    wrong = []

    def work(number):
        key, content = f"images/{number % 3}.jpg", bytes([number % 3]) * 50_000
        for _ in range(5):
            objects.put(key, content)
            if objects.get(key, max_size=50_000) != content:
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not wrong
