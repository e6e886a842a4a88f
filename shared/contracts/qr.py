"""The messages of ``qr``: cards, phones, old barcodes, vouchers and the keys that sign them."""

from datetime import date
from enum import Enum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Bytes, Instant, Message
from shared.contracts.roster import KeyAlgorithm
from shared.domain.passes import PassKind, PassStatus

MAX_IMPORT = 1000
"""Barcodes in one import at the most."""


class Symbology(Enum):
    """What an existing code is printed as, by zxing's names."""

    CODE_128 = "Code128"
    CODE_39 = "Code39"
    EAN_13 = "EAN13"
    EAN_8 = "EAN8"
    ITF = "ITF"
    CODABAR = "Codabar"
    QR = "QRCode"


Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]
CodeContent = Annotated[str, StringConstraints(min_length=1, max_length=512)]
"""A kiosk takes no longer text for anybody's pass."""


class PassView(Message):
    """A pass as staff see one: never what is printed on it."""

    id: UUID
    member_id: UUID
    kind: PassKind
    status: PassStatus
    label: str
    algorithm: KeyAlgorithm | None
    issued_at: Instant
    revoked_at: Instant | None


class PassList(Message):
    """Newest first."""

    items: list[PassView]


class PassText(Message):
    """A code as a reader reads it or a person types it, of whatever kind."""

    text: CodeContent


class FoundPass(Message):
    """Whose a code is. ``pass_id`` is None for a voucher, which is no pass that is kept."""

    member_id: UUID
    pass_id: UUID | None
    kind: PassKind
    status: PassStatus
    label: str


class PassPlace(Message):
    """Where a pass, as it is now, stands in a site's roster.

    A kiosk of the site that tells of this epoch with this version or a higher one has heard of it.
    """

    site_id: UUID
    epoch: UUID
    version: int


class PassPlaces(Message):
    items: list[PassPlace]


class CardRequest(Message):
    """``label`` tells one pass of a member from another, such as "key ring".

    ``send_by_mail``: the member gets the card as a picture, too. ``card_id`` (16 random bytes) is minted by whoever may
    have to ask twice for one card; None lets the server do it.
    """

    card_id: Annotated[Bytes, Field(min_length=16, max_length=16)] | None = None

    label: Label = ""
    send_by_mail: bool = False


class IssuedCode(Message):
    """A code to print or send. ``text`` is told once and stored nowhere; ``svg`` and ``png`` show it as a QR code."""

    text: str
    svg: str
    png: Bytes


class IssuedCard(Message):
    member_pass: PassView
    code: IssuedCode


class PhoneRequest(Message):
    """A phone's public key: Ed25519 (32 raw bytes) or P-256 (33 bytes, compressed point).

    ``credential_id`` (8 random bytes) may be minted by the phone; None lets the server do it.
    """

    algorithm: KeyAlgorithm
    public_key: Annotated[Bytes, Field(min_length=32, max_length=33)]
    credential_id: Annotated[Bytes, Field(min_length=8, max_length=8)] | None = None
    label: Label = ""


class RegisteredPhone(Message):
    """What the phone needs to make codes: ``gym_id`` goes into every signature. The id is told once."""

    member_pass: PassView
    credential_id: Bytes
    gym_id: UUID


class BarcodeRequest(Message):
    """An existing code of a member, as a reader reads it."""

    symbology: Symbology
    text: CodeContent
    label: Label = ""


class BarcodeImport(BarcodeRequest):
    member_id: UUID


class BarcodeImports(Message):
    """``dry_run`` answers the same and writes nothing; the ids of members may then be of some who are yet to be made."""

    dry_run: bool = False
    items: Annotated[list[BarcodeImport], Field(min_length=1, max_length=MAX_IMPORT)]


class ImportStatus(Enum):
    """What became of one line of an import."""

    IMPORTED = "imported"
    KNOWN = "known"  # this member has it already
    REVOKED = "revoked"  # it was this member's and was revoked: it stays so
    TAKEN = "taken"  # another member has it: nothing was changed
    MEMBER_UNKNOWN = "member_unknown"


class ImportResult(Message):
    """``line`` counts from 0; ``pass_id`` is set for imported, known and revoked codes, None in a dry run's new ones."""

    line: int
    status: ImportStatus
    pass_id: UUID | None


class ImportAnswer(Message):
    results: list[ImportResult]


class VoucherRequest(Message):
    """A purchase that travels with the member: good today and tomorrow. ``site_id`` None means every site.

    ``membership_id`` is what was bought, so that a pack is charged for the visit. ``send_by_mail``: the member gets the
    code by mail.
    """

    site_id: UUID | None = None
    membership_id: UUID | None = None
    send_by_mail: bool = False


class VoucherView(Message):
    """``id`` is the voucher's public id as 16 hex digits; ``last_valid_on`` counts, in the site's zone."""

    id: str
    member_id: UUID
    membership_id: UUID | None
    site_id: UUID | None
    last_valid_on: date
    status: PassStatus
    issued_at: Instant


class VoucherList(Message):
    """Newest first."""

    items: list[VoucherView]


class IssuedVoucher(Message):
    voucher: VoucherView
    code: IssuedCode


class IssuerKeyView(Message):
    """A key for vouchers. One of them ``signs`` now; ``retired_at`` is set once kiosks no longer hold it."""

    number: int
    public_key: Bytes
    created_at: Instant
    signs: bool
    retired_at: Instant | None


class IssuerKeyList(Message):
    """Newest first."""

    items: list[IssuerKeyView]


class Rotation(Message):
    """``compromised``: the old keys were stolen. The new one signs at once, and their vouchers are worth nothing."""

    compromised: bool = False
