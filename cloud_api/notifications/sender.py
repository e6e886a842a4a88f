"""Sending what is queued: claimed first, handed over outside of any transaction, marked afterwards.

A mail cannot be taken back, so it goes at least once: who dies between handing over and marking has it sent again when
the claim ends, under the same Message-ID. A mail that the server does not take now is tried again, later and later, for
about a day; after that it is given up, and staff can see that and send it again.
"""

import logging
import threading
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Table, and_, or_, select, update
from sqlmodel import SQLModel

from cloud_api.common.cloud import Cloud
from cloud_api.common.database import Conflict
from cloud_api.common.session import transaction_time
from cloud_api.notifications.contacts import ERASED
from cloud_api.notifications.making import make_message
from cloud_api.notifications.queueing import TOUCHED
from cloud_api.notifications.tables import MailRow
from shared.contracts.notifications import MailState
from shared.errors import Rejected, Unavailable
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
_MARK_TRIES = 5


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
            message = self._make(row)
            if message is None:
                continue
            try:
                self._cloud.mail.send(message)
            except Rejected as error:
                self._give_up(row, error.code)
            except Unavailable as error:
                log.warning("mail %s was not sent (try %d): %s", row.id, row.tries, error)
                self._put_off(row, "unavailable")
                break
            else:
                reach("mail.handed_over")
                self._mark(row, state=MailState.SENT.value, sent_at=self._cloud.clock.now(), error=None)
                sent += 1
        return sent

    def _make(self, row: MailRow) -> EmailMessage | None:
        """The mail as it goes; None when it cannot be made now, or ever, which is marked."""
        try:
            with self._cloud.database.reading() as session:
                message = make_message(session, self._cloud, row)
        except Rejected as error:
            self._give_up(row, error.code)
        except Unavailable:  # the database: nothing can be marked either, the claim will end
            raise
        except Exception:  # a bug of ours must not hold up the others, nor be tried for ever
            log.exception("mail %s could not be made", row.id)
            self._put_off(row, "internal")
        else:
            if message is None:
                self._put_off(row, "contact_unknown")
            return message
        return None

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
                claimed = claim.values(claimed_until=now + CLAIM, tries=_MAIL.c.tries + 1)
                if session.connection().execute(claimed).rowcount:
                    return session.get_one(MailRow, mail_id)
        return None

    def _give_up(self, row: MailRow, why: str) -> None:
        log.warning("mail %s will not go: %s", row.id, why)
        gone = {"content": None} if why == ERASED else {}
        self._mark(row, state=MailState.FAILED.value, error=why, **gone)

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
        for left in reversed(range(_MARK_TRIES)):
            try:
                with self._cloud.database.transaction() as session:
                    session.execute(update(_MAIL).where(same).values(claimed_until=None, **facts))
            except Conflict:  # undone to let others through; unmarked, the mail would go twice
                if not left:
                    raise
            else:
                return
