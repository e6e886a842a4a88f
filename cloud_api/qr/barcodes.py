"""Existing codes: tags and cards that members carry already, as passes of a lower trust."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from cloud_api.common import placement
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.qr.passes import Draft, find_pass, issue
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
    status, row = _add(session, keys, member_id, request, by=by)
    if status is ImportStatus.TAKEN or row is None:
        raise Rejected("Another member has this code.", code="code_taken")
    return row


def import_barcodes(
    session: Session, keys: Keys, items: Sequence[BarcodeImport], *, by: Principal | str
) -> list[ImportResult]:
    """Take over many codes; a line that cannot be taken over holds up no other.

    Raises:
        InvalidInput: a line holds one of our own codes, or none: nothing is imported.
    """
    living = placement.living_members(session, {item.member_id for item in items})
    results = []
    for line, item in enumerate(items):
        status, row = ImportStatus.MEMBER_UNKNOWN, None
        if item.member_id in living:
            status, row = _add(session, keys, item.member_id, item, by=by)
        results.append(ImportResult(line=line, status=status, pass_id=None if row is None else row.id))
    return results


def _add(
    session: Session, keys: Keys, member_id: UUID, request: BarcodeRequest, *, by: Principal | str
) -> tuple[ImportStatus, PassRow | None]:
    secret = barcode_secret(request.symbology.value, request.text)
    if not secret or tokens.parse(request.text) is not None:
        raise InvalidInput("This is not the code of an existing tag or card.", field="text")
    known = find_pass(session, keys, PassKind.BARCODE, secret)
    if known is not None and known.status == PassStatus.ACTIVE.value:
        return (ImportStatus.KNOWN, known) if known.member_id == member_id else (ImportStatus.TAKEN, None)
    draft = Draft(PassKind.BARCODE, secret, request.label or request.symbology.value)
    return ImportStatus.IMPORTED, issue(session, keys, member_id, draft, by=by)
