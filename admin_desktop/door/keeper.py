"""Sends what is kept on this PC, when the cloud answers."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from admin_desktop.door.keeping import Kept, KeptCheckIns, send_kept
from admin_desktop.shell.asking import Contact
from admin_desktop.shell.context import Context
from shared.errors import Rejected

_AGAIN_MS = 15_000


class Keeper(QObject):
    """Knows what waits, and sends it: at once when the cloud is back, then every quarter of a minute."""

    changed = Signal()
    sent = Signal(object)
    """The notes that the cloud has now: a list of Kept."""

    def __init__(self, context: Context, store: KeptCheckIns, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self.store = context, store
        self.waiting: Sequence[Kept] = ()
        self._is_sending = False
        self._timer = QTimer(self, interval=_AGAIN_MS)
        self._timer.timeout.connect(self.send)
        context.ask.contact_changed.connect(self._contact_changed)

    def load(self) -> None:
        """Read what waits, and send it when there is contact."""
        self._context.ask(self.store.all, self._loaded, owner=self, lane="load", local=True)

    def keep(self, kept: Kept) -> None:
        """Write a note anew."""
        self._do(lambda: self.store.keep(kept))

    def remove(self, kept: Kept) -> None:
        self._do(lambda: self.store.remove(kept.id))

    def send(self) -> None:
        context, store, staff = self._context, self.store, self._context.desk.staff
        can_go = [kept for kept in self.waiting if kept.member_id is not None and kept.refused is None]
        if self._is_sending or not can_go or not context.ask.contact.online:
            return
        self._is_sending = True
        me, now = context.me.person.name, context.clock.now()
        context.ask(lambda: send_kept(store, staff, me=me, now=now), self._sent, failed=self._not_sent)

    def _do(self, work: Callable[[], None]) -> None:
        self._context.ask(work, lambda _: self.load(), local=True)

    def _loaded(self, waiting: Sequence[Kept]) -> None:
        self.waiting = waiting
        self._timer.start() if waiting else self._timer.stop()
        self.changed.emit()
        self.send()

    def _sent(self, taken: Sequence[Kept]) -> None:
        self._is_sending = False
        if taken:
            self.sent.emit(list(taken))
        self._reread()

    def _not_sent(self, error: Exception) -> None:
        self._is_sending = False
        if isinstance(error, Rejected) and error.code == "not_kept":
            self._context.show_failure(error)
        self._reread()

    def _reread(self) -> None:
        """Without sending: what the cloud did not take now is tried again later."""

        def show(waiting: Sequence[Kept]) -> None:
            self.waiting = waiting
            self.changed.emit()

        self._context.ask(self.store.all, show, owner=self, lane="load", local=True)

    def _contact_changed(self, contact: Contact) -> None:
        if contact.online:
            self.send()
