"""Existing codes: tags and cards that members carry already, as passes of a lower trust."""

from collections.abc import Container, Mapping, Sequence
from uuid import UUID

from sqlmodel import Session

from cloud_api.common import placement
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.qr.bulk import NewBarcode, register_barcodes
from cloud_api.qr.passes import Draft, find_pass, find_passes, issue
from cloud_api.qr.tables import PassRow
from shared.contracts.qr import BarcodeImport, BarcodeRequest, ImportResult, ImportStatus
from shared.domain.passes import PassKind, PassStatus
from shared.errors import InvalidInput, Rejected
from shared.passtoken import tokens
from shared.passtoken.lookup import barcode_secret


def add_barcode(
    session: Session, keys: Keys, member_id: UUID, request: BarcodeRequest, *, by: Principal | str
) -> PassRow:
    """Let an existing code of a member open the door. A code the member has already stays as it is.

    Raises:
        InvalidInput: it is one of our own codes, or empty.
        Rejected: ``member_unknown``; ``code_taken`` when another member has it.
    """
    code = _code_of(request, member_id)
    known = find_pass(session, keys, PassKind.BARCODE, code.secret)
    if known is None or known.status != PassStatus.ACTIVE.value:
        return _issue(session, keys, code, by=by)
    if known.member_id != member_id:
        raise Rejected("Another member has this code.", code="code_taken")
    return known


def import_barcodes(
    session: Session, keys: Keys, items: Sequence[BarcodeImport], *, by: Principal | str
) -> list[ImportResult]:
    """Take over many codes; a line that cannot be taken over holds up no other.

    What was revoked stays so for its member: an old list does not bring a lost tag back.

    Raises:
        InvalidInput: a line holds one of our own codes, or none: nothing is imported.
    """
    codes = [_code_of(item, item.member_id) for item in items]
    passes = find_passes(session, keys, PassKind.BARCODE, [code.secret for code in codes])
    statuses, taken = _judge(codes, passes, placement.living_members(session, {code.member_id for code in codes}))
    new = [code for code in taken.values() if code.secret not in passes]
    passes |= {code.secret: _issue(session, keys, code, by=by) for code in taken.values() if code.secret in passes}
    passes |= register_barcodes(session, keys, new, by=by)
    told = (ImportStatus.IMPORTED, ImportStatus.KNOWN, ImportStatus.REVOKED)
    return [
        ImportResult(line=line, status=status, pass_id=passes[code.secret].id if status in told else None)
        for line, (code, status) in enumerate(zip(codes, statuses, strict=True))
    ]


def try_barcodes(session: Session, keys: Keys, items: Sequence[BarcodeImport]) -> list[ImportResult]:
    """What would become of these codes, were all their members there. Raises as :func:`import_barcodes`."""
    codes = [_code_of(item, item.member_id) for item in items]
    passes = find_passes(session, keys, PassKind.BARCODE, [code.secret for code in codes])
    statuses, _ = _judge(codes, passes, {code.member_id for code in codes})
    old = (ImportStatus.KNOWN, ImportStatus.REVOKED)
    ids = {secret: row.id for secret, row in passes.items()}
    return [
        ImportResult(line=line, status=status, pass_id=ids.get(code.secret) if status in old else None)
        for line, (code, status) in enumerate(zip(codes, statuses, strict=True))
    ]


def _judge(
    codes: Sequence[NewBarcode], passes: Mapping[bytes, PassRow], living: Container[UUID]
) -> tuple[list[ImportStatus], dict[bytes, NewBarcode]]:
    """What is to become of each code, and those to take over, by their secret."""
    taken: dict[bytes, NewBarcode] = {}
    statuses = []
    for code in codes:
        status = ImportStatus.MEMBER_UNKNOWN
        if code.member_id in living:
            status = _status(code, passes.get(code.secret), taken.get(code.secret))
        if status is ImportStatus.IMPORTED:
            taken[code.secret] = code
        statuses.append(status)
    return statuses, taken


def _status(code: NewBarcode, known: PassRow | None, before: NewBarcode | None) -> ImportStatus:
    """``before`` is who takes the code over on a line before this one."""
    is_active = known is not None and known.status == PassStatus.ACTIVE.value
    holder = before or (known if is_active else None)
    if holder is not None:
        return ImportStatus.KNOWN if holder.member_id == code.member_id else ImportStatus.TAKEN
    was_own = known is not None and known.member_id == code.member_id
    return ImportStatus.REVOKED if was_own else ImportStatus.IMPORTED


def _issue(session: Session, keys: Keys, code: NewBarcode, *, by: Principal | str) -> PassRow:
    return issue(session, keys, code.member_id, Draft(PassKind.BARCODE, code.secret, code.label), by=by)


def _code_of(request: BarcodeRequest, member_id: UUID) -> NewBarcode:
    secret = barcode_secret(request.symbology.value, request.text)
    if not secret or tokens.parse(request.text) is not None:
        raise InvalidInput("This is not the code of an existing tag or card.", field="text")
    return NewBarcode(member_id, secret, request.label or request.symbology.value)
