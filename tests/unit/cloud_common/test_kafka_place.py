"""Where Kafka is, as the settings say it, and the token that AWS takes for a password."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from cloud_api.common.kafka_place import KafkaPlace, parse_events_url
from shared.contracts.base import from_base64
from shared.errors import InvalidInput


def test_an_address_is_read_with_what_it_leaves_out():
    assert parse_events_url("kafka://a:9092,b:9092") == KafkaPlace("a:9092,b:9092", "fit", "plaintext", "")
    place = parse_events_url("kafka://b-1.example:9098?prefix=harbour&security=msk_iam&region=eu-north-1")
    assert place == KafkaPlace("b-1.example:9098", "harbour", "msk_iam", "eu-north-1")
    assert (place.topic("visit"), place.group("qr.sites")) == ("harbour.visit", "harbour.qr.sites")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("amqp://a:1", "no address of a bus"),
        ("kafka:", "no address of a bus"),
        ("kafka://a:1/topic", "no address of a bus"),
        ("kafka://a:1?prefix=a/b", "begin the name of a topic"),
        ("kafka://a:1?security=none", "security is one of"),
        ("kafka://a:1?security=msk_iam", "needs the region"),
        ("kafka://a:1?user=me", "knows nothing of user"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused_in_plain_words(url, said):
    with pytest.raises(InvalidInput, match=said):
        parse_events_url(url)


def test_each_way_to_sign_in_has_its_options():
    assert KafkaPlace("a:1").options()["security.protocol"] == "plaintext"
    assert KafkaPlace("a:1", security="ssl").options()["security.protocol"] == "ssl"
    options = KafkaPlace("a:1", security="msk_iam", region="eu-north-1").options()
    assert (options["security.protocol"], options["sasl.mechanisms"]) == ("SASL_SSL", "OAUTHBEARER")


def test_the_sign_in_at_msk_is_a_signed_token_with_its_end(monkeypatch):
    """Signed on this machine with the role's keys; nobody is asked."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    options = KafkaPlace("a:1", security="msk_iam", region="eu-north-1").options()
    token, expires_at = options["oauth_cb"]("")
    url = urlsplit(from_base64(token).decode())
    asked = parse_qs(url.query)
    assert url.hostname == "kafka.eu-north-1.amazonaws.com"
    assert asked["Action"] == ["kafka-cluster:Connect"]
    signed_at = datetime.strptime(asked["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert expires_at - signed_at.timestamp() == pytest.approx(int(asked["X-Amz-Expires"][0]), abs=2)
