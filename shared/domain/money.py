"""Money is an integer number of minor units with a currency; floats never touch it."""

from dataclasses import dataclass

_DECIMALS = {"ISK": 0, "JPY": 0, "KRW": 0, "CLP": 0, "VND": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}


def decimals_of(currency: str) -> int:
    """How many digits of an amount stand behind the point: two but for some currencies (ISO 4217)."""
    return _DECIMALS.get(currency, 2)


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies met in one sum."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount. ``minor`` is in the currency's smallest unit (cents, øre); ``currency`` is ISO 4217, upper case."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        self._must_match(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._must_match(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def _must_match(self, other: "Money") -> None:
        if self.currency != other.currency:
            message = f"cannot combine {self.currency} with {other.currency}"
            raise CurrencyMismatchError(message)
