"""Base45 as RFC 9285 has it, read strictly: one text for one content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.passtoken import base45


@pytest.mark.parametrize(
    ("data", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")]
)
def test_the_examples_of_rfc_9285(data, text):
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@given(st.binary(max_size=200))
def test_bytes_come_back(data):
    assert base45.decode(base45.encode(data)) == data


@given(st.text(alphabet=base45.ALPHABET, max_size=12))
def test_no_bytes_have_two_texts(text):
    data = base45.decode(text)
    assert data is None or base45.encode(data) == text


@given(st.text(max_size=40))
def test_any_text_is_bytes_or_nothing(text):
    data = base45.decode(text)
    assert data is None or base45.encode(data) == text


@pytest.mark.parametrize("text", ["GGW", ":::", "::", "A", "AAAA", "bb8", "BB8\n", "ÆØÅ", "\ud800AA"])
def test_what_is_not_base45_is_nothing(text):
    assert base45.decode(text) is None


def test_the_largest_values_are_read():
    assert base45.decode("FGW") == b"\xff\xff"
    assert base45.decode("U5") == b"\xff"


def test_the_alphabet_is_that_of_a_qr_code_s_alphanumeric_mode():
    assert base45.ALPHABET == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
