"""Whose is this code? For staff with a lost card, a phone or an old tag in the hand."""

from uuid import UUID

from sqlmodel import Session

from cloud_api.common import roster
from cloud_api.common.keys import Keys
from cloud_api.qr.passes import find_pass, get_pass
from cloud_api.qr.tables import PassRow, VoucherRow
from shared.contracts.qr import FoundPass, PassPlace, PassPlaces, Symbology
from shared.contracts.roster import RowKind
from shared.domain.passes import PassKind, PassStatus
from shared.errors import Rejected
from shared.passtoken import tokens
from shared.passtoken.lookup import barcode_secret


def find_holder(session: Session, keys: Keys, text: str) -> FoundPass:
    """Say whose a code is, also a revoked one. Nothing is checked but that we gave it out: it opens no door here.

    Raises:
        Rejected: ``pass_unknown``.
    """
    match tokens.parse(text.strip()):
        case tokens.CardToken(card_id=card_id):
            found = _found(find_pass(session, keys, PassKind.CARD, card_id))
        case tokens.LiveToken(credential_id=credential_id):
            found = _found(find_pass(session, keys, PassKind.LIVE, credential_id))
        case tokens.VoucherToken(voucher_id=voucher_id):
            found = _voucher(session.get(VoucherRow, voucher_id))
        case _:
            found = _found(_find_barcode(session, keys, text))
    if found is None:
        raise Rejected("Nobody has this code.", code="pass_unknown")
    return found


def list_places(session: Session, pass_id: UUID) -> PassPlaces:
    """Where each site's roster has the pass as it is now. Raises Rejected ``pass_unknown``."""
    row = get_pass(session, pass_id)
    places = roster.places_of(session, kind=RowKind.CREDENTIAL, key=row.lookup.hex())
    return PassPlaces(
        items=[PassPlace(site_id=site_id, epoch=epoch, version=version) for site_id, epoch, version in places]
    )


def _find_barcode(session: Session, keys: Keys, text: str) -> PassRow | None:
    """A hand reader does not say what it read: any symbology that has the text will do."""
    secrets = {barcode_secret(symbology.value, text) for symbology in Symbology} - {b""}
    rows = (find_pass(session, keys, PassKind.BARCODE, secret) for secret in sorted(secrets))
    return next((row for row in rows if row is not None), None)


def _found(row: PassRow | None) -> FoundPass | None:
    if row is None:
        return None
    return FoundPass(
        member_id=row.member_id,
        pass_id=row.id,
        kind=PassKind(row.kind),
        status=PassStatus(row.status),
        label=row.label,
    )


def _voucher(row: VoucherRow | None) -> FoundPass | None:
    if row is None:
        return None
    status = PassStatus(row.status)
    return FoundPass(member_id=row.member_id, pass_id=None, kind=PassKind.VOUCHER, status=status, label="")
