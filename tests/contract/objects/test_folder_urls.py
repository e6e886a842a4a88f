"""The folder's signed URLs: good for one method, one key, one type, one size, and a quarter of an hour."""

import os
import stat
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.support.answers import refusal
from tests.support.cloud import StillClock
from tests.support.object_stores import a_folder_store

KEY, OTHER = "pending/aa.jpg", "pending/bb.jpg"
CONTENT = b"x" * 1000


@pytest.fixture
def clock():
    return StillClock()


@pytest.fixture
def store(tmp_path, clock):
    with a_folder_store(tmp_path / "objects", clock=clock) as store:
        yield store


@pytest.fixture
def signed(store):
    return store.objects.sign_upload(KEY, content_type="image/jpeg", size=len(CONTENT))


def changed(url, **changes):
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query)), **changes}
    return f"{parts.path}?{urlencode(query)}"


def files(store):
    return sorted(str(path.relative_to(store.objects.root)) for path in store.objects.root.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "changes",
    [
        {"expires": "9999999999"},
        {"size": "999999"},
        {"content_type": "image/svg+xml"},
        {"signature": "A" * 43},
        {"signature": ""},
        {"signature": "æ"},
    ],
)
def test_no_part_of_an_upload_s_url_can_be_changed(store, signed, changes):
    headers = {"Content-Type": changes.get("content_type", "image/jpeg")}
    answer = store.client.put(changed(signed.url, **changes), content=CONTENT, headers=headers)
    refusal(answer, 403, "bad_signature")
    assert files(store) == []


def test_an_upload_s_url_is_for_its_own_key_and_method(store, signed):
    refusal(
        store.client.put(signed.url.replace(KEY, OTHER), content=CONTENT, headers=signed.headers), 403, "bad_signature"
    )
    assert store.send(signed, CONTENT).status_code == 204
    refusal(store.client.get(signed.url), 403, "bad_signature")
    download = store.objects.sign_download(KEY)
    put = changed(download, content_type="", size="0")
    refusal(store.client.put(put, content=b"", headers={"Content-Type": ""}), 403, "bad_signature")
    refusal(store.client.get(download.replace(KEY, OTHER)), 403, "bad_signature")


def test_a_url_ends(store, signed, clock):
    store.objects.put(KEY, CONTENT)
    download = store.objects.sign_download(KEY)
    clock.advance(timedelta(minutes=15) - timedelta(seconds=1))
    assert store.client.get(download).status_code == 200
    assert store.send(signed, CONTENT).status_code == 204
    clock.advance(timedelta(seconds=1))
    refusal(store.client.get(download), 403, "bad_signature")
    refusal(store.send(signed, CONTENT), 403, "bad_signature")


@pytest.mark.parametrize("sent", [b"", CONTENT[:-1], CONTENT + b"y", CONTENT * 2000])
def test_a_size_that_lies_leaves_nothing(store, signed, sent):
    problem = refusal(store.send(signed, sent), 422, "invalid_input")
    assert "1000 bytes" in problem.detail
    assert files(store) == []


@pytest.mark.parametrize("pieces", [[], [CONTENT[:-1]], [CONTENT, b"y"], [CONTENT + b"y"]])
def test_a_size_that_lies_without_a_length_leaves_nothing(store, signed, pieces):
    assert store.send_in_pieces(signed, *pieces) == 422
    assert files(store) == []


def test_an_upload_in_pieces_is_put_together(store, signed):
    assert store.send_in_pieces(signed, CONTENT[:300], b"", CONTENT[300:]) == 204
    assert store.objects.get(KEY, max_size=1000) == CONTENT


def test_an_upload_that_breaks_off_leaves_nothing(store, signed):
    store.send_in_pieces(signed, CONTENT[:300], breaks_off=True)
    assert files(store) == []


@pytest.mark.parametrize(
    "headers", [{"Content-Type": "text/html"}, {"Content-Type": "image/jpeg; charset=x"}, {"X": "y"}]
)
def test_another_type_than_announced_is_refused(store, signed, headers):
    refusal(store.send(signed, CONTENT, headers), 422, "invalid_input")
    assert files(store) == []


def test_a_packed_upload_is_refused(store, signed):
    refusal(store.send(signed, CONTENT, {**signed.headers, "Content-Encoding": "gzip"}), 415, "unsupported_encoding")


@pytest.mark.parametrize("path", ["images/..%2f..%2fsecrets", "images/%00", "images/..%5c..%5cgym.json", "x/%C3%A6"])
def test_a_path_trick_never_reaches_the_disk(store, path):
    answer = store.client.get(f"/v1/objects/{path}?expires=9999999999&signature=A")
    assert answer.status_code in (403, 404, 422)


def test_a_served_object_is_just_a_picture_to_a_browser(store):
    store.objects.put(KEY, CONTENT)
    headers = store.client.get(store.objects.sign_download(KEY)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"].startswith("private")


@pytest.mark.skipif(os.name != "posix", reason="Windows has other permissions")
def test_only_the_server_s_own_account_can_read(store):
    store.objects.put(KEY, CONTENT)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in store.objects.root.rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_foreign_files_in_the_folder_are_passed_over(store, clock):
    store.objects.put("images/a.jpg", CONTENT)
    folder = store.objects.root / "images"
    (folder / "Thumbs.db").write_bytes(b"")
    (folder / "sub").mkdir()
    listed = [found.key for found in store.objects.list_objects("images", older_than=clock.now() + timedelta(days=999))]
    assert "images/a.jpg" in listed
    assert "images/Thumbs.db" not in listed
