"""The notice that a thing is to change on a day, with the button that keeps it as it is."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QVBoxLayout

from admin_desktop.shell.changing import changing
from admin_desktop.shell.context import Context
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label
from shared.contracts.planned import PlannedChange
from shared.desktop.drawings import Icon


class ComingNotice(QFrame):
    """Hidden while nothing is to come. ``describe`` says what will be different; ``operation`` is that of withdrawing."""

    def __init__(
        self,
        context: Context,
        describe: Callable[[PlannedChange], str],
        *,
        operation: str,
        withdrawn: Callable[[], None],
    ) -> None:
        super().__init__()
        self.setProperty("role", "care")
        self._context, self._describe, self._withdrawn = context, describe, withdrawn
        self.change: PlannedChange | None = None
        column = QVBoxLayout(self)
        self.title, self.text = label("", "name", wrap=True), label("", wrap=True)
        column.addWidget(self.title)
        column.addWidget(self.text)
        self.press = button(context.words("coming.withdraw"), icon=Icon.UNDO)
        self.press.clicked.connect(self.withdraw)
        column.addWidget(self.press)
        changing(context, self.press, operation)
        self.press.setVisible(context.me.may(operation))
        self.hide()

    def show_change(self, change: PlannedChange | None) -> None:
        self.change = change
        self.setVisible(change is not None)
        if change is not None:
            words = self._context.words
            self.title.setText(words("coming.from", day=change.from_on, year=str(change.from_on.year)))
            self.text.setText(self._describe(change))

    def withdraw(self) -> None:
        """Keep the thing as it is."""
        change, context = self.change, self._context
        if change is None:
            return

        def done(_: None) -> None:
            self.show_change(None)
            context.toasts.show(context.words("coming.withdrawn"))
            self._withdrawn()

        staff = context.desk.staff
        context.ask(lambda: staff.withdraw_planned(change.kind, change.thing_id), done, failed=context.show_failure)
