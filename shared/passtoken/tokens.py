r"""The three tokens of docs/wire/pass-tokens.md, all integers big-endian, as ``G1`` plus base45.

Live code, 77 bytes: type and algorithm (1), credential id (8), unix seconds (4), signature (64) over
``"gym-live-1\0"``, the gym id (16 bytes, not transmitted) and the first 13 bytes.
Card, 16 bytes: random, nothing else.
Voucher, 80 bytes: 0x21, key number (1), gym number (2), site number (2, 0 means all), voucher id (8), last valid day
(2, days since 1970), signature (64) over ``"gym-card-1\0"``, the gym id and the first 16 bytes.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from shared.passtoken import base45

PREFIX = "G1"
MAX_TEXT = 122
"""The longest text of ours: it just fits QR version 5 at error correction M."""

_LIVE_CONTEXT = b"gym-live-1\0"
_VOUCHER_CONTEXT = b"gym-card-1\0"
_LIVE_TYPE = 1
_VOUCHER_TYPE = 0x21
_LIVE_SIZE, _CARD_SIZE, _VOUCHER_SIZE = 77, 16, 80
_EPOCH_DAY = date(1970, 1, 1)

ED25519, P256 = 1, 2
"""The algorithm nibble of a live code."""


@dataclass(frozen=True, slots=True)
class LiveToken:
    """A phone's code. ``algorithm`` is 1 (Ed25519) or 2 (ECDSA P-256, raw r then s)."""

    algorithm: int
    credential_id: bytes
    signed_at: datetime
    signature: bytes

    @property
    def head(self) -> bytes:
        seconds = int(self.signed_at.timestamp())
        return bytes([_LIVE_TYPE << 4 | self.algorithm]) + self.credential_id + seconds.to_bytes(4, "big")

    def message(self, gym_id: UUID) -> bytes:
        """What the phone signs."""
        return _LIVE_CONTEXT + gym_id.bytes + self.head


@dataclass(frozen=True, slots=True)
class CardToken:
    """A card or key fob: 16 random bytes."""

    card_id: bytes


@dataclass(frozen=True, slots=True)
class VoucherToken:
    """A purchase that travels with the member. The last valid day counts, in the site's zone."""

    key_number: int
    gym_number: int
    site_number: int
    voucher_id: bytes
    last_valid_on: date
    signature: bytes

    @property
    def head(self) -> bytes:
        return (
            bytes([_VOUCHER_TYPE, self.key_number])
            + self.gym_number.to_bytes(2, "big")
            + self.site_number.to_bytes(2, "big")
            + self.voucher_id
            + (self.last_valid_on - _EPOCH_DAY).days.to_bytes(2, "big")
        )

    def message(self, gym_id: UUID) -> bytes:
        """What the gym signs."""
        return _VOUCHER_CONTEXT + gym_id.bytes + self.head


Token = LiveToken | CardToken | VoucherToken


def new_card() -> CardToken:
    """A card that never was: 128 random bits."""
    return CardToken(secrets.token_bytes(_CARD_SIZE))


def to_text(token: Token) -> str:
    """The text to put into a QR code, alphanumeric mode."""
    match token:
        case CardToken(card_id=data):
            pass
        case LiveToken() | VoucherToken():
            data = token.head + token.signature
    return PREFIX + base45.encode(data)


def parse(text: str) -> Token | None:
    """Read a scanned text; None for anything that is not exactly one of ours."""
    if not text.startswith(PREFIX) or len(text) > MAX_TEXT:
        return None
    data = base45.decode(text[len(PREFIX) :])
    if data is None:
        return None
    if len(data) == _CARD_SIZE:
        return CardToken(data)
    if len(data) == _LIVE_SIZE and data[0] >> 4 == _LIVE_TYPE and data[0] & 0xF in (ED25519, P256):
        signed_at = datetime.fromtimestamp(int.from_bytes(data[9:13], "big"), UTC)
        return LiveToken(data[0] & 0xF, data[1:9], signed_at, data[13:])
    if len(data) == _VOUCHER_SIZE and data[0] == _VOUCHER_TYPE:
        return _parse_voucher(data)
    return None


def _parse_voucher(data: bytes) -> VoucherToken:
    return VoucherToken(
        key_number=data[1],
        gym_number=int.from_bytes(data[2:4], "big"),
        site_number=int.from_bytes(data[4:6], "big"),
        voucher_id=data[6:14],
        last_valid_on=_EPOCH_DAY + timedelta(days=int.from_bytes(data[14:16], "big")),
        signature=data[16:],
    )
