"""What a reader delivered, as a credential of the rule book. Hostile text is only ever an unknown code."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kiosk.entry.roster_view import Joined
from shared.contracts.roster import CredentialBody, KeyAlgorithm
from shared.domain.passes import (
    Barcode,
    CardCode,
    Credential,
    LiveCode,
    PassKind,
    Signature,
    UnknownCode,
    VoucherCode,
)
from shared.passtoken import signing, tokens
from shared.passtoken.lookup import barcode_secret, lookup_hash

MAX_TEXT = 512
"""A longer text is no pass of anybody's."""
QR = "QRCode"

_ALGORITHMS = {KeyAlgorithm.ED25519: tokens.ED25519, KeyAlgorithm.P256: tokens.P256}


class CodeRead(Protocol):
    """A code as a reader delivers it; ``format`` is ``QRCode`` or zxing's name of a linear symbology."""

    @property
    def text(self) -> str: ...
    @property
    def format(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """A code before the roster was asked.

    ``lookup`` stands for it everywhere outside this process's memory. ``kind`` is None when it can be nobody's pass.
    ``secret`` (live code and card) opens the member's sealed name and is never stored.
    """

    kind: PassKind | None
    lookup: bytes
    format: str
    token: tokens.Token | None = None
    secret: bytes | None = None

    @property
    def code_at(self) -> datetime | None:
        """The time inside a live code."""
        return self.token.signed_at if isinstance(self.token, tokens.LiveToken) else None

    @property
    def voucher_id(self) -> bytes | None:
        return self.token.voucher_id if isinstance(self.token, tokens.VoucherToken) else None


def read_code(read: CodeRead, *, pepper: bytes) -> Shown:
    """Tell what was shown and hash it. A text that is no token of ours may still be an existing barcode."""
    token = tokens.parse(read.text)
    match token:
        case tokens.LiveToken(credential_id=secret):
            kind = PassKind.LIVE
        case tokens.CardToken(card_id=secret):
            kind = PassKind.CARD
        case tokens.VoucherToken(voucher_id=secret):
            return Shown(PassKind.VOUCHER, lookup_hash(pepper, PassKind.VOUCHER, secret), read.format, token)
        case None:
            lookup = lookup_hash(pepper, PassKind.BARCODE, barcode_secret(read.format, read.text))
            known = 0 < len(read.text) <= MAX_TEXT
            return Shown(PassKind.BARCODE if known else None, lookup, read.format)
    return Shown(kind, lookup_hash(pepper, kind, secret), read.format, token, secret)


def credential_of(shown: Shown, joined: Joined, *, gym_id: UUID) -> Credential:
    """What was shown, with its signature checked by the roster's keys.

    A linear code counts in a symbology the gym has switched on. A QR code with foreign text needs no switch: it is
    only ever somebody's pass when the gym put that very text into its roster.
    """
    match shown.token:
        case tokens.LiveToken() as live:
            return LiveCode(live.signed_at, _live_signature(live, joined.credential, gym_id))
        case tokens.CardToken():
            return CardCode()
        case tokens.VoucherToken() as voucher:
            key = joined.rules.issuer_keys.get(voucher.key_number)
            signature = signing.verify_voucher(voucher, public_key=key, gym_id=gym_id)
            return VoucherCode(voucher.gym_number, voucher.site_number, voucher.last_valid_on, signature)
        case None:
            return Barcode() if joined.credential is not None and _is_accepted(shown, joined) else UnknownCode()


def _is_accepted(shown: Shown, joined: Joined) -> bool:
    site = joined.rules.site
    linear = frozenset() if site is None else site.policy.linear_symbologies
    return shown.kind is not None and (shown.format == QR or shown.format in linear)


def _live_signature(live: tokens.LiveToken, body: CredentialBody | None, gym_id: UUID) -> Signature:
    if body is None or body.algorithm is None or body.public_key is None:
        return Signature.UNKNOWN_KEY
    algorithm = _ALGORITHMS[body.algorithm]
    return signing.verify_live(live, public_key=body.public_key, algorithm=algorithm, gym_id=gym_id)
