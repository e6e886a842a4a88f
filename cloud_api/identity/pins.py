"""PINs: how colleagues who share a desk sign in after one another in two seconds, each by the own name.

A PIN is short, so it opens nothing by itself: it counts only together with the sign-in of a desk that is there already,
and five wrong ones in ten minutes end the trying.
"""

from uuid import UUID

from sqlmodel import Session

from cloud_api.common.principal import Principal
from cloud_api.identity.desks import can_take_over, keep_means
from cloud_api.identity.passwords import is_password
from cloud_api.identity.tables import PersonRow, PinRow
from shared.errors import Rejected


def set_pin(session: Session, person_id: UUID, pin_hash: str | None, *, by: Principal) -> None:
    """Set or take away the PIN of the person who asks. The hash is made before the transaction: it takes its time."""
    keep_means(session, PinRow, person_id, pin_hash, means="pin", by=by)


def check_pin(session: Session, person_id: UUID, pin: str) -> None:
    """Make sure that it is this person. Takes as long for someone without a PIN.

    Raises:
        Rejected: ``wrong_pin``, also for someone who may not sign in.
    """
    row = session.get(PinRow, person_id)
    right = is_password(None if row is None else row.hash, pin)
    if not right or not can_take_over(session, session.get(PersonRow, person_id)):
        raise Rejected("The PIN is not right.", code="wrong_pin")
