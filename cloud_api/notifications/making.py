"""From a row to a finished mail: the one place where what was sealed is opened, in memory."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from cloud_api.common import roster
from cloud_api.common.cloud import Cloud
from cloud_api.common.confidential import open_sealed
from cloud_api.common.placement import living_members
from cloud_api.common.session import transaction_time
from cloud_api.notifications.addresses import clean, to_address
from cloud_api.notifications.contacts import ERASED
from cloud_api.notifications.letters import LANGUAGES, Envelope, compose, write
from cloud_api.notifications.queueing import PURPOSE
from cloud_api.notifications.tables import ContactRow, MailRow
from shared.contracts.notifications import MailKind
from shared.contracts.roster import RowKind, SiteBody
from shared.errors import InvalidInput, Rejected


def make_message(session: Session, cloud: Cloud, row: MailRow) -> EmailMessage | None:
    """The mail as it goes; None when ``gym`` has not told yet how to reach the member.

    Raises:
        Rejected: the member cannot be written to.
    """
    keys, words = cloud.keys, LANGUAGES[cloud.mail_language]
    if not living_members(session, [row.member_id]):
        raise Rejected("The member has been erased.", code=ERASED)
    if row.content is None:
        raise Rejected("What it said is not kept any more.", code="forgotten")
    contact = session.get(ContactRow, row.member_id)
    if contact is None:
        return None
    content = open_sealed(session, keys, row.member_id, PURPOSE, row.content)
    gym, place = clean(keys.gym_name), _place(session, content.get("site_id"))
    letter = write(words, MailKind(row.kind), content, gym=gym, place=clean(place.name), zone=place.zone)
    envelope = Envelope(
        sender=to_address(gym, cloud.mail.sender),
        recipient=_recipient(session, cloud, contact),
        message_id=f"<{row.id}.{row.round}@{cloud.mail.sender.rpartition('@')[2]}>",
        at=transaction_time(session),
    )
    return compose(letter, words, envelope, gym=gym)


def _recipient(session: Session, cloud: Cloud, contact: ContactRow) -> Address:
    if contact.sealed is None:
        raise Rejected("The member has no e-mail address.", code="no_address")
    name, email = open_sealed(session, cloud.keys, contact.member_id, "contact", contact.sealed)
    try:
        return to_address(name, email)
    except InvalidInput as error:
        raise Rejected(str(error), code="bad_address") from error


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    zone: ZoneInfo


def _place(session: Session, site_id: str | None) -> _Place:
    """A site's name and zone, as its doors know them; nowhere for a mail that is about no site."""
    key = site_id or ""
    body = roster.find_body(session, site_id=UUID(key), kind=RowKind.SITE, key=key) if key else None
    if body is None:
        return _Place("", ZoneInfo("UTC"))
    site = SiteBody.model_validate_json(body).to_domain()
    return _Place(site.name, site.zone)
