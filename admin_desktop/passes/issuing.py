"""A new card in two sheets: what it is called, then the card itself, which is told this once."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from admin_desktop.members.reading import full_name
from admin_desktop.passes.cards import FORMS, PassCard, Tray
from admin_desktop.printing.qr import paint_code
from admin_desktop.printing.sheet import PrintSheet
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.forms import Form, TextField, TickField
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.sheet import Sheet
from shared.contracts.gym import MemberView
from shared.contracts.qr import IssuedCard
from shared.desktop.drawings import Icon
from shared.passtoken.tokens import new_card

_CODE = 300


class IssueSheet(FormSheet):
    """``done`` gets the card that was made. ``looked`` is asked to load anew when the answer was lost."""

    def __init__(
        self,
        context: Context,
        member: MemberView,
        done: Callable[[IssuedCard, bool], None],
        *,
        looked: Callable[[], None],
    ) -> None:
        words = context.words
        form = Form()
        form.add("label", TextField(words("passes.label_field"), hint=words("passes.label_hint"), longest=80))
        hint = words("passes.no_email") if member.email is None else member.email
        mail = TickField(words("passes.by_mail"), hint=hint)
        mail.box.setEnabled(member.email is not None and context.me.may("mail.send"))
        form.add("send_by_mail", mail)
        title = words("passes.new.title", name=full_name(member, words))
        super().__init__(context, title, form, do=words("passes.make"))
        self._member, self._done, self._looked = member, done, looked
        self._card_id = new_card().card_id

    def save(self) -> None:
        values = self.form.values()
        if values is None:
            return
        staff, member, card_id = self._context.desk.staff, self._member, self._card_id
        mailed = values["send_by_mail"]
        self.send(
            lambda: staff.issue_card(member.id, card_id=card_id, **values), lambda issued: self._done(issued, mailed)
        )

    def failed(self, error: Exception) -> None:
        super().failed(error)
        if explain(error, self._context.words).again:
            self.say(f"{self.problem.text()} {self._context.words('passes.maybe_made')}")
            self._looked()


class CodePicture(QWidget):
    """The code, large enough for a phone's camera or a kiosk's."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self._text = text
        self.setFixedSize(QSize(_CODE, _CODE))
        self.setAccessibleName(name)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter = QPainter(self)
        paint_code(painter, QRectF(self.rect()), self._text)
        painter.end()


class IssuedSheet(Sheet):
    """The new card. Closing it keeps it on the tray until it is printed."""

    def __init__(self, context: Context, card: PassCard, tray: Tray, *, mailed_to: str) -> None:
        words = context.words
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.picture = CodePicture(card.code, words("passes.code"))
        column.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(label(card.name, "card", wrap=True))
        column.addWidget(label(card.number, "muted"))
        column.addWidget(label(words("passes.once"), wrap=True))
        if mailed_to:
            column.addWidget(label(words("passes.mailed", address=mailed_to), "muted", wrap=True))
        column.addStretch(1)
        super().__init__(context.stage, words("passes.made", name=card.name), body, leave_text=words("passes.later"))
        self._context, self._card, self._tray = context, card, tray
        self.throw = button(words("passes.unprinted"), kind="quiet")
        self.throw.clicked.connect(self._without_paper)
        self.foot.addWidget(self.throw)
        self.add_main(words("passes.print"), self.print_it)
        if self.main is not None:
            self.main.setIcon(button("", icon=Icon.PRINT, kind="main").icon())
            self.main.setFocus()

    def print_it(self) -> None:
        self.close_it()
        print_cards(self._context, [self._card], self._tray)

    def _without_paper(self) -> None:
        self._tray.take([self._card])
        self.close_it()


def print_cards(context: Context, cards: list[PassCard], tray: Tray) -> PrintSheet:
    """They leave the tray once they were printed."""
    words = context.words
    title = words("passes.print.one", name=cards[0].name)
    if len(cards) > 1:
        title = words("passes.print.many", n=len(cards))
    forms = FORMS if len(cards) == 1 else (FORMS[2], *FORMS[:2])
    return PrintSheet(context, title, forms, lambda _form: cards, printed=lambda: tray.take(cards))
