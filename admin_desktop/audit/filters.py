"""What bounds the list of rows: who, which kind of thing, which days. The text is the room's."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from admin_desktop.audit.days import DaysSheet, Span
from admin_desktop.audit.reading import NOUNS
from admin_desktop.shell.context import Context
from admin_desktop.widgets.menu_chip import MenuChip
from shared.contracts.identity import Person

_SPANS = {"today": (0, 0), "yesterday": (1, 1), "week": (6, 0), "month": (29, 0)}
"""So many days back from today: the first, and the last."""
_SOME = "some"
_DAY = timedelta(days=1)


class AuditFilters(QWidget):
    """``changed`` is a choice by hand."""

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        words = context.words
        self._context = context
        self._some: Span | None = None
        self.person = MenuChip(words("audit.anybody"))
        self.noun = MenuChip(words("audit.anything"), [(noun, words(f"audit.noun.{noun}")) for noun in NOUNS])
        self.days = MenuChip(words("audit.any_day"))
        self._offer_days()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for chip in (self.person, self.noun, self.days):
            row.addWidget(chip)
        row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.person.chosen.connect(self.changed)
        self.noun.chosen.connect(self.changed)
        self.days.chosen.connect(self._days_chosen)

    def show_people(self, people: list[Person]) -> None:
        self.person.offer([(each.id, each.name) for each in people])

    def show_days(self, span: Span) -> None:
        """These days and no others."""
        self._some = span
        self._offer_days()
        self.days.choose(span)

    def bounds(self) -> dict[str, Any]:
        """What is chosen, as fields of an AuditQuery."""
        chosen: dict[str, Any] = {}
        if isinstance(self.person.value, UUID):
            chosen["actor"] = f"person:{self.person.value}"
        if self.noun.value is not None:
            chosen["actions"] = list(NOUNS[self.noun.value])
        span = self._span()
        if span is not None:
            chosen |= {"since": self._midnight(span.first), "until": self._midnight(span.last + _DAY)}
        return chosen

    def _days_chosen(self) -> None:
        if self.days.value == _SOME:
            self.days.reset()
            DaysSheet(self._context, self._context.today, self.show_days)
        else:
            self.changed.emit()

    def _offer_days(self) -> None:
        words = self._context.words
        offered: list[tuple[Any, str]] = [(name, words(f"audit.days.{name}")) for name in _SPANS]
        if (span := self._some) is not None:
            said = words("audit.days.from_to", first=words.date(span.first), last=words.date(span.last))
            offered.append((span, words.date(span.first) if span.first == span.last else said))
        self.days.offer([*offered, (_SOME, words("audit.days.some"))])

    def _span(self) -> Span | None:
        if isinstance(self.days.value, Span):
            return self.days.value
        if self.days.value not in _SPANS:
            return None
        first, last = (self._context.today - timedelta(days=back) for back in _SPANS[self.days.value])
        return Span(first, last)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self._context.sites.zone)
