"""Sending what is queued: claimed first, handed over outside of any transaction, marked afterwards.

A mail cannot be taken back, so it goes at least once: who dies between handing over and marking has it sent again when
the claim ends, under the same Message-ID. A mail that the server does not take now is tried again, later and later, for
about a day; after that it is given up, and staff can see that and send it again.
"""

import logging
import threading
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Table, and_, or_, select, update
from sqlmodel import Session, SQLModel

from cloud_api.common import roster
from cloud_api.common.cloud import Cloud
from cloud_api.common.confidential import open_sealed
from cloud_api.common.placement import living_members
from cloud_api.common.session import transaction_time
from cloud_api.notifications.addresses import clean, to_address
from cloud_api.notifications.contacts import ERASED
from cloud_api.notifications.letters import LANGUAGES, Envelope, compose, write
from cloud_api.notifications.queueing import PURPOSE, TOUCHED
from cloud_api.notifications.tables import ContactRow, MailRow
from shared.contracts.notifications import MailKind, MailState
from shared.contracts.roster import RowKind, SiteBody
from shared.errors import InvalidInput, Rejected, Unavailable
from shared.faults import reach

log = logging.getLogger(__name__)
_MAIL: Table = SQLModel.metadata.tables["notifications_mail"]

MAX_TRIES = 16
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)
CLAIM = timedelta(minutes=10)
"""Longer than any mail takes to be handed over. A sender that died lets go after this."""
_POLL_S = 5.0
_PATIENCE_S = 10.0
_LOOKED_AT = 20


class Sender:
    """One thread that sends whenever something was queued here, and looks every five seconds for what else is due."""

    def __init__(self, cloud: Cloud, *, poll_s: float = _POLL_S) -> None:
        self._cloud = cloud
        self._poll_s = poll_s
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        cloud.database.on_touch(TOUCHED, lambda _mail_id: self._wake.set())

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="mail", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the mail it is at; a mail server that thinks for longer is not waited for."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE_S)

    def _work(self) -> None:
        while not self._stopping:
            try:
                self.run_pending()
            except Exception:  # a worker's main loop: say so and carry on
                log.exception("mails could not be sent; trying again")
            self._wake.wait(self._poll_s)
            self._wake.clear()

    def run_pending(self) -> int:
        """Send what is due, in the calling thread; returns how many mails went.

        Ends at the first that the post does not take now: the others need not find out as well.
        """
        sent = 0
        while not self._stopping and (row := self._claim()) is not None:
            try:
                sent += self._send(row)
            except Rejected as error:
                log.warning("mail %s will not go: %s", row.id, error.code)
                gone = {"content": None} if error.code == ERASED else {}
                self._mark(row, state=MailState.FAILED.value, error=error.code, **gone)
            except Unavailable as error:
                log.warning("mail %s was not sent (try %d): %s", row.id, row.tries, error)
                self._put_off(row, "unavailable")
                break
        return sent

    def _claim(self) -> MailRow | None:
        """The next mail that is due, and nobody else's until the claim ends."""
        with self._cloud.database.reading() as session:
            now = transaction_time(session)
            free = or_(_MAIL.c.claimed_until.is_(None), _MAIL.c.claimed_until <= now)
            due = and_(_MAIL.c.state == MailState.QUEUED.value, _MAIL.c.next_try_at <= now, free)
            waiting = session.scalars(
                select(_MAIL.c.id).where(due).order_by(_MAIL.c.next_try_at).limit(_LOOKED_AT)
            ).all()
        for mail_id in waiting:
            claim = update(_MAIL).where(_MAIL.c.id == mail_id, due)
            with self._cloud.database.transaction() as session:
                if (
                    session.connection()
                    .execute(claim.values(claimed_until=now + CLAIM, tries=_MAIL.c.tries + 1))
                    .rowcount
                ):
                    return session.get_one(MailRow, mail_id)
        return None

    def _send(self, row: MailRow) -> bool:
        """Send one; says whether it went.

        Raises:
            Rejected, Unavailable: as :class:`cloud_api.common.mail.Mail`, or the member cannot be written to any more.
        """
        with self._cloud.database.reading() as session:
            message = self._message(session, row)
        if message is None:
            self._put_off(row, "contact_unknown")
            return False
        self._cloud.mail.send(message)
        reach("mail.handed_over")
        self._mark(row, state=MailState.SENT.value, sent_at=self._cloud.clock.now(), error=None)
        return True

    def _message(self, session: Session, row: MailRow) -> EmailMessage | None:
        """The mail as it goes; None when ``gym`` has not told yet how to reach the member."""
        keys, words = self._cloud.keys, LANGUAGES[self._cloud.mail_language]
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
            sender=to_address(gym, self._cloud.mail.sender),
            recipient=self._recipient(session, contact),
            message_id=f"<{row.id}.{row.round}@{self._cloud.mail.sender.rpartition('@')[2]}>",
            at=transaction_time(session),
        )
        return compose(letter, words, envelope, gym=gym)

    def _recipient(self, session: Session, contact: ContactRow) -> Address:
        if contact.sealed is None:
            raise Rejected("The member has no e-mail address.", code="no_address")
        name, email = open_sealed(session, self._cloud.keys, contact.member_id, "contact", contact.sealed)
        try:
            return to_address(name, email)
        except InvalidInput as error:
            raise Rejected(str(error), code="bad_address") from error

    def _put_off(self, row: MailRow, why: str) -> None:
        if row.tries >= MAX_TRIES:
            log.error("mail %s is given up after %d tries", row.id, row.tries)
            self._mark(row, state=MailState.FAILED.value, error=why)
            return
        wait = min(FIRST_WAIT * 2 ** (row.tries - 1), LONGEST_WAIT)
        self._mark(row, next_try_at=self._cloud.clock.now() + wait, error=why)

    def _mark(self, row: MailRow, **facts: Any) -> None:
        """Write down what became of it, unless it was asked for again or forgotten meanwhile."""
        same = and_(_MAIL.c.id == row.id, _MAIL.c.round == row.round, _MAIL.c.state == MailState.QUEUED.value)
        with self._cloud.database.transaction() as session:
            session.execute(update(_MAIL).where(same).values(claimed_until=None, **facts))


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
