"""Cards for the desk: any code that a person carries, held before the scanner, does what a PIN does.

A card is found by its text alone, so a keyed hash is kept of it and no slow one: without the server's secret it tells
nothing. What could be guessed is refused when it is registered.
"""

import hmac
from itertools import pairwise
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.identity.desks import can_take_over, keep_means
from cloud_api.identity.tables import DeskCardRow, PersonRow
from shared.errors import Rejected
from shared.passtoken.tokens import LiveToken, VoucherToken, parse

_PURPOSE = b"fit-desk-card-1"
_SHORTEST, _FEWEST_DIFFERENT, _LONGEST_PIN = 8, 4, 8


def hash_card(keys: Keys, text: str) -> str:
    """What is kept of a card. Blanks around it and capitals do not count: a scanner types as Caps Lock has it."""
    return hmac.digest(keys.derive(_PURPOSE), text.strip().casefold().encode(), "sha256").hex()


def check_card(text: str) -> None:
    """Make sure that a text can be somebody's card.

    Raises:
        Rejected: ``card_too_short``, ``card_guessable``, or ``card_changes``: the code of a phone is another one soon.
    """
    plain = text.strip()
    if len(plain) < _SHORTEST:
        raise Rejected("A card of fewer than 8 characters could be guessed.", code="card_too_short")
    if _is_guessable(plain):
        raise Rejected("This card could be guessed: it is like a PIN, or repeats itself.", code="card_guessable")
    if isinstance(parse(plain.upper()), LiveToken | VoucherToken):
        raise Rejected("This code counts for a short time only. Take a card or a tag.", code="card_changes")


def set_card(session: Session, person_id: UUID, card_hash: str | None, *, by: Principal) -> None:
    """Register the card of the person who asks, in place of the one before, or take it away.

    Raises:
        Rejected: ``card_taken``: it is a colleague's.
    """
    if card_hash is not None:
        _only_mine(session, person_id, card_hash)
    keep_means(session, DeskCardRow, person_id, card_hash, means="card", by=by)


def person_of_card(session: Session, card_hash: str) -> UUID:
    """Whose card it is.

    Raises:
        Rejected: ``wrong_card``: nobody's, or of someone who may not sign in.
    """
    query = select(PersonRow).join(DeskCardRow, col(DeskCardRow.person_id) == col(PersonRow.id))
    person = session.exec(query.where(col(DeskCardRow.hash) == card_hash)).first()
    if person is None or not can_take_over(session, person):
        raise Rejected("No colleague has registered this card.", code="wrong_card")
    return person.id


def _only_mine(session: Session, person_id: UUID, card_hash: str) -> None:
    holder = session.exec(select(DeskCardRow.person_id).where(DeskCardRow.hash == card_hash)).first()
    if holder not in (None, person_id):
        raise Rejected("This card is a colleague's already.", code="card_taken")


def _is_guessable(plain: str) -> bool:
    """As short as a PIN and of digits only, of few different characters, or one step after the other (1234567890)."""
    steps = {(ord(after) - ord(before)) % 10 for before, after in pairwise(plain)}
    like_a_pin = plain.isdecimal() and len(plain) <= _LONGEST_PIN
    return like_a_pin or len(set(plain)) < _FEWEST_DIFFERENT or len(steps) == 1
