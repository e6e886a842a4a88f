"""Receipts, tills and the books as files. Amounts are numbers; their currency is a column of its own."""

from admin_desktop.exporting.table import Export, Field, amount
from admin_desktop.payments.entries import Entry
from admin_desktop.payments.reading import what_for
from admin_desktop.shell.context import Context
from admin_desktop.widgets.pages import Fetch, Page
from shared.contracts.payments import LedgerEntry, LedgerTransaction, ReceiptKind, TillView


def receipt_export(context: Context, fetch: Fetch[Entry]) -> Export[Entry]:
    """Below zero where money went back."""
    words = context.words

    def minor(entry: Entry) -> int:
        receipt = entry.receipt
        return receipt.amount_minor if receipt.kind is ReceiptKind.PAYMENT else -receipt.amount_minor

    fields: list[Field[Entry]] = [
        Field(words("export.receipt"), lambda entry: entry.receipt.number),
        Field(words("payments.when"), lambda entry: entry.receipt.at),
        Field(words("payments.who"), lambda entry: entry.who(context)),
        Field(words("members.number_field"), lambda entry: None if entry.member is None else entry.member.number),
        Field(words("payments.what"), lambda entry: what_for(entry.receipt)),
        Field(words("payments.state"), lambda entry: words(f"payments.kind.{entry.receipt.kind.value}")),
        Field(words("payments.how"), lambda entry: words(f"payments.method.{entry.receipt.method.value}")),
        Field(words("export.reference"), lambda entry: entry.receipt.reference),
        Field(words("payments.amount"), lambda entry: amount(minor(entry), entry.receipt.currency)),
        Field(words("export.currency"), lambda entry: entry.receipt.currency),
        Field(words("export.refers_to"), lambda entry: entry.receipt.refers_to),
        Field(words("export.reason"), lambda entry: entry.receipt.reason),
    ]
    return Export(words("payments.tab.today"), fields, fetch, context.sites.zone)


def till_export(context: Context, fetch: Fetch[TillView]) -> Export[TillView]:
    words = context.words
    fields: list[Field[TillView]] = [
        Field(words("payments.till.opened"), lambda till: till.opened_at),
        Field(words("payments.till.closed"), lambda till: till.closed_at),
        Field(words("payments.till.expected"), lambda till: amount(till.expected_minor, till.currency)),
        Field(words("payments.till.counted"), lambda till: amount(till.counted_minor, till.currency)),
        Field(words("payments.till.difference"), lambda till: amount(till.difference_minor, till.currency)),
        Field(words("export.currency"), lambda till: till.currency),
        Field(words("export.reason"), lambda till: till.reason),
        Field(words("export.site"), lambda till: context.sites.name_of(till.site_id)),
    ]
    return Export(words("payments.tab.till"), fields, fetch, context.sites.zone)


Booked = tuple[LedgerTransaction, LedgerEntry]


def ledger_export(context: Context, fetch: Fetch[LedgerTransaction]) -> Export[Booked]:
    """A line an entry, so that a spreadsheet can add up an account."""
    words = context.words

    def entries(after: str | None) -> Page[Booked]:
        page = fetch(after)
        return Page([(row, entry) for row in page.rows for entry in row.entries], page.after)

    fields: list[Field[Booked]] = [
        Field(words("payments.when"), lambda row: row[0].at),
        Field(words("payments.what"), lambda row: words(f"payments.booked.{row[0].kind.value}")),
        Field(words("export.receipt"), lambda row: row[0].receipt_number),
        Field(words("payments.ledger.account"), lambda row: words(f"payments.account.{row[1].account.value}")),
        Field(words("payments.amount"), lambda row: amount(row[1].amount_minor, row[1].currency)),
        Field(words("export.currency"), lambda row: row[1].currency),
        Field(words("export.site"), lambda row: context.sites.name_of(row[0].site_id)),
    ]
    return Export(words("payments.tab.ledger"), fields, entries, context.sites.zone)
