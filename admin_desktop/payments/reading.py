"""What the room says of receipts and tills: rows for screen and paper, states as chips."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from admin_desktop.payments.printing import RULE, PrintRow
from admin_desktop.shell.words import Words
from admin_desktop.widgets.chips import Chip, Tone
from shared.contracts.payments import MethodSum, ReceiptKind, ReceiptView, TillView
from shared.desktop.drawings import Icon

_CHIPS = {
    ReceiptKind.PAYMENT: (Tone.GOOD, Icon.TICK),
    ReceiptKind.REFUND: (Tone.CARE, Icon.UNDO),
    ReceiptKind.REVERSAL: (Tone.OVER, Icon.BAR),
}


def receipt_chip(receipt: ReceiptView, words: Words) -> Chip:
    tone, icon = _CHIPS[receipt.kind]
    return Chip(words(f"payments.kind.{receipt.kind.value}"), tone, icon)


def signed(receipt: ReceiptView, words: Words) -> str:
    """The amount, below zero where money went back."""
    amount = receipt.amount_minor if receipt.kind is ReceiptKind.PAYMENT else -receipt.amount_minor
    return words.money(amount, receipt.currency)


def what_for(receipt: ReceiptView) -> str:
    return ", ".join(line.plan_name for line in receipt.lines)


def paid_by(receipt: ReceiptView, words: Words) -> str:
    method = words(f"payments.method.{receipt.method.value}")
    return method if receipt.reference is None else f"{method} · {receipt.reference}"


def full_day(day: date, words: Words) -> str:
    return words("day.year", day=day, year=str(day.year))


def receipt_rows(receipt: ReceiptView, who: str, words: Words) -> list[PrintRow]:
    """A receipt as it is printed. ``who`` is the member."""
    title = words(f"payments.receipt.{receipt.kind.value}", number=str(receipt.number))
    when = f"{full_day(receipt.local_on, words)} {receipt.local_time}"
    rows = [
        PrintRow(receipt.gym_name, look="title"),
        PrintRow(receipt.site_name, when, "quiet"),
        RULE,
        PrintRow(title, look="strong"),
        PrintRow(who, look="quiet"),
    ]
    rows += [PrintRow(line.plan_name, words.money(line.price_minor, receipt.currency)) for line in receipt.lines]
    rows += [RULE, PrintRow(words("payments.sum"), signed(receipt, words), "strong")]
    rows.append(PrintRow(paid_by(receipt, words), look="quiet"))
    if receipt.refers_to is not None:
        rows.append(PrintRow(words("payments.refers_to", number=str(receipt.refers_to)), look="quiet"))
    if receipt.reason:
        rows.append(PrintRow(words("payments.reason_was", reason=receipt.reason), look="quiet"))
    return rows


def till_rows(till: TillView, *, gym: str, site: str, zone: ZoneInfo, words: Words) -> list[PrintRow]:
    """A till's slip."""
    opened = till.opened_at.astimezone(zone)
    rows = [PrintRow(gym, look="title"), PrintRow(site, look="quiet"), RULE]
    rows.append(PrintRow(words("payments.slip_of", day=full_day(opened.date(), words)), look="strong"))
    rows.append(PrintRow(words("payments.till.opened"), f"{opened:%H:%M}", "quiet"))
    if till.closed_at is not None:
        rows.append(PrintRow(words("payments.till.closed"), f"{till.closed_at.astimezone(zone):%H:%M}", "quiet"))
    rows += [RULE, PrintRow(words("payments.till.float"), words.money(till.float_minor, till.currency))]
    for each in till.sums:
        method = words(f"payments.method.{each.method.value}")
        rows.append(PrintRow(method, words.money(each.taken_minor - each.refunded_minor, each.currency)))
    rows += [RULE, PrintRow(words("payments.till.expected"), words.money(till.expected_minor, till.currency), "strong")]
    if till.counted_minor is not None and till.difference_minor is not None:
        rows.append(PrintRow(words("payments.till.counted"), words.money(till.counted_minor, till.currency), "strong"))
        rows.append(PrintRow(words("payments.till.difference"), words.money(till.difference_minor, till.currency)))
    if till.reason:
        rows.append(PrintRow(words("payments.reason_was", reason=till.reason), look="quiet"))
    return rows


def sum_of(sums: Sequence[MethodSum], method: str, currency: str) -> int:
    """What one way brought, less what went back that way."""
    return sum(
        each.taken_minor - each.refunded_minor
        for each in sums
        if each.method.value == method and each.currency == currency
    )


def difference_chip(till: TillView, words: Words) -> Chip:
    if till.difference_minor is None:
        return Chip(words("payments.till.is_open"), Tone.INFO, Icon.CLOCK)
    if till.difference_minor == 0:
        return Chip(words("payments.till.right"), Tone.GOOD, Icon.TICK)
    return Chip(words.money(till.difference_minor, till.currency), Tone.BAD, Icon.EXCLAIM)
