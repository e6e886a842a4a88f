"""The sheets of an Admin: money given back, and a payment that was typed in wrongly put right.

Ids are minted when a sheet opens and kept: pressing again after silence gives nothing back twice.
"""

from collections.abc import Callable

from admin_desktop.payments.tender import TenderPicker
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.forms import Form, TextField, TickField
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.numbers import AmountField, write_amount
from shared.contracts.payments import CorrectionView, NewCorrection, NewRefund, OrderView, ReceiptView


class _PuttingRight(FormSheet):
    """An amount, how it moves, and why."""

    def __init__(
        self,
        context: Context,
        receipt: ReceiptView,
        order: OrderView,
        done: Callable[[], None],
        *,
        kind: str,
        amount: int,
        do: str,
        hint: str = "",
    ) -> None:
        words = context.words
        self._receipt, self._order, self._done = receipt, order, done
        form = Form()
        self.amount = AmountField(
            words(f"payments.{kind}.amount"),
            lambda: receipt.currency,
            wrong=words("payments.wrong.amount"),
            text=write_amount(amount, receipt.currency, comma=words.language == "da"),
            hint=hint,
        )
        self.tender = TenderPicker(words, caption=words(f"payments.{kind}.by"))
        self.reason = TextField(
            words(f"payments.{kind}.reason"), needed=words("payments.refund.reason.needed"), longest=200
        )
        form.add("amount_minor", self.amount)
        form.column.addWidget(self.tender)
        form.add("reason", self.reason)
        title = words(f"payments.{kind}.title", number=str(receipt.number))
        super().__init__(context, title, form, do=do, kind="danger" if kind == "refund" else "main")

    def _finish(self, text: str) -> None:
        self._context.toasts.show(text)
        self._done()


class RefundSheet(_PuttingRight):
    """All that is left, or a part; with it, if wished, what was paid for."""

    def __init__(self, context: Context, receipt: ReceiptView, order: OrderView, done: Callable[[], None]) -> None:
        words = context.words
        self._left = receipt.amount_minor - order.refunded_minor
        most = words("payments.refund.amount.hint", amount=words.money(self._left, receipt.currency))
        super().__init__(context, receipt, order, done, kind="refund", amount=self._left, do="", hint=most)
        self.form.add("ends_membership", TickField(words("payments.refund.ends")))
        self.form.add("receipt_by_mail", TickField(words("payments.refund.mail")))
        self.amount.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        words, amount = self._context.words, self.amount.so_far()
        assert self.main is not None  # noqa: S101  # it was added above
        text = words("payments.refund.none")
        if amount is not None:
            text = words("payments.refund.do", amount=words.money(amount, self._receipt.currency))
        self.main.setText(text)

    def save(self) -> None:
        values = self.form.values()
        if values is None:
            return
        if not 0 < values["amount_minor"] <= self._left:
            self.form.complain("amount_minor", self._context.words("payments.wrong.too_much"))
            return
        tender = self.tender.tender()
        if tender is None:
            return
        refund = NewRefund(id=self.id, site_id=self._context.sites.current.id, **values, **tender.model_dump())
        payments, order_id = self._context.desk.payments, self._order.id
        self.send(lambda: payments.refund(order_id, refund), self._refunded)

    def _refunded(self, receipt: ReceiptView) -> None:
        words = self._context.words
        amount = words.money(receipt.amount_minor, receipt.currency)
        self._finish(words("payments.refunded", amount=amount, number=str(receipt.number)))


class CorrectionSheet(_PuttingRight):
    """The right button, the right amount."""

    def __init__(self, context: Context, receipt: ReceiptView, order: OrderView, done: Callable[[], None]) -> None:
        words, amount = context.words, receipt.amount_minor
        super().__init__(context, receipt, order, done, kind="correct", amount=amount, do=words("payments.correct.do"))
        self.form.column.addWidget(label(words("payments.correct.what"), "muted", wrap=True))

    def save(self) -> None:
        values, order = self.form.values(), self._order
        if values is None or order.payment_id is None:
            return
        tender = self.tender.tender()
        if tender is None:
            return
        correction = NewCorrection(
            id=self.id,
            payment_id=order.payment_id,
            site_id=self._context.sites.current.id,
            **values,
            **tender.model_dump(),
        )
        payments = self._context.desk.payments
        self.send(lambda: payments.correct(order.id, correction), self._corrected)

    def _corrected(self, view: CorrectionView) -> None:
        self._finish(self._context.words("payments.corrected", number=str(view.replacement.number)))
