"""Lookup hashes say nothing of what they hide; seals open for their key in their place alone."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.passes import PassKind
from shared.passtoken.lookup import LOOKUP_SIZE, barcode_secret, lookup_hash
from shared.passtoken.sealing import (
    KEY_SIZE,
    MIN_SECRET_BYTES,
    new_content_key,
    new_site_key,
    seal,
    unseal,
    unwrap_with_credential,
    unwrap_with_site,
    wrap_for_credential,
    wrap_for_site,
)

PEPPER = bytes(range(32))
ABOUT = UUID(int=5).bytes
KEYS = st.binary(min_size=KEY_SIZE, max_size=KEY_SIZE)
SECRETS = st.binary(min_size=MIN_SECRET_BYTES, max_size=40)


# -- lookup ---------------------------------------------------------------------------------------------------------


@given(pepper=st.binary(min_size=1, max_size=40), secret=st.binary(max_size=40))
def test_a_lookup_differs_by_pepper_kind_and_secret(pepper, secret):
    hashes = {lookup_hash(pepper, kind, secret) for kind in PassKind}
    assert len(hashes) == len(PassKind)
    assert {len(found) for found in hashes} == {LOOKUP_SIZE}
    assert lookup_hash(pepper, PassKind.CARD, secret) == lookup_hash(pepper, PassKind.CARD, secret)
    assert lookup_hash(pepper + b"\1", PassKind.CARD, secret) not in hashes
    assert lookup_hash(pepper, PassKind.CARD, secret + b"\0") not in hashes


@pytest.mark.parametrize(
    ("symbology", "text", "secret"),
    [
        ("Code128", " 10428 ", b"10428"),
        ("Code39", "10428", b"10428"),
        ("Codabar", "A40156B", b"40156"),
        ("Codabar", "a40156d", b"40156"),
        ("Codabar", "40156", b"40156"),
        ("Codabar", "A40156", b"A40156"),
        ("Codabar", "40156B", b"40156B"),
        ("Codabar", "AB", b"AB"),
        ("Codabar", "A1B", b"1"),
        ("Code128", "A40156B", b"A40156B"),
        ("EAN13", "0012345678905", b"012345678905"),
        ("EAN13", "4006381333931", b"4006381333931"),
        ("UPCA", "012345678905", b"012345678905"),
        ("EAN8", "01234565", b"01234565"),
        ("Code128", "", b""),
        ("Code128", "Ørsted", "Ørsted".encode()),
    ],
)
def test_a_barcode_is_hashed_as_every_decoder_reads_it(symbology, text, secret):
    assert barcode_secret(symbology, text) == secret


@given(symbology=st.sampled_from(["Code128", "Codabar", "EAN13"]), text=st.text())
def test_no_barcode_raises(symbology, text):
    secret = barcode_secret(symbology, text + "\ud800")
    assert lookup_hash(PEPPER, PassKind.BARCODE, secret)


# -- sealing --------------------------------------------------------------------------------------------------------


@given(key=KEYS, plain=st.binary(min_size=1, max_size=300), about=st.binary(max_size=16))
def test_what_was_sealed_opens_in_its_place(key, plain, about):
    assert unseal(key, seal(key, plain, about=about), about=about) == plain


@given(key=KEYS, other=KEYS, plain=st.binary(min_size=1, max_size=60))
def test_a_seal_opens_for_its_key_alone(key, other, plain):
    opened = unseal(other, seal(key, plain, about=ABOUT), about=ABOUT)
    assert opened == (plain if key == other else None)


@given(about=st.binary(max_size=16).filter(lambda about: about != ABOUT))
def test_a_seal_moved_to_another_member_does_not_open(about):
    key = new_content_key()
    assert unseal(key, seal(key, b"Nora B.", about=ABOUT), about=about) is None


def test_every_flipped_bit_of_a_seal_is_noticed():
    key = new_content_key()
    sealed = seal(key, b"Nora B.", about=ABOUT)
    for bit in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        assert unseal(key, bytes(changed), about=ABOUT) is None, bit


@given(sealed=st.binary(max_size=80), key=st.binary(max_size=40))
def test_bytes_that_are_no_seal_do_not_open_and_raise_nothing(sealed, key):
    assert unseal(key, sealed, about=ABOUT) is None


def test_the_same_name_is_sealed_alike_for_its_member_alone():
    key = new_content_key()
    assert seal(key, b"Nora B.", about=ABOUT) == seal(key, b"Nora B.", about=ABOUT)
    assert seal(new_content_key(), b"Nora B.", about=ABOUT) != seal(key, b"Nora B.", about=ABOUT)
    assert seal(key, b"Nora B.", about=b"another") != seal(key, b"Nora B.", about=ABOUT)


@given(content_key=KEYS, secret=SECRETS, other=SECRETS)
def test_a_wrapped_key_opens_for_its_credential_alone(content_key, secret, other):
    wrapped = wrap_for_credential(content_key, secret)
    assert len(wrapped) == KEY_SIZE + 8
    assert unwrap_with_credential(wrapped, secret) == content_key
    assert unwrap_with_credential(wrapped, other) == (content_key if other == secret else None)


@given(content_key=KEYS, site_key=KEYS, other=KEYS)
def test_a_wrapped_key_opens_for_its_site_alone(content_key, site_key, other):
    wrapped = wrap_for_site(content_key, site_key)
    assert unwrap_with_site(wrapped, site_key) == content_key
    assert unwrap_with_site(wrapped, other) == (content_key if other == site_key else None)


def test_every_flipped_bit_of_a_wrapped_key_is_noticed():
    wrapped = wrap_for_credential(new_content_key(), b"credential")
    for bit in range(8 * len(wrapped)):
        changed = bytearray(wrapped)
        changed[bit // 8] ^= 1 << bit % 8
        assert unwrap_with_credential(bytes(changed), b"credential") is None, bit


@given(wrapped=st.binary(max_size=60), key=st.binary(max_size=40))
def test_bytes_that_are_no_wrapped_key_do_not_open_and_raise_nothing(wrapped, key):
    assert unwrap_with_site(wrapped, key) is None
    assert unwrap_with_credential(wrapped, key) is None


def test_a_secret_of_less_than_64_bits_protects_nothing():
    with pytest.raises(ValueError, match="less than 64 random bits"):
        wrap_for_credential(new_content_key(), bytes(MIN_SECRET_BYTES - 1))


def test_no_two_new_keys_are_the_same():
    keys = [make() for make in (new_content_key, new_site_key) for _ in range(100)]
    assert len(set(keys)) == 200
    assert {len(key) for key in keys} == {KEY_SIZE}


def test_a_line_end_is_the_same_however_it_was_written():
    assert barcode_secret("QRCode", "BEGIN:VCARD\r\nEND:VCARD\r\n") == barcode_secret(
        "QRCode", "BEGIN:VCARD\nEND:VCARD"
    )
