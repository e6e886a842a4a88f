"""The one sheet in which a member gets a plan or renews: plan, start and payment at the left, what is to pay at the right.

Ids are minted when the plan or its start is chosen and kept, so that pressing again after silence takes nothing twice;
until there is an answer neither can be changed.
"""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.payments.giving import await_given
from admin_desktop.payments.offers import (
    Offer,
    chosen_again,
    consequences,
    gapless_start,
    lasts_until,
    offers_for,
    renewal_of,
)
from admin_desktop.payments.receipt_sheet import ReceiptSheet
from admin_desktop.payments.selling_parts import Bill
from admin_desktop.payments.tender import TenderPicker
from admin_desktop.payments.tills import OpenTillSheet
from admin_desktop.plans.reading import describe
from admin_desktop.shell.changing import note_away
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.widgets.choices import Choice, ChoiceList
from admin_desktop.widgets.forms import DateField, TickField
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.sheet import Sheet
from shared.contracts.gym import MemberView, PlanView
from shared.contracts.payments import LineDraft, NewOrder, NewPayment, ReceiptView
from shared.domain.ids import uuid7
from shared.errors import Rejected, Unavailable

_WIDTH, _HEIGHT = 940, 760


def open_sale(context: Context, member: MemberView, done: Callable[[MemberView], None]) -> "SellSheet":
    """Sell or renew. ``done`` gets the member once what was paid for is there."""
    return SellSheet(context, member, done)


