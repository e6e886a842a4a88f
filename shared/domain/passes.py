"""Passes: what a member shows at the door, and what a reader made of it before any rule was asked."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import assert_never


class PassKind(Enum):
    """What was shown, in falling order of trust."""

    LIVE = "live"  # a phone's code, signed seconds ago by a key that never left the phone
    VOUCHER = "voucher"  # signed by the gym, travels with the member
    CARD = "card"  # 16 random bytes on plastic or paper; can be copied
    BARCODE = "barcode"  # an old tag: Code 128, EAN, a member number; can be guessed


class PassStatus(Enum):
    ACTIVE = "active"
    REVOKED = "revoked"


class Signature(Enum):
    """What the check of a signature said; the mathematics happens in ``shared.passtoken``."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN_KEY = "unknown_key"


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """Anything that is not one of our codes, however hostile."""


@dataclass(frozen=True, slots=True)
class LiveCode:
    """``signed_at`` is what the phone signed: its clock plus the offset learnt from the cloud, aware UTC."""

    signed_at: datetime
    signature: Signature


@dataclass(frozen=True, slots=True)
class CardCode:
    """A card's id was read; the roster says whose it is."""


@dataclass(frozen=True, slots=True)
class Barcode:
    """An existing barcode in a symbology the gym has switched on."""


@dataclass(frozen=True, slots=True)
class VoucherCode:
    """``gym_number`` and ``site_number`` come from the token; site 0 means every site. The last valid day counts."""

    gym_number: int
    site_number: int
    last_valid_on: date
    signature: Signature


Credential = UnknownCode | LiveCode | CardCode | Barcode | VoucherCode


def kind_of(credential: Credential) -> PassKind | None:
    """The kind of a credential; None for an unknown code."""
    match credential:
        case LiveCode():
            return PassKind.LIVE
        case VoucherCode():
            return PassKind.VOUCHER
        case CardCode():
            return PassKind.CARD
        case Barcode():
            return PassKind.BARCODE
        case UnknownCode():
            return None
        case never:
            assert_never(never)
