"""What a language has to say, for a mail of each kind."""

from dataclasses import dataclass
from datetime import date

from shared.domain.money import decimals_of


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences with ``{gym}`` and the like in them. A body is paragraphs."""

    language: str
    greeting: str
    farewell: str
    pass_subject: str
    pass_body: tuple[str, ...]
    voucher_subject: str
    voucher_body: tuple[str, ...]
    receipt_subject: str
    receipt_body: tuple[str, ...]
    refund_subject: str
    refund_body: tuple[str, ...]
    total: str
    returned: str
    methods: dict[str, str]
    """How money changed hands, by :class:`shared.domain.ledger.Method`."""
    months: tuple[str, ...]
    day: str
    """With ``{day}``, ``{month}`` and ``{year}``."""
    decimal_mark: str

    def on(self, day: date) -> str:
        return self.day.format(day=day.day, month=self.months[day.month - 1], year=day.year)

    def money(self, minor: int, currency: str) -> str:
        decimals = decimals_of(currency)
        whole, rest = divmod(abs(minor), 10**decimals)
        fraction = f"{self.decimal_mark}{rest:0{decimals}}" if decimals else ""
        return f"{'-' if minor < 0 else ''}{whole}{fraction} {currency}"