class SellSheet(Sheet):
    """See the module. ``renew`` is the membership that is chosen already."""

    def __init__(
        self,
        context: Context,
        member: MemberView,
        done: Callable[[MemberView], None],
        *,
        renew: UUID | None = None,
    ) -> None:
        words = context.words
        self._context, self._member, self._done, self._renew = context, member, done, renew
        self._today = context.today
        self._offers: list[Offer] = []
        self._line: LineDraft | None = None
        self._is_unsure = False
        self.bill = Bill(words)
        name = f"{member.given_name} {member.family_name}".strip()
        number = "" if member.number is None else words("selling.number", number=member.number)
        super().__init__(
            context.stage, words("selling.title"), self._body(), leave_text=words("do.cancel"), width=_WIDTH
        )
        self.heading.setText(f"{words('selling.title')} · {' · '.join(filter(None, (name, number)))}")
        self.plans.chosen.connect(lambda _: self._choose())
        self.start.changed.connect(self._choose)
        self.tender.changed.connect(self._show)
        self.main = self.bill.take
        self.main.clicked.connect(self.take)
        note_away(context, self)
        self.open_till = self.bill.open_till
        self.open_till.clicked.connect(self._open_till)
        self._load()

    def _body(self) -> QWidget:
        words, body, left = self._context.words, QWidget(), QVBoxLayout()
        self.plans = ChoiceList(words("selling.plan"))
        self.start = DateField(words("selling.start"), self._today, earliest=self._today - timedelta(days=31))
        self.tender = TenderPicker(words, caption=words("selling.paid_by"))
        mail = self._member.email
        hint = "" if mail else words("selling.mail.none")
        self.mail = TickField(words("selling.mail", mail=mail) if mail else words("selling.mail.off"), hint=hint)
        self.mail.box.setEnabled(bool(mail))
        left.setSpacing(12)
        left.addWidget(label(words("selling.plan"), "head"))
        left.addWidget(self.plans, 1)
        for part in (self.start, self.tender, self.mail):
            left.addWidget(part)
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addLayout(left, 1)
        row.addWidget(self.bill)
        return body

    @property
    def offer(self) -> Offer | None:
        return None if self.plans.place is None else self._offers[self.plans.place]

    def take(self) -> None:
        """Take the money: an order, its payment, the receipt."""
        offer, line = self.offer, self._line
        if offer is None or line is None:
            self.say(self._context.words("selling.choose_plan"))
            self.plans.take_focus()
            return
        tender = self.tender.tender()
        if tender is None:
            return
        order = NewOrder(
            id=self._order_id, site_id=self._context.sites.current.id, member_id=self._member.id, lines=[line]
        )
        payment = NewPayment(
            id=self._payment_id,
            method=tender.method,
            reference=tender.reference,
            receipt_by_mail=self.mail.box.isChecked(),
        )
        payments = self._context.desk.payments

        def work() -> ReceiptView:
            payments.create_order(order)
            return payments.take(order.id, payment)

        self.say("")
        self.work(busy=True)
        self._context.ask(work, self._taken, failed=self._failed)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """1, 2, 3 choose how it is paid."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and event.text().isdigit() and not self._is_unsure and self.tender.press(int(event.text())):
            return
        super().keyPressEvent(event)

    def leave(self) -> None:
        if self._is_unsure:
            self._context.toasts.show(self._context.words("selling.unsure.left"))
        super().leave()

    def _load(self) -> None:
        desk, member_id = self._context.desk, self._member.id

        def work() -> tuple[MemberView, list[PlanView]]:
            return desk.staff.member(member_id), desk.staff.plans()

        self._context.ask(work, lambda found: self._show_offers(*found), failed=self._not_loaded)

    def _not_loaded(self, error: Exception) -> None:
        failure = explain(error, self._context.words)
        self.say(f"{failure.title} {failure.detail}")

    def _show_offers(self, member: MemberView, plans: list[PlanView]) -> None:
        before, words = self.offer, self._context.words
        self._member, self._offers = member, offers_for(member, plans)
        place = chosen_again(self._offers, before)
        if before is None and self._renew is not None:
            place = renewal_of(self._offers, self._renew)
        choices = [
            Choice(
                offer.plan.name if offer.membership is None else words("selling.renew", name=offer.plan.name),
                describe(offer.plan, self._context),
                words.money(offer.plan.price_minor, offer.plan.currency),
            )
            for offer in self._offers
        ]
        self.plans.show_choices(choices, place)
        if not choices:
            self.say(words("selling.no_plans"))
        if before is None:
            self.plans.take_focus()
        self._choose()

    def _choose(self) -> None:
        """Another plan or start is another order."""
        offer, now_ms = self.offer, int(self._context.clock.now().timestamp() * 1000)
        self.start.setVisible(offer is None or offer.membership is None)
        self._order_id, self._payment_id, membership_id = (uuid7(now_ms) for _ in range(3))
        self._line = None if offer is None else offer.line(membership_id, starts_on=self._starts_on)
        self._show()

    @property
    def _starts_on(self) -> date:
        day = self.start.value()
        assert isinstance(day, date)  # noqa: S101  # what a date field holds
        return day

    def _show(self) -> None:
        offer, words = self.offer, self._context.words
        if offer is None:
            self.bill.show_nothing()
            return
        starts_on = self._starts_on
        grace = self._context.sites.current.policy.grace_days
        until = lasts_until(offer, starts_on=starts_on, today=self._today, grace_days=grace)
        said = [words.said(each) for each in consequences(offer, self._member, starts_on=starts_on)]
        better = gapless_start(offer, self._member, starts_on=starts_on)
        if better is not None:
            said.append(words("selling.start_later", day=better))
        said.append(words("selling.door"))
        self.bill.show_offer(offer, until=until, said=said, again=self._is_unsure)

    def _taken(self, receipt: ReceiptView) -> None:
        context, member, line = self._context, self._member, self._line
        assert line is not None  # noqa: S101  # it was paid for
        self.close_it()
        await_given(context, member.id, line, self._done)
        ReceiptSheet(context, receipt, member)

    def _failed(self, error: Exception) -> None:
        self.work(busy=False)
        self._is_unsure = isinstance(error, Unavailable)
        for part in (self.plans, self.start, self.tender, self.mail):
            part.setEnabled(not self._is_unsure)
        code = error.code if isinstance(error, Rejected) else ""
        self.bill.open_till.setVisible(code == "till_not_open" and self._context.me.may("till.change"))
        failure = explain(error, self._context.words)
        detail = self._context.words("selling.unsure") if self._is_unsure else failure.detail
        self.say(f"{failure.title} {detail}")
        if code in _STALE:
            self._load()
        else:
            self._show()

    def _open_till(self) -> None:
        currency = self.offer.plan.currency if self.offer is not None else ""
        OpenTillSheet(self._context, lambda _: self._till_opened(), currency=currency)

    def _till_opened(self) -> None:
        self.say("")
        self.bill.open_till.hide()

    def _place(self) -> None:
        width, height = min(self._width, self.width() - 48), min(_HEIGHT, self.height() - 32)
        self.frame.setGeometry((self.width() - width) // 2, (self.height() - height) // 2, width, height)


_STALE = ("price_changed", "plan_not_on_sale", "plan_unknown", "membership_changed", "already_renewed", "id_taken")
"""What was shown is not so any more: look again."""
