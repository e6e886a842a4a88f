"""Shows what is kept on this PC: a small panel in the room, and the sheet with each note."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.door.keeper import Keeper
from admin_desktop.door.keeping import Kept
from admin_desktop.door.people import KnownPeople, MemberField, Who
from admin_desktop.shell.context import Context
from admin_desktop.shell.words import Words
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.chips import Chip, ChipLabel, Tone
from admin_desktop.widgets.forms import Form
from admin_desktop.widgets.labels import label, rule
from admin_desktop.widgets.sheet import Sheet
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK

_NAMED = 3


class KeptPanel(QFrame):
    """How many wait, and the first names; not there when nothing waits."""

    def __init__(self, context: Context, keeper: Keeper, known: KnownPeople) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._context, self._keeper, self._known = context, keeper, known
        words = context.words
        column = QVBoxLayout(self)
        column.setContentsMargins(DESK.padding, 16, DESK.padding, 16)
        column.setSpacing(10)
        self.chip = ChipLabel(Chip(words("door.kept.waits"), Tone.INFO, Icon.CLOCK))
        self.names = label("", "name", wrap=True)
        self.show_all = button(words("door.kept.show"))
        self.show_all.clicked.connect(self.open)
        for part in (label(words("door.kept"), "card"), self.chip, self.names, self.show_all):
            column.addWidget(part)
        keeper.changed.connect(self.show_waiting)
        self.hide()

    def show_waiting(self) -> None:
        waiting, words = self._keeper.waiting, self._context.words
        chips = [chip_of(kept, words) for kept in waiting]
        if chips:
            self.chip.show_chip(next((chip for chip in chips if chip.tone is not Tone.INFO), chips[0]))
        names = [kept.who for kept in waiting[:_NAMED]]
        more = len(waiting) - len(names)
        self.names.setText(", ".join([*names, *([words("door.kept.more", n=more)] if more else [])]))
        self.setVisible(bool(waiting))

    def open(self) -> None:
        KeptSheet(self._context, self._keeper, self._known)


class KeptSheet(Sheet):
    """Each note, with what can be done about it."""

    def __init__(self, context: Context, keeper: Keeper, known: KnownPeople) -> None:
        words = context.words
        self._context, self._keeper, self._known = context, keeper, known
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._column.addWidget(label(words("door.kept.what"), "muted", wrap=True))
        self._list = QWidget()
        self._column.addWidget(self._list)
        self._column.addStretch(1)
        super().__init__(context.stage, words("door.kept"), self._body, leave_text=words("do.close"))
        keeper.changed.connect(self.show_waiting)
        self.show_waiting()
        self.leave_button.setFocus()

    def show_waiting(self) -> None:
        fresh = QWidget()
        column = QVBoxLayout(fresh)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for kept in self._keeper.waiting:
            column.addWidget(rule())
            self._add(column, kept)
        self._column.replaceWidget(self._list, fresh)
        self._list.deleteLater()
        self._list = fresh

    def _add(self, column: QVBoxLayout, kept: Kept) -> None:
        context, words = self._context, self._context.words
        moment = words.moment(kept.at, zone=context.sites.zone, now=context.clock.now())
        told = " · ".join(filter(None, [moment, context.sites.name_of(kept.site_id), kept.note]))
        column.addWidget(label(kept.who, "name", wrap=True))
        column.addWidget(label(told, "muted", wrap=True))
        if kept.refused is not None:
            column.addWidget(label(kept.refused, "error", wrap=True))
        foot = QHBoxLayout()
        foot.addWidget(ChipLabel(chip_of(kept, words)))
        foot.addStretch(1)
        if kept.member_id is None or kept.refused is not None:
            choose = button(words("door.kept.choose"))
            choose.clicked.connect(lambda: WhoSheet(context, self._known, kept, self._keeper.keep))
            foot.addWidget(choose)
        away = button(words("door.kept.remove"))
        away.clicked.connect(lambda: self._ask_to_remove(kept))
        foot.addWidget(away)
        column.addLayout(foot)

    def _ask_to_remove(self, kept: Kept) -> None:
        words = self._context.words
        self._context.question(
            words("door.kept.remove.title", name=kept.who),
            [words("door.kept.remove.what")],
            yes=words("door.kept.remove"),
            then=lambda: self._keeper.remove(kept),
        )


def chip_of(kept: Kept, words: Words) -> Chip:
    if kept.refused is not None:
        return Chip(words("door.kept.refused"), Tone.BAD, Icon.EXCLAIM)
    if kept.member_id is None:
        return Chip(words("door.kept.who"), Tone.CARE, Icon.PERSON)
    return Chip(words("door.kept.waits"), Tone.INFO, Icon.CLOCK)


class WhoSheet(Sheet):
    """Says which member a note is about, that had only been typed while the cloud was away."""

    def __init__(self, context: Context, known: KnownPeople, kept: Kept, done: Callable[[Kept], None]) -> None:
        words = context.words
        self._kept, self._done = kept, done
        self.form = Form()
        self.field = MemberField(context, known, None)
        self.form.add("who", self.field)
        super().__init__(
            context.stage, words("door.kept.who.title", name=kept.who), self.form, leave_text=words("do.cancel")
        )
        self.add_main(words("do.save"), self.save)
        self.field.picker.line.setFocus()

    def save(self) -> None:
        values = self.form.values()
        if values is None:
            return
        who: Who = values["who"]
        if who.member_id is not None:
            self.close_it()
            self._done(replace(self._kept, member_id=who.member_id, who=who.name, refused=None))
