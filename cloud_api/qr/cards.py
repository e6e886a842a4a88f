"""Cards and key fobs: 16 random bytes, told once."""

from uuid import UUID

from sqlmodel import Session

from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.qr.passes import Draft, find_pass, issue
from cloud_api.qr.tables import PassRow
from shared.contracts.qr import CardRequest
from shared.domain.passes import PassKind, PassStatus
from shared.errors import Rejected
from shared.passtoken.tokens import CardToken, new_card, to_text


def issue_card(
    session: Session, keys: Keys, member_id: UUID, request: CardRequest, *, by: Principal | str
) -> tuple[PassRow, str]:
    """Make a new card for a member; returns it with the text to print, which is kept nowhere that could be read.

    Asked again with the same ``card_id`` it gives the card that was made.

    Raises:
        Rejected: ``member_unknown``; ``code_taken``: the ``card_id`` is another member's, or of a card that was revoked.
    """
    card = new_card() if request.card_id is None else CardToken(card_id=request.card_id)
    text = to_text(card)
    known = None if request.card_id is None else find_pass(session, keys, PassKind.CARD, card.card_id)
    if known is not None:
        if (known.member_id, known.status) != (member_id, PassStatus.ACTIVE.value):
            raise Rejected("This code belongs to another card.", code="code_taken")
        return known, text
    draft = Draft(PassKind.CARD, card.card_id, request.label, mail_text=text if request.send_by_mail else None)
    return issue(session, keys, member_id, draft, by=by), text
