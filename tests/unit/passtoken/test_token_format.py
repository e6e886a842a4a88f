"""The bytes of the three tokens: they come back, they fit their QR code, and nothing else is one of ours."""

from datetime import UTC, date, datetime, timedelta

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from shared.passtoken import base45
from shared.passtoken.tokens import (
    ED25519,
    MAX_TEXT,
    P256,
    PREFIX,
    CardToken,
    LiveToken,
    VoucherToken,
    new_card,
    parse,
    to_text,
)
from tests.support.tokens import a_live_token, a_voucher_token

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LIVE = st.builds(
    LiveToken,
    algorithm=st.sampled_from([ED25519, P256]),
    credential_id=st.binary(min_size=8, max_size=8),
    signed_at=st.integers(0, 2**32 - 1).map(lambda s: EPOCH + timedelta(seconds=s)),
    signature=st.binary(min_size=64, max_size=64),
)
CARDS = st.builds(CardToken, st.binary(min_size=16, max_size=16))
VOUCHERS = st.builds(
    VoucherToken,
    key_number=st.integers(0, 255),
    gym_number=st.integers(0, 65535),
    site_number=st.integers(0, 65535),
    voucher_id=st.binary(min_size=8, max_size=8),
    last_valid_on=st.integers(0, 65535).map(lambda n: date(1970, 1, 1) + timedelta(days=n)),
    signature=st.binary(min_size=64, max_size=64),
)


@given(LIVE | CARDS | VOUCHERS)
def test_a_token_comes_back_from_its_text(token):
    assert parse(to_text(token)) == token


@given(LIVE | CARDS | VOUCHERS)
def test_no_two_texts_are_the_same_token(token):
    text = to_text(token)
    for number, character in enumerate(text):
        other = "0" if character != "0" else "1"
        assert parse(text[:number] + other + text[number + 1 :]) != token


@given(LIVE | CARDS | VOUCHERS, st.data())
def test_a_text_that_is_cut_or_lengthened_is_not_one_of_ours_or_another_card(token, data):
    text = to_text(token)
    assert parse(text[: data.draw(st.integers(0, len(text) - 1))]) != token
    assert parse(text + data.draw(st.text(alphabet=base45.ALPHABET, min_size=1, max_size=4))) != token


@pytest.mark.parametrize(
    ("token", "length", "version"),
    [(a_live_token(), 118, 5), (a_voucher_token(), 122, 5), (new_card(), 26, 2)],
    ids=["live", "voucher", "card"],
)
def test_a_token_fits_its_qr_code_at_error_correction_m(token, length, version):
    text = to_text(token)
    code = segno.make(text, error="m", boost_error=False, micro=False)
    assert len(text) == length <= MAX_TEXT
    assert (code.version, code.mode) == (version, "alphanumeric")


@given(st.text() | st.text(alphabet=base45.ALPHABET).map(lambda text: PREFIX + text))
def test_any_text_is_a_token_or_nothing(text):
    token = parse(text)
    assert token is None or to_text(token) == text


@given(st.binary(max_size=90))
def test_any_bytes_are_a_token_or_nothing(data):
    text = PREFIX + base45.encode(data)
    token = parse(text)
    assert token is None or to_text(token) == text


SIGNED = bytes(64)


@pytest.mark.parametrize(
    "data",
    [
        b"\x11" + bytes(12) + SIGNED[:-1],
        b"\x11" + bytes(12) + SIGNED + b"\0",
        b"\x01" + bytes(12) + SIGNED,
        b"\x21" + bytes(12) + SIGNED,
        b"\x10" + bytes(12) + SIGNED,
        b"\x13" + bytes(12) + SIGNED,
        b"\x22" + bytes(15) + SIGNED,
        b"\x21" + bytes(15) + SIGNED[:-1],
        bytes(15),
        bytes(17),
        b"",
    ],
)
def test_a_wrong_length_type_or_algorithm_is_not_one_of_ours(data):
    assert parse(PREFIX + base45.encode(data)) is None


HOSTILE = [
    "",
    "G",
    "G1",
    "g1" + "A" * 24,
    "G2" + to_text(new_card())[2:],
    " " + to_text(new_card()),
    to_text(new_card()) + "\n",
    to_text(new_card()).lower(),
    "G1" + "A" * (MAX_TEXT - 1),
    "G1" + "A" * 10**6,
    "\0" * 200,
    "G1\ud800\udfff",
    "G1" + "𝟘" * 24,  # digits of another alphabet
    "https://evil.example/?x=G1",
    "'; DROP TABLE passes; --",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_payload_is_only_ever_an_unknown_code(text):
    assert parse(text) is None


def test_a_text_that_is_too_long_is_not_even_decoded(monkeypatch):
    monkeypatch.setattr(base45, "decode", lambda text: pytest.fail(f"decoded {len(text)} characters"))
    assert parse(PREFIX + "0" * (MAX_TEXT - 1)) is None


def test_a_text_as_long_as_the_longest_is_read_and_one_longer_is_not():
    text = to_text(a_voucher_token())
    assert len(text) == MAX_TEXT
    assert parse(text) is not None
    assert parse(text + "0") is None


def test_no_two_new_cards_are_the_same():
    cards = {new_card().card_id for _ in range(1000)}
    assert len(cards) == 1000
    assert {len(card) for card in cards} == {16}


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, EPOCH), (2**32 - 1, datetime(2106, 2, 7, 6, 28, 15, tzinfo=UTC))]
)
def test_the_time_in_a_live_code_reaches_from_1970_to_2106(seconds, expected):
    token = LiveToken(ED25519, bytes(8), EPOCH + timedelta(seconds=seconds), SIGNED)
    assert parse(to_text(token)).signed_at == expected
