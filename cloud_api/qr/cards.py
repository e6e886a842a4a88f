"""Cards and key fobs: 16 random bytes, told once."""

from uuid import UUID

from sqlmodel import Session

from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.qr.passes import Draft, issue
from cloud_api.qr.tables import PassRow
from shared.contracts.qr import CardRequest
from shared.domain.passes import PassKind
from shared.passtoken.tokens import new_card, to_text


def issue_card(
    session: Session, keys: Keys, member_id: UUID, request: CardRequest, *, by: Principal | str
) -> tuple[PassRow, str]:
    """Make a new card for a member; returns it with the text to print, which is kept nowhere that could be read.

    Raises:
        Rejected: ``member_unknown``.
    """
    card = new_card()
    text = to_text(card)
    draft = Draft(PassKind.CARD, card.card_id, request.label, mail_text=text if request.send_by_mail else None)
    return issue(session, keys, member_id, draft, by=by), text
