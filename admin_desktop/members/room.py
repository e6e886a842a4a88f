"""The members' room: the list at the left, the card at the right; the search has the focus."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from admin_desktop.exporting.sheet import export_button
from admin_desktop.members.card import MemberCard
from admin_desktop.members.editing import MemberSheet
from admin_desktop.members.filters import MemberFilters
from admin_desktop.members.going_out import member_export
from admin_desktop.members.reading import full_name, member_columns
from admin_desktop.shell.changing import changing
from admin_desktop.shell.context import Context
from admin_desktop.shell.rooms import Room
from admin_desktop.widgets.beside import Beside
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.pages import Page, PagedModel
from admin_desktop.widgets.search import SearchLine
from admin_desktop.widgets.table import Table
from shared.contracts.gym import BlockRequest, MemberView
from shared.contracts.members import MemberSort
from shared.desktop.drawings import Icon

PAGE, _SEARCH = 50, 220
ARROW_MS = 80
"""After the last arrow the card follows."""
_FEWER = frozenset({"members.merged", "members.erased_now"})
"""What is said of members of whom there are fewer now."""


class MembersRoom(Room):
    """Name ``members``. Goes to a :class:`MemberView`."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, context.words("members.room"))
        words = context.words
        self.new = button(words("members.new"), kind="main", icon=Icon.PLUS)
        self.new.clicked.connect(self.make_new)
        changing(context, self.new, "member.change")
        self.acts.addWidget(self._export_button())
        self.acts.addWidget(self.new)
        self.search = SearchLine(words("members.search"))
        self.search.installEventFilter(self)
        self.model: PagedModel[MemberView] = PagedModel(context.ask, member_columns(context), self)
        self.table = Table(self.model, name=words("members.room"))
        self._everybody = 0
        self.nobody = label("", "muted", wrap=True)
        self.nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nobody.hide()
        self.card = MemberCard(
            context, edit=self.edit, block=self.block, changed=self._show_if_open, done=self._membership_done
        )
        QShortcut(QKeySequence("F2"), self, self.card.memberships.open_sale)
        self.filters = MemberFilters(context)
        context.sites.listed.connect(self.filters.show_sites)
        self.search.setMinimumWidth(_SEARCH)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search)
        top.addWidget(self.filters, 1)
        self.body.addLayout(top)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.nobody)
        left.addWidget(self.table, 1)
        self.beside = Beside(left, self.card, self.table, close=words("do.close"), opened=self.edit)
        self.body.addWidget(self.beside, 1)
        self._following = QTimer(self, singleShot=True, interval=ARROW_MS)
        self._following.timeout.connect(self._follow)
        self.search.searched.connect(self._load)
        self.filters.changed.connect(self._load)
        self.table.order_wanted.connect(lambda sort: self.filters.order_by(MemberSort(sort)))
        self.table.chosen.connect(lambda _: self._following.start())
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(lambda error: context.show_failure(error, again=self._load))

    def _export_button(self) -> QPushButton:
        """Who may take all members away at once may take these."""
        context = self.context
        press = export_button(context, lambda: member_export(context, self.model.fetch))
        changing(context, press, "import.run")
        return press

    def entered(self) -> None:
        self._load()
        self.context.ask.quietly(self.context.desk.staff.plans, self.filters.show_plans, owner=self, lane="plans")
        self.search.setFocus()

    def go_to(self, thing: object) -> None:
        if isinstance(thing, MemberView):
            self.filters.reset()
            self.search.setText(thing.number or full_name(thing, self.context.words))
            self.card.show_member(thing)
            self.beside.show_card()
        self.search.selectAll()
        self.search.setFocus()

    def make_new(self) -> None:
        if self.new.isEnabled():
            MemberSheet(self.context, None, self._made)

    def edit(self) -> None:
        if self.card.member is not None and self.card.edit_button.isEnabled():
            MemberSheet(self.context, self.card.member, self._changed)

    def block(self) -> None:
        """Block after a question, unblock at once."""
        member, words, staff = self.card.member, self.context.words, self.context.desk.staff
        if member is None:
            return
        if member.blocked:
            self._do(lambda: staff.unblock_member(member.id), "members.unblocked")
            return
        name = full_name(member, words)
        self.context.question(
            words("members.block.title", name=name),
            [words("members.block.what", name=name), words("members.block.undo")],
            yes=words("members.block"),
            then=lambda: self._do(
                lambda: staff.block_member(member.id, BlockRequest()),
                "members.blocked",
                undo=lambda: self._do(lambda: staff.unblock_member(member.id), "members.unblocked"),
            ),
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """From the search the arrows go on in the list."""
        down = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up)
        if watched is self.search and event.type() == QEvent.Type.KeyPress and down:
            step = 1 if event.key() == Qt.Key.Key_Down else -1  # type: ignore[attr-defined]
            self.table.choose(max(0, self.table.currentIndex().row() + step))
            return True
        return super().eventFilter(watched, event)

    def _load(self) -> None:
        staff = self.context.desk.staff
        asked = self.filters.asked(self.search.text().strip() or None, limit=PAGE)

        def fetch(after: str | None) -> Page[MemberView]:
            page = staff.find_members(asked if after is None else asked.model_copy(update={"after": after}))
            return Page(page.items, page.next, found=page.found)

        self.model.show_order(asked.sort.value, descending=asked.descending)
        self.model.load(fetch)

    def _loaded(self) -> None:
        self._count()
        shown = self.card.member
        places = [place for place, row in enumerate(self.model.rows) if shown is not None and row.id == shown.id]
        if places or (self.model.rows and self.search.text()):
            self.table.choose(places[0] if places else 0)
        if len(self.model.rows) == 1 and self.search.text():
            self.beside.show_card()

    def _count(self) -> None:
        words, model, search = self.context.words, self.model, self.search.text().strip()
        found = len(model.rows) if model.found is None else model.found
        if not (search or self.filters.bounds):
            self._everybody = found
        key = "members.count.found" if search else "members.count.bound" if self.filters.bounds else "members.count"
        everybody = words.number(max(self._everybody, found))
        self.sentence.setText(words(key, n=words.number(found), of=everybody, search=search))
        empty = "members.none.found" if search else "members.none.bound" if self.filters.bounds else "members.none"
        self.nobody.setText(words(empty, search=search))
        self.nobody.setVisible(not model.rows)
        self.table.setVisible(bool(model.rows))

    def _follow(self) -> None:
        row = self.table.currentIndex().row()
        if 0 <= row < len(self.model.rows):
            self.card.show_member(self.model.rows[row])

    def _do(self, work: Callable[[], MemberView], said: str, *, undo: Callable[[], None] | None = None) -> None:
        words, toasts = self.context.words, self.context.toasts

        def done(member: MemberView) -> None:
            self._show(member)
            text = words(said, name=full_name(member, words))
            if undo is None:
                toasts.show(text)
            else:
                toasts.show_undoable(text, action=words("do.undo"), undo=undo)

        self.context.ask(work, done, failed=self.context.show_failure)

    def _made(self, member: MemberView) -> None:
        self._show(member)
        self._load()
        self.context.toasts.show(self.context.words("members.made", name=full_name(member, self.context.words)))

    def _changed(self, member: MemberView) -> None:
        self._show(member)
        self._load()
        self.context.toasts.show(self.context.words("members.saved", name=full_name(member, self.context.words)))

    def _membership_done(self, member: MemberView, said: str, undo: Callable[[], None] | None) -> None:
        self._show_if_open(member)
        if said in _FEWER:
            self._load()
        words = self.context.words
        text = words(said, name=full_name(member, words))
        if undo is None:
            self.context.toasts.show(text)
        else:
            self.context.toasts.show_undoable(text, action=words("do.undo"), undo=undo)

    def _show_if_open(self, member: MemberView) -> None:
        """After what took a while: the list is right, and the card if it still shows this member."""
        if self.card.member is not None and self.card.member.id == member.id:
            self.card.show_member(member)
        for row in self.model.rows:
            if row.id == member.id:
                self.model.replace(row, member)
                return

    def _show(self, member: MemberView) -> None:
        self.card.show_member(member)
        for row in self.model.rows:
            if row.id == member.id:
                self.model.replace(row, member)
                return
