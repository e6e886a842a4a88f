"""After the money: what was paid for is given a moment later, by another part of the cloud. The card waits for it."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject, QTimer

from admin_desktop.shell.context import Context
from shared.contracts.gym import MemberView
from shared.contracts.payments import LineDraft, RenewalLine

_EVERY_MS, _TRIES = 300, 40


class _Waiting(QObject):
    def __init__(self, context: Context, member_id: UUID, line: LineDraft, done: Callable[[MemberView], None]) -> None:
        super().__init__(context.stage)
        self._context, self._member_id, self._line, self._done = context, member_id, line, done
        self._left = _TRIES
        self._timer = QTimer(self, singleShot=True, interval=_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def look(self) -> None:
        staff = self._context.desk.staff
        self._context.ask(lambda: staff.member(self._member_id), self._found, failed=lambda _: self.deleteLater())

    def _found(self, member: MemberView) -> None:
        self._left -= 1
        if is_given(self._line, member) or not self._left:
            self._done(member)
            self.deleteLater()
        else:
            self._timer.start()


def is_given(line: LineDraft, member: MemberView) -> bool:
    """Whether the member has what a line paid for."""
    held = next((view for view in member.memberships if view.id == line.membership_id), None)
    if isinstance(line, RenewalLine):
        return held is not None and held.paid_through_on != line.paid_through_on
    return held is not None


def await_given(context: Context, member_id: UUID, line: LineDraft, done: Callable[[MemberView], None]) -> None:
    """Tell ``done`` of the member once the line is given; after a while, of the member as it is then."""
    _Waiting(context, member_id, line, done).look()
