"""The sheets of a till: opened with counted change, closed with a count and what is missing or too much told apart."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from admin_desktop.payments.reading import full_day, sum_of
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.shell.words import Words
from admin_desktop.widgets.forms import ChoiceField, Form, TextField
from admin_desktop.widgets.labels import label, rule
from admin_desktop.widgets.numbers import AmountField
from shared.contracts.gym import PlanView
from shared.contracts.payments import NewTill, ReceiptKind, ReceiptView, TillView
from shared.domain.ledger import Method

_SHOWN = 200
"""Receipts looked at for the one that explains a difference."""


class OpenTillSheet(FormSheet):
    """``done`` gets the till. ``currency`` empty: those that plans are sold in are offered."""

    def __init__(self, context: Context, done: Callable[[TillView], None], *, currency: str = "") -> None:
        words = context.words
        self._done, self._currency = done, currency
        form = Form()
        self.float = AmountField(
            words("payments.till.float"),
            lambda: self._currency,
            wrong=words("payments.wrong.amount"),
            hint=words("payments.till.open.hint"),
        )
        form.add("float", self.float)
        site = context.sites.current.name
        title = words("payments.till.open.title", site=site)
        super().__init__(context, title, form, do=words("payments.till.open.do"))
        if not currency:
            context.ask(context.desk.staff.plans, self._offer_currencies, failed=self.failed)

    def _offer_currencies(self, plans: list[PlanView]) -> None:
        words, codes = self._context.words, sorted({plan.currency for plan in plans})
        if len(codes) == 1:
            self._currency = codes[0]
            return
        if not codes:
            field: TextField | ChoiceField[str] = TextField(
                words("payments.till.currency"), needed=words("plans.wrong.currency"), longest=3
            )
        else:
            field = ChoiceField(words("payments.till.currency"), [(code, code) for code in codes])
        self.form.add("currency", field)

    def save(self) -> None:
        values = self.form.values()
        if values is None:
            return
        till = NewTill(
            id=self.id,
            site_id=self._context.sites.current.id,
            currency=str(values.get("currency") or self._currency).upper(),
            float_minor=values["float"],
        )
        payments = self._context.desk.payments
        self.send(lambda: payments.open_till(till), self._opened)

    def _opened(self, till: TillView) -> None:
        self._context.toasts.show(self._context.words("payments.till.now_open"))
        self._done(till)


class CloseTillSheet(FormSheet):
    """``done`` gets the till as it was closed."""

    def __init__(self, context: Context, till: TillView, done: Callable[[TillView], None]) -> None:
        words = context.words
        self._till, self._done = till, done
        self._receipts: list[ReceiptView] = []
        day = full_day(till.opened_at.astimezone(context.sites.zone).date(), words)
        title = words("payments.till.close.title", day=day)
        super().__init__(context, title, self._counting(words), do=words("payments.till.close.do"))
        self.counted.changed.connect(self._show)
        payments = context.desk.payments
        context.ask.quietly(lambda: payments.all_receipts(till_id=till.id, limit=_SHOWN).items, self._know_receipts)

    def _counting(self, words: Words) -> Form:
        till, form = self._till, Form()
        column = form.column
        column.addLayout(_pair(words("payments.till.float"), words.money(till.float_minor, till.currency))[0])
        for method in Method:
            amount = sum_of(till.sums, method.value, till.currency)
            text = words.money(amount, till.currency)
            column.addLayout(_pair(words(f"payments.method.{method.value}"), text)[0])
        column.addWidget(rule())
        row, _ = _pair(words("payments.till.expected"), words.money(till.expected_minor, till.currency), role="name")
        column.addLayout(row)
        self.counted = AmountField(
            words("payments.till.counted"),
            lambda: till.currency,
            wrong=words("payments.wrong.amount"),
            hint=words("payments.till.counted.hint"),
        )
        form.add("counted", self.counted)
        row, self.difference = _pair(words("payments.till.difference"), "", role="name")
        column.addLayout(row)
        self.care = QFrame()
        self.care.setProperty("role", "care")
        inner = QVBoxLayout(self.care)
        self.care_title, self.care_text = label("", "name", wrap=True), label("", wrap=True)
        inner.addWidget(self.care_title)
        inner.addWidget(self.care_text)
        column.addWidget(self.care)
        self.reason = TextField(words("payments.till.reason"), longest=200)
        form.add("reason", self.reason)
        self.care.hide()
        self.reason.hide()
        return form

    def _know_receipts(self, receipts: list[ReceiptView]) -> None:
        self._receipts = receipts
        self._show()

    def _show(self) -> None:
        words, till, counted = self._context.words, self._till, self.counted.so_far()
        missing = 0 if counted is None else till.expected_minor - counted
        self.difference.setText("" if counted is None else words.money(-missing, till.currency))
        self.care.setVisible(missing != 0)
        self.reason.setVisible(missing != 0)
        if missing:
            key = "payments.till.missing" if missing > 0 else "payments.till.over"
            self.care_title.setText(words(key, amount=words.money(abs(missing), till.currency)))
            same = [self._tell(each) for each in self._receipts if _explains(each, missing)]
            self.care_text.setText("\n".join([*same[:3], words("payments.till.why")]))
        self.reason.complain("")

    def _tell(self, receipt: ReceiptView) -> str:
        words = self._context.words
        return words(
            "payments.till.same_sum",
            what=", ".join(line.plan_name for line in receipt.lines),
            time=receipt.local_time,
            number=str(receipt.number),
            amount=words.money(receipt.amount_minor, receipt.currency),
        )

    def save(self) -> None:
        counted = self.counted.so_far()
        if counted is None:
            self.counted.complain(self._context.words("payments.wrong.amount"))
            self.counted.line.setFocus()
            return
        reason = self.reason.value() or None
        if counted != self._till.expected_minor and reason is None:
            self.reason.complain(self._context.words("payments.till.reason.needed"))
            self.reason.line.setFocus()
            return
        payments, till_id = self._context.desk.payments, self._till.id

        def work() -> TillView:
            return payments.close_till(till_id, counted_minor=counted, reason=reason)

        self.send(work, self._closed)

    def _closed(self, till: TillView) -> None:
        words = self._context.words
        amount = words.money(till.difference_minor or 0, till.currency)
        self._context.toasts.show(words("payments.till.now_closed", amount=amount))
        self._done(till)


def _explains(receipt: ReceiptView, missing: int) -> bool:
    """Whether one wrong button explains it: cash that was typed in and not taken, or taken and typed in as another."""
    if receipt.kind is not ReceiptKind.PAYMENT or receipt.amount_minor != abs(missing):
        return False
    return (receipt.method is Method.CASH) == (missing > 0)


def _pair(caption: str, text: str, *, role: str = "body") -> tuple[QHBoxLayout, QLabel]:
    row, value = QHBoxLayout(), label(text, role)
    row.addWidget(label(caption, role), 1)
    row.addWidget(value)
    return row, value
