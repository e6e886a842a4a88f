"""A signature is good for its key, its gym, its purpose and exactly its bytes."""

import dataclasses
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.passes import Signature
from shared.passtoken import base45
from shared.passtoken.signing import (
    challenge_message,
    is_signed,
    salvage_message,
    sign_live,
    verify_live,
    verify_voucher,
    wipe_message,
)
from shared.passtoken.tokens import ED25519, P256, PREFIX, LiveToken, VoucherToken, parse, to_text
from tests.support.tokens import (
    CREDENTIAL_ID,
    ED25519_KEY,
    GYM_ID,
    OTHER_ED25519_KEY,
    OTHER_GYM_ID,
    OTHER_P256_KEY,
    P256_KEY,
    SIGNED_AT,
    a_live_token,
    a_voucher_token,
    public_bytes,
)

KEYS = {"ed25519": (ED25519_KEY, ED25519), "p256": (P256_KEY, P256)}
PHONES = pytest.mark.parametrize(("key", "algorithm"), KEYS.values(), ids=KEYS)


def check(token: LiveToken, key=ED25519_KEY, algorithm=None, gym_id=GYM_ID) -> Signature:
    chosen = algorithm or (P256 if key in (P256_KEY, OTHER_P256_KEY) else ED25519)
    return verify_live(token, public_key=public_bytes(key), algorithm=chosen, gym_id=gym_id)


def flipped(token):
    """Every token that differs in one bit and can still be read."""
    data = base45.decode(to_text(token)[len(PREFIX) :])
    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        yield bit, parse(PREFIX + base45.encode(bytes(changed)))


@PHONES
def test_a_live_code_is_good_after_the_way_through_its_text(key, algorithm):
    token = parse(to_text(a_live_token(key)))
    assert token.algorithm == algorithm
    assert check(token, key) is Signature.VALID


@pytest.mark.parametrize("key", [ED25519_KEY, P256_KEY], ids=KEYS)
@given(credential_id=st.binary(min_size=8, max_size=8), at=st.integers(0, 2**32 - 1), gym=st.uuids())
def test_whatever_a_phone_signs_is_good_for_its_gym_alone(key, credential_id, at, gym):
    token = sign_live(key, credential_id=credential_id, signed_at=datetime.fromtimestamp(at, UTC), gym_id=gym)
    assert check(token, key, gym_id=gym) is Signature.VALID
    assert check(token, key, gym_id=UUID(int=gym.int ^ 1)) is Signature.INVALID


@PHONES
def test_every_flipped_bit_of_a_live_code_is_noticed(key, algorithm):
    for bit, token in flipped(a_live_token(key)):
        assert token is None or check(token, key, algorithm) is not Signature.VALID, bit


def test_every_flipped_bit_of_a_voucher_is_noticed():
    for bit, token in flipped(a_voucher_token()):
        assert not isinstance(token, VoucherToken) or (
            verify_voucher(token, public_key=public_bytes(ED25519_KEY), gym_id=GYM_ID) is not Signature.VALID
        ), bit


@PHONES
def test_another_phone_s_key_or_another_gym_is_bad(key, algorithm):
    other = OTHER_ED25519_KEY if algorithm == ED25519 else OTHER_P256_KEY
    assert check(a_live_token(key), other) is Signature.INVALID
    assert check(a_live_token(key), key, gym_id=OTHER_GYM_ID) is Signature.INVALID


def test_the_algorithm_that_was_registered_counts_not_the_one_that_is_claimed():
    assert check(a_live_token(ED25519_KEY), ED25519_KEY, P256) is Signature.INVALID
    assert check(a_live_token(P256_KEY), P256_KEY, ED25519) is Signature.INVALID
    claims_p256 = LiveToken(P256, CREDENTIAL_ID, SIGNED_AT, b"")
    signed = dataclasses.replace(claims_p256, signature=ED25519_KEY.sign(claims_p256.message(GYM_ID)))
    assert check(signed, ED25519_KEY, ED25519) is Signature.INVALID


