"""One receipt whole, and what an Admin may do about it: give back, correct."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.payments.entries import Entry
from admin_desktop.payments.paper import save_pdf
from admin_desktop.payments.putting_right import CorrectionSheet, RefundSheet
from admin_desktop.payments.reading import receipt_rows
from admin_desktop.payments.rows import RowsView
from admin_desktop.shell.changing import changing, let
from admin_desktop.shell.context import Context
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import bare, label
from shared.contracts.gym import MemberView
from shared.contracts.payments import OrderView
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK


class ReceiptCard(QFrame):
    """``changed`` is called after money went back or was put right."""

    def __init__(self, context: Context, *, changed: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.setFixedWidth(DESK.card)
        self._context, self._changed = context, changed
        self.entry: Entry | None = None
        self.order: OrderView | None = None
        words = context.words
        column = QVBoxLayout(self)
        column.setContentsMargins(DESK.padding, DESK.padding, DESK.padding, DESK.padding)
        self._empty = label(words("payments.pick"), "muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._empty)
        self._full = QWidget()
        column.addWidget(self._full, 1)
        inner = QVBoxLayout(self._full)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(10)
        self.rows = RowsView()
        inner.addWidget(bare(self.rows), 1)
        self.note = label("", "muted", wrap=True)
        inner.addWidget(self.note)
        self._add_acts(inner)
        self.show_entry(None)

    def _add_acts(self, inner: QVBoxLayout) -> None:
        words = self._context.words
        self.refund = button(words("payments.refund"), icon=Icon.UNDO)
        self.correct = button(words("payments.correct"), icon=Icon.EDIT)
        self.paper = button(words("payments.pdf"), icon=Icon.PRINT)
        self.member = button(words("payments.member"), icon=Icon.PERSON)
        presses = ((self.refund, self.correct), (self.paper, self.member))
        for pair in presses:
            row = QHBoxLayout()
            for press in pair:
                row.addWidget(press, 1)
            inner.addLayout(row)
        changing(self._context, self.refund, "payment.refund")
        changing(self._context, self.correct, "payment.correct")
        self.refund.clicked.connect(self._refund)
        self.correct.clicked.connect(self._correct)
        self.paper.clicked.connect(self._save)
        self.member.clicked.connect(self._go)

    def show_entry(self, entry: Entry | None) -> None:
        self.entry, self.order = entry, None
        self._empty.setVisible(entry is None)
        self._full.setVisible(entry is not None)
        if entry is None:
            return
        context, payments = self._context, self._context.desk.payments
        self.rows.show_rows(receipt_rows(entry.receipt, entry.who(context), context.words))
        self.note.setText("" if self._may_put_right else context.words("payments.no_refund"))
        self._enable(refund=False, correct=False)
        self.member.setEnabled(entry.member is not None and bool(entry.member.name))
        order_id = entry.receipt.order_id
        context.ask(lambda: payments.order(order_id), self._know_order, failed=lambda _: None, owner=self, lane="order")

    @property
    def _may_put_right(self) -> bool:
        return self._context.me.may("payment.refund") and self._context.me.may("payment.correct")

    def _know_order(self, order: OrderView) -> None:
        """What may still be done depends on what was done before."""
        entry, words = self.entry, self._context.words
        if entry is None or entry.receipt.order_id != order.id:
            return
        self.order = order
        counts = entry.receipt.id == order.payment_id
        left = entry.receipt.amount_minor - order.refunded_minor
        if self._may_put_right:
            self._enable(refund=counts and left > 0, correct=counts)
            self.note.setText(self._about(order, counts=counts, left=left))
        elif order.refunded_minor:
            self.note.setText(f"{words('payments.no_refund')}\n{self._back(order)}")

    def _about(self, order: OrderView, *, counts: bool, left: int) -> str:
        if not counts:
            return self._context.words("payments.not_current")
        if left <= 0:
            return self._context.words("payments.all_back")
        return self._back(order) if order.refunded_minor else ""

    def _back(self, order: OrderView) -> str:
        words = self._context.words
        return words("payments.left", amount=words.money(order.refunded_minor, order.currency))

    def _enable(self, *, refund: bool, correct: bool) -> None:
        let(self.refund, on=refund)
        let(self.correct, on=correct)

    def _refund(self) -> None:
        if self.entry is not None and self.order is not None:
            RefundSheet(self._context, self.entry.receipt, self.order, self._changed)

    def _correct(self) -> None:
        if self.entry is not None and self.order is not None:
            CorrectionSheet(self._context, self.entry.receipt, self.order, self._changed)

    def _save(self) -> None:
        if self.entry is not None:
            words, receipt = self._context.words, self.entry.receipt
            rows = receipt_rows(receipt, self.entry.who(self._context), words)
            save_pdf(self._context, words("payments.file", number=str(receipt.number)), rows)

    def _go(self) -> None:
        if self.entry is None:
            return
        context, member_id = self._context, self.entry.receipt.member_id

        def go(member: MemberView) -> None:
            context.go("members", member)

        context.ask(lambda: context.desk.staff.member(member_id), go, failed=context.show_failure)
