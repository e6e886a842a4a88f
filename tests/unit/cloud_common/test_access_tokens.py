"""What is not exactly an access token of ours for our client opens nothing."""

import base64
import json
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloud_api.common import tokens as module
from cloud_api.common.keys import create_keys
from cloud_api.common.tokens import CLIENT_ID, TOKEN_LIFE, Tokens
from shared.errors import Rejected
from tests.support.builders import NOON
from tests.support.cloud import StillClock


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return create_keys(tmp_path_factory.mktemp("gym") / "secrets", gym_name="Gym")


@pytest.fixture(scope="module")
def other_keys(tmp_path_factory):
    return create_keys(tmp_path_factory.mktemp("other") / "secrets", gym_name="Other")


@pytest.fixture
def clock():
    return StillClock()


@pytest.fixture
def tokens(keys, clock):
    return Tokens(keys, clock)


def claims(tokens, **changes):
    now = int(NOON.timestamp())
    facts = {
        "iss": tokens.issuer,
        "sub": "someone",
        "client_id": CLIENT_ID,
        "token_use": "access",
        "iat": now,
        "exp": now + 900,
    }
    return {name: value for name, value in {**facts, **changes}.items() if value is not None}


def signed(keys, content, *, kid="", headers=None):
    key = keys.token_keys[0]
    return jwt.encode(content, key.private, algorithm="RS256", headers={"kid": kid or key.kid, **(headers or {})})


def refused(tokens, token):
    with pytest.raises(Rejected) as error:
        tokens.verify(token)
    assert error.value.code == "not_signed_in"
    return str(error.value)


def test_a_token_is_taken_with_the_claims_that_cognito_uses(tokens):
    found = tokens.verify(tokens.issue(subject="s", groups=["Staff"], extra={"custom:device_id": "d"}))
    assert (found["sub"], found["token_use"], found["client_id"]) == ("s", "access", CLIENT_ID)
    assert (found["cognito:groups"], found["custom:device_id"]) == (["Staff"], "d")


def test_extra_claims_cannot_replace_ours(tokens):
    assert tokens.verify(tokens.issue(subject="s", groups=[], extra={"sub": "other"}))["sub"] == "s"


def test_an_expired_token_is_refused_also_when_it_was_good_before(tokens, clock):
    token = tokens.issue(subject="s", groups=[])
    clock.advance(TOKEN_LIFE + timedelta(seconds=60))
    tokens.verify(token)
    clock.advance(timedelta(seconds=1))
    assert "expired" in refused(tokens, token)


def test_a_token_from_the_future_is_refused(tokens, clock):
    token = tokens.issue(subject="s", groups=[])
    clock.advance(-timedelta(seconds=61))
    assert "not valid yet" in refused(tokens, token)


def unsigned(content):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(content)}."


def test_a_token_without_a_signature_is_refused(tokens, keys):
    refused(tokens, unsigned(claims(tokens)))
    head = {"alg": "none", "kid": keys.token_keys[0].kid}
    encoded = base64.urlsafe_b64encode(json.dumps(head).encode()).rstrip(b"=").decode()
    refused(tokens, f"{encoded}.{unsigned(claims(tokens)).split('.')[1]}.")


def test_a_token_signed_with_the_public_key_as_a_password_is_refused(tokens, keys):
    """HS256 with the RSA public key as its secret: the classic confusion of algorithms."""
    import hashlib
    import hmac

    key = keys.token_keys[0]
    pem = key.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    head = json.dumps({"alg": "HS256", "kid": key.kid}).encode()
    message = part(head) + b"." + part(json.dumps(claims(tokens)).encode())
    token = message + b"." + part(hmac.digest(pem, message, hashlib.sha256))
    refused(tokens, token.decode())


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "fit:00000000-0000-0000-0000-000000000000"},
        {"iss": None},
        {"token_use": "id"},
        {"token_use": None},
        {"client_id": "another"},
        {"client_id": None},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"exp": int(NOON.timestamp()) - 61},
        {"nbf": int(NOON.timestamp()) + 61},
        {"exp": "soon"},
        {"iat": [1]},
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(tokens, keys, change):
    refused(tokens, signed(keys, claims(tokens, **change)))


def test_a_token_of_another_gym_is_refused(tokens, other_keys):
    other = Tokens(other_keys, StillClock())
    refused(tokens, other.issue(subject="s", groups=["Owner"]))
    refused(tokens, signed(other_keys, claims(tokens)))


def test_a_stranger_who_names_our_key_is_refused(tokens, keys, other_keys):
    refused(tokens, signed(other_keys, claims(tokens), kid=keys.token_keys[0].kid))


def test_a_token_without_a_key_name_or_with_an_unknown_one_is_refused(tokens, keys):
    refused(tokens, jwt.encode(claims(tokens), keys.token_keys[0].private, algorithm="RS256"))
    refused(tokens, signed(keys, claims(tokens), kid="nobody"))
    refused(tokens, signed(keys, claims(tokens), kid="nobody", headers={"jku": "https://evil.test/keys"}))


def test_a_token_that_brings_its_own_key_is_refused(tokens):
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(own.public_key()))
    refused(tokens, jwt.encode(claims(tokens), own, algorithm="RS256", headers={"kid": "own", "jwk": jwk}))


def test_a_changed_payload_is_refused(tokens):
    head, _, signature = tokens.issue(subject="s", groups=["User"]).split(".")
    forged = base64.urlsafe_b64encode(json.dumps(claims(tokens)).encode()).rstrip(b"=").decode()
    refused(tokens, f"{head}.{forged}.{signature}")


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "x" * 8192, "é", "\ud800", "null", "eyJhbGciOiJSUzI1NiJ9.e30."]
)
def test_what_is_no_token_is_refused(tokens, token):
    refused(tokens, token)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_changed_character_makes_a_token_worthless(tokens, data):
    token = tokens.issue(subject="s", groups=["Staff"])
    place = data.draw(st.integers(0, len(token) - 2))  # the last character has bits that mean nothing
    other = data.draw(st.sampled_from("ABCxyz019-_").filter(lambda letter: letter != token[place]))
    try:
        found = tokens.verify(token[:place] + other + token[place + 1 :])
    except Rejected:
        return
    assert found == tokens.verify(token)  # a dot or a bit without a meaning


def test_the_published_keys_verify_our_tokens(tokens):
    token = tokens.issue(subject="s", groups=[])
    published = {key["kid"]: key for key in tokens.jwks()["keys"]}
    assert all(set(key) == {"kty", "kid", "use", "alg", "n", "e", "key_ops"} for key in published.values())
    key = jwt.PyJWK(published[jwt.get_unverified_header(token)["kid"]])
    options = {"verify_exp": False, "verify_iat": False, "verify_aud": False}
    assert jwt.decode(token, key, algorithms=["RS256"], options=options)["sub"] == "s"


def test_the_memory_of_good_tokens_is_bounded(tokens, monkeypatch):
    monkeypatch.setattr(module, "_CACHE_SIZE", 3)
    made = [tokens.issue(subject=str(n), groups=[]) for n in range(5)]
    assert [tokens.verify(token)["sub"] for token in made] == ["0", "1", "2", "3", "4"]
    assert len(tokens._cache) == 3
    assert tokens.verify(made[0])["sub"] == "0"