@PHONES
@pytest.mark.parametrize("public_key", [b"", bytes(32), bytes(33), b"\x04" + bytes(32), bytes(65)])
def test_a_registered_key_that_is_none_verifies_nothing(key, algorithm, public_key):
    token = a_live_token(key)
    assert verify_live(token, public_key=public_key, algorithm=algorithm, gym_id=GYM_ID) is Signature.INVALID


@PHONES
@given(signature=st.binary(min_size=64, max_size=64) | st.sampled_from([bytes(64), b"\xff" * 64]))
def test_a_made_up_signature_is_bad_and_raises_nothing(key, algorithm, signature):
    token = LiveToken(algorithm, CREDENTIAL_ID, SIGNED_AT, signature)
    assert check(token, key) is Signature.INVALID


def test_a_live_code_is_signed_with_whole_seconds():
    token = a_live_token(signed_at=SIGNED_AT + timedelta(microseconds=999_999))
    assert token.signed_at == SIGNED_AT
    assert check(parse(to_text(token))) is Signature.VALID


def test_a_voucher_is_good_for_its_gym_and_the_key_of_its_number():
    token = parse(to_text(a_voucher_token()))
    good, other = public_bytes(ED25519_KEY), public_bytes(OTHER_ED25519_KEY)
    assert verify_voucher(token, public_key=good, gym_id=GYM_ID) is Signature.VALID
    assert verify_voucher(token, public_key=other, gym_id=GYM_ID) is Signature.INVALID
    assert verify_voucher(token, public_key=good, gym_id=OTHER_GYM_ID) is Signature.INVALID
    assert verify_voucher(token, public_key=b"short", gym_id=GYM_ID) is Signature.INVALID
    assert verify_voucher(token, public_key=None, gym_id=GYM_ID) is Signature.UNKNOWN_KEY


def test_no_two_vouchers_have_one_id():
    assert len({a_voucher_token().voucher_id for _ in range(100)}) == 100


DEVICE_ID = UUID(int=9)


def test_a_signature_for_one_purpose_is_worth_nothing_for_another():
    """Each message begins with a context, and no context is the beginning of another."""
    messages = [
        a_live_token().message(GYM_ID),
        a_voucher_token().message(GYM_ID),
        challenge_message(DEVICE_ID, bytes(32)),
        salvage_message(DEVICE_ID, "{}"),
        wipe_message(gym_id=GYM_ID, device_id=DEVICE_ID, ordered_at=SIGNED_AT),
    ]
    contexts = [message.split(b"\0", 1)[0] + b"\0" for message in messages]
    assert len(set(contexts)) == len(contexts)
    assert not any(one != other and one.startswith(other) for one in contexts for other in contexts)
    key = public_bytes(ED25519_KEY)
    for number, message in enumerate(messages):
        signature = ED25519_KEY.sign(message)
        verified = [is_signed(key, other, signature) for other in messages]
        assert verified == [other == number for other in range(len(messages))]


def test_a_wipe_order_names_gym_device_and_second():
    def order(**changes):
        facts = {"gym_id": GYM_ID, "device_id": DEVICE_ID, "ordered_at": SIGNED_AT}
        return wipe_message(**{**facts, **changes})

    assert order(ordered_at=SIGNED_AT + timedelta(microseconds=5)) == order()
    assert order() not in (
        order(gym_id=OTHER_GYM_ID),
        order(device_id=UUID(int=8)),
        order(ordered_at=SIGNED_AT + timedelta(seconds=1)),
    )


@pytest.mark.parametrize(("key", "signature"), [(b"", bytes(64)), (bytes(32), b""), (b"\xff" * 32, b"\xff" * 64)])
def test_a_malformed_key_or_signature_is_not_signed(key, signature):
    assert not is_signed(key, b"message", signature)
