"""The passes' room: scan a pass or look for a member at the left, that member's passes at the right."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout

from admin_desktop.members.reading import full_name, member_columns
from admin_desktop.passes.cards import PassCard, Tray
from admin_desktop.passes.issuing import IssuedSheet, IssueSheet, print_cards
from admin_desktop.passes.old_tags import OldTagSheet
from admin_desktop.passes.panel import PassPanel
from admin_desktop.passes.reading import kind_word, pass_chip, title_of
from admin_desktop.shell.context import Context
from admin_desktop.shell.rooms import Room
from admin_desktop.widgets.beside import Beside
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.pages import Page, PagedModel
from admin_desktop.widgets.search import SearchLine
from admin_desktop.widgets.table import Table
from shared.client.errors import NotRecognised
from shared.client.staff import StaffCloud
from shared.contracts.gym import MemberView
from shared.contracts.qr import FoundPass, IssuedCard, PassView
from shared.desktop.drawings import Icon
from shared.passtoken.tokens import PREFIX, parse

_PAGE = 100
_ARROW_MS = 80


class PassesRoom(Room):
    """Name ``passes``. Goes to a :class:`MemberView`."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, context.words("passes.room"))
        words = context.words
        self.sentence.setText(words("passes.sentence"))
        self.tray = Tray.of(context.desk)
        self.tray.changed.connect(self._show_tray)
        self.print_tray = button("", icon=Icon.PRINT)
        self.print_tray.clicked.connect(self._print_tray)
        self.empty_tray = button(words("passes.tray.empty"), kind="quiet")
        self.empty_tray.clicked.connect(self._ask_to_empty)
        for press in (self.empty_tray, self.print_tray):
            self.acts.addWidget(press)
        self.search = SearchLine(words("passes.search"), only_typed=True)
        columns = [member_columns(context)[0], member_columns(context)[-1]]
        self.model: PagedModel[MemberView] = PagedModel(context.ask, columns, self)
        self.table = Table(self.model, name=words("passes.room"))
        self.nobody = label("", "muted", wrap=True)
        self.nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.panel = PassPanel(context)
        left = QVBoxLayout()
        left.setSpacing(12)
        for part in (self.search, self.nobody):
            left.addWidget(part)
        left.addWidget(self.table, 1)
        self.beside = Beside(left, self.panel, self.table, close=words("do.close"), opened=self._open)
        self.body.addWidget(self.beside, 1)
        self._following = QTimer(self, singleShot=True, interval=_ARROW_MS)
        self._following.timeout.connect(self._follow)
        self.search.searched.connect(self._load)
        self.search.returnPressed.connect(self.look_up)
        self.table.chosen.connect(lambda _: self._following.start())
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(lambda error: context.show_failure(error, again=self._load))
        self.panel.issue.connect(self.make_new)
        self.panel.add_tag.connect(self._add_tag)
        self.panel.revoke.connect(self._ask_to_revoke)
        self._show_tray()

    def entered(self) -> None:
        self._load()
        self.panel.load()
        self.search.setFocus()
        self.search.selectAll()

    def go_to(self, thing: object) -> None:
        if isinstance(thing, MemberView):
            self.search.setText(thing.number or full_name(thing, self.context.words))
            self._load()
            self.search.selectAll()
            self.panel.show_member(thing)
            self.beside.show_card()

    def make_new(self) -> None:
        """A new card for the member who is shown."""
        member = self.panel.member
        if member is not None and self.panel.issue_button.isEnabled():
            IssueSheet(
                self.context, member, lambda card, mailed: self._issued(member, card, mailed), looked=self.panel.load
            )

    def look_up(self) -> None:
        """Enter: a reader has typed a pass and ended with it, or a person a name. The first is tried first."""
        self.search.forget()
        self._following.stop()
        text, staff = scanned(self.search.text()), self.context.desk.staff
        if text.strip():
            self.context.ask(lambda: _find(staff, text), self._found, failed=self._not_found, owner=self, lane="find")

    def _found(self, answer: tuple[FoundPass, MemberView]) -> None:
        found, member = answer
        words = self.context.words
        name = f"{kind_word(found.kind, words)} “{found.label}”" if found.label else kind_word(found.kind, words)
        self.search.clear()
        self.panel.show_member(
            member, found=words("passes.found", what=name, state=pass_chip(found.status, words).text)
        )
        self.beside.show_card()

    def _not_found(self, error: Exception) -> None:
        if not isinstance(error, NotRecognised) or error.code != "pass_unknown":
            self.context.show_failure(error, again=self.look_up)
        elif PREFIX in self.search.text():
            self.search.selectAll()
            self.panel.show_member(None)
            self.context.toasts.show(self.context.words("passes.nobodys"))
        else:
            self._load()

    def _load(self) -> None:
        text, staff = self.search.text().strip(), self.context.desk.staff
        if PREFIX in text:
            return  # a pass on its way in

        def fetch(after: str | None) -> Page[MemberView]:
            page = staff.members(search=text or None, after=after, limit=_PAGE)
            return Page(page.items, page.next)

        self.model.load(fetch)

    def _loaded(self) -> None:
        rows, text = self.model.rows, self.search.text().strip()
        self.nobody.setText(self.context.words("members.none.found" if text else "members.none", search=text))
        self.nobody.setVisible(not rows)
        self.table.setVisible(bool(rows))
        if text and rows and PREFIX not in text:
            self.table.choose(0)

    def _follow(self) -> None:
        row = self.table.currentIndex().row()
        if 0 <= row < len(self.model.rows):
            member = self.model.rows[row]
            if self.panel.member is None or self.panel.member.id != member.id:
                self.panel.show_member(member)

    def _open(self) -> None:
        self._follow()
        self.panel.issue_button.setFocus()

    def _issued(self, member: MemberView, issued: IssuedCard, mailed: bool) -> None:  # noqa: FBT001 - one thing to say
        words = self.context.words
        number = "" if member.number is None else words("members.number", number=member.number)
        card = PassCard(
            pass_id=issued.member_pass.id,
            code=issued.code.text,
            name=full_name(member, words),
            number=number,
            gym=self.context.desk.connection.gym_name,
        )
        self.tray.put(card)
        self.panel.load()
        IssuedSheet(self.context, card, self.tray, mailed_to=(member.email or "") if mailed else "")

    def _add_tag(self) -> None:
        if self.panel.member is not None:
            OldTagSheet(self.context, self.panel.member, self._tag_added)

    def _tag_added(self, tag: PassView) -> None:
        self.panel.load()
        self.context.toasts.show(self.context.words("passes.tag.added", label=title_of(tag, self.context.words)))

    def _ask_to_revoke(self, one: PassView) -> None:
        words, staff, member = self.context.words, self.context.desk.staff, self.panel.member
        if member is None:
            return
        name = full_name(member, words)
        self.context.question(
            words("passes.revoke.title", what=title_of(one, words), name=name),
            [words("passes.revoke.what"), words("passes.revoke.undo")],
            yes=words("passes.revoke"),
            then=lambda: self.context.ask(
                lambda: staff.revoke_pass(one.id), self._revoked, failed=self.context.show_failure
            ),
        )

    def _revoked(self, one: PassView) -> None:
        self.tray.forget(one.id)
        self.panel.load()
        self.context.toasts.show(self.context.words("passes.revoke.done", what=title_of(one, self.context.words)))

    def _print_tray(self) -> None:
        print_cards(self.context, list(self.tray.cards), self.tray)

    def _ask_to_empty(self) -> None:
        words, cards = self.context.words, list(self.tray.cards)
        self.context.question(
            words("passes.tray.title", n=len(cards)),
            [words("passes.tray.what")],
            yes=words("passes.tray.empty"),
            then=lambda: self.tray.take(cards),
        )

    def _show_tray(self) -> None:
        n = len(self.tray.cards)
        self.print_tray.setText(" " + self.context.words("passes.tray.print", n=n))
        for press in (self.print_tray, self.empty_tray):
            press.setVisible(n > 0)


def scanned(text: str) -> str:
    """The pass at the end of a text: a reader does not clear the field before it types."""
    starts = [at for at in range(len(text)) if text.startswith(PREFIX, at)]
    return next((text[at:] for at in starts if parse(text[at:].strip()) is not None), text)


def _find(staff: StaffCloud, text: str) -> tuple[FoundPass, MemberView]:
    found = staff.find_pass(text)
    return found, staff.member(found.member_id)
