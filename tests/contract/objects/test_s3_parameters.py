"""What we ask S3 to sign: moto checks no signature, so these are our own parameters, which Amazon then holds to."""

from urllib.parse import parse_qs, urlsplit

import pytest

from cloud_api.common.s3_objects import S3Objects, S3Place, parse_place
from shared.clock import SystemClock
from shared.errors import InvalidInput

KEY = "pending/aa.jpg"


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


def store(url="s3://fit-objects/gym?region=eu-north-1"):
    return S3Objects(parse_place(url), clock=SystemClock())


def query_of(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_type_size_and_encryption_of_an_upload_are_signed():
    signed = store().sign_upload(KEY, content_type="image/jpeg", size=12345)
    query = query_of(signed.url)
    names = set(query["X-Amz-SignedHeaders"].split(";"))
    assert names == {"content-length", "content-type", "host", "x-amz-server-side-encryption"}
    assert query["X-Amz-Expires"] == "900"
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert signed.headers == {"Content-Type": "image/jpeg", "x-amz-server-side-encryption": "AES256"}


def test_another_size_type_or_key_has_another_signature():
    def signature(key=KEY, content_type="image/jpeg", size=1):
        return query_of(store().sign_upload(key, content_type=content_type, size=size).url)["X-Amz-Signature"]

    others = {signature(key="pending/bb.jpg"), signature(content_type="image/png"), signature(size=2)}
    assert len(others) == 3


def test_a_download_is_for_a_quarter_of_an_hour():
    query = query_of(store().sign_download("images/aa.jpg"))
    assert (query["X-Amz-Expires"], query["X-Amz-SignedHeaders"]) == ("900", "host")


def test_a_bucket_at_amazon_is_a_host_and_elsewhere_a_path():
    amazon = urlsplit(store().sign_download("images/aa.jpg"))
    assert (amazon.scheme, amazon.path) == ("https", "/gym/images/aa.jpg")
    assert amazon.hostname.startswith("fit-objects.s3.")
    own = urlsplit(
        store("s3://fit-objects?endpoint=http://127.0.0.1:9000&region=us-east-1").sign_download("images/aa.jpg")
    )
    assert (own.netloc, own.path) == ("127.0.0.1:9000", "/fit-objects/images/aa.jpg")


def test_the_place_is_read_from_one_url():
    assert parse_place("s3://b") == S3Place("b", "", None, None)
    assert parse_place("s3://b/one/two/?endpoint=http://h:1&region=r") == S3Place("b", "one/two", "http://h:1", "r")


@pytest.mark.parametrize(
    "url", ["", "b/prefix", "http://b", "s3://", "s3:///prefix", "s3://key:secret@b", "s3://b?ssl=off", "s3://b#x"]
)
def test_another_url_is_refused_with_how_it_should_look(url):
    with pytest.raises(InvalidInput, match="s3://bucket/prefix"):
        parse_place(url)
