"""Receipts with the names of those who paid, as the lists of the room show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from admin_desktop.desk import Desk
from admin_desktop.payments.reading import receipt_chip, signed, what_for
from admin_desktop.shell.context import Context
from admin_desktop.widgets.pages import Cell, Column, Page
from shared.contracts.gym import MemberRef
from shared.contracts.payments import ReceiptPage, ReceiptView


@dataclass(frozen=True, slots=True)
class Entry:
    """A receipt and who it is about; None where nobody knows any more."""

    receipt: ReceiptView
    member: MemberRef | None

    def who(self, context: Context) -> str:
        if self.member is None or not self.member.name:
            return context.words("payments.erased")
        return self.member.name


def with_names(desk: Desk, page: ReceiptPage) -> Page[Entry]:
    """Blocks: asks for all the names of a page at once."""
    members = desk.staff.member_refs(receipt.member_id for receipt in page.items)
    return Page([Entry(receipt, members.get(receipt.member_id)) for receipt in page.items], page.next)


def entry_columns(context: Context) -> Sequence[Column[Entry]]:
    words = context.words

    def when(entry: Entry) -> Cell:
        today = context.today
        day = words.day(entry.receipt.local_on, today=today)
        number = words(f"payments.receipt.{entry.receipt.kind.value}", number=str(entry.receipt.number))
        return Cell(f"{day} {entry.receipt.local_time}", number)

    def who(entry: Entry) -> Cell:
        return Cell(entry.who(context), what_for(entry.receipt), strong=True)

    def how(entry: Entry) -> Cell:
        return Cell(words(f"payments.method.{entry.receipt.method.value}"), entry.receipt.reference or "")

    return [
        Column(words("payments.when"), 2, when, floor=132),
        Column(words("payments.who"), 3, who, floor=130),
        Column(words("payments.how"), 2, how, floor=108),
        Column(words("payments.state"), 1, lambda entry: Cell(chip=receipt_chip(entry.receipt, words)), floor=136),
        Column(words("payments.amount"), 1, lambda entry: Cell(signed(entry.receipt, words), right=True), floor=116),
    ]
