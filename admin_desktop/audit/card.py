"""One row whole: who, from where, and before and after as two columns."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from admin_desktop.audit.names import Names
from admin_desktop.audit.reading import Place, action_words, from_where, of_whom, place_of, who_did
from admin_desktop.audit.values import Change, changes_of, field_words, short_id
from admin_desktop.shell.context import Context
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import bare, label, rule
from shared.contracts.audit import AuditEntry
from shared.desktop.tokens import DESK


class EntryCard(QFrame):
    """Shows one row; ``open_place`` is the room's."""

    def __init__(self, context: Context, names: Names, open_place: Callable[[Place], None]) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.setFixedWidth(DESK.card)
        self._context, self._names = context, names
        self.entry: AuditEntry | None = None
        self.changes: list[Change] = []
        self._place: Place | None = None
        words = context.words
        column = QVBoxLayout(self)
        column.setContentsMargins(DESK.padding, DESK.padding, DESK.padding, DESK.padding)
        self._empty = label(words("audit.pick"), "muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._empty)
        self._full = QWidget()
        inner = QVBoxLayout(self._full)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        self.what, self.whom = label("", "card", wrap=True), label("", "name", wrap=True)
        self.who, self.where = label("", "body", wrap=True), label("", "muted", wrap=True)
        self.open = button("")
        self.open.clicked.connect(lambda _=False: None if self._place is None else open_place(self._place))
        for part in (self.what, self.whom, self.who, self.where):
            inner.addWidget(part)
        inner.addWidget(self.open, 0, Qt.AlignmentFlag.AlignLeft)
        inner.addWidget(rule())
        self._holder = QVBoxLayout()
        self._holder.setContentsMargins(0, 0, 8, 0)
        self._holder.setAlignment(Qt.AlignmentFlag.AlignTop)
        body = QWidget()
        body.setLayout(self._holder)
        inner.addWidget(bare(body), 1)
        self.row = label("", "muted")
        inner.addWidget(self.row)
        column.addWidget(self._full, 1)
        self.show_entry(None)

    def show_entry(self, entry: AuditEntry | None) -> None:
        self.entry = entry
        self._empty.setVisible(entry is None)
        self._full.setVisible(entry is not None)
        if entry is None:
            return
        context, words, names = self._context, self._context.words, self._names
        whom, who = of_whom(entry, names, context), who_did(entry, names, context)
        moment = words.moment(entry.at, zone=context.sites.zone, now=context.clock.now())
        self.what.setText(action_words(entry.action, context))
        self.whom.setText(whom)
        self.who.setText(f"{who} · {moment}")
        self.where.setText(self._from(entry, who))
        self._place = place_of(entry, names, context)
        self.open.setText(words("audit.open", name=whom))
        self.open.setVisible(self._place is not None)
        self.row.setText(words("audit.card.row", n=words.number(entry.number), service=entry.service))
        self._show_changes(entry)

    def _from(self, entry: AuditEntry, who: str) -> str:
        """What is proved, and what was only said."""
        words, (kind, _, key) = self._context.words, (entry.device or "").partition(":")
        if kind == "device":
            return words("audit.card.device", name=self._names.name_of_text(key) or short_id(key))
        if kind != "session":
            return from_where(entry, self._names, self._context)
        proved = words("audit.card.session", id=short_id(key)) + "."
        said = words("audit.card.desk", name=entry.desk, who=who) if entry.desk else words("audit.nameless_desk") + "."
        return f"{said} {proved}"

    def _show_changes(self, entry: AuditEntry) -> None:
        while (item := self._holder.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        words = self._context.words
        self.changes = changes_of(entry, self._names, self._context)
        if entry.before is None:
            named = ", ".join(field_words(name, self._context) for name in entry.fields)
            self._holder.addWidget(label(f"{words('audit.only_names')} {named}".strip(), "muted", wrap=True))
        elif not self.changes:
            self._holder.addWidget(label(words("audit.nothing_told"), "muted", wrap=True))
        else:
            self._holder.addWidget(_Sides(self._context, self.changes))


class _Sides(QWidget):
    """Before and after beside one another, each field under its name."""

    def __init__(self, context: Context, changes: list[Change]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label(context.words("audit.before"), "head"), 0, 0)
        grid.addWidget(label(context.words("audit.after"), "head"), 0, 1)
        for place, change in enumerate(changes):
            caption = label(change.field, "muted", wrap=True)
            caption.setContentsMargins(0, 8, 0, 0)
            grid.addWidget(caption, 2 * place + 1, 0, 1, 2)
            for side, text in enumerate((change.before, change.after)):
                said = label(text, "body", wrap=True)
                said.setAccessibleName(f"{change.field}, {context.words('audit.after' if side else 'audit.before')}")
                grid.addWidget(said, 2 * place + 2, side, Qt.AlignmentFlag.AlignTop)
