"""The message about a pause that ends sooner than it was to. What begins one is in ``gym``."""

from datetime import date
from typing import Self

from pydantic import model_validator

from shared.contracts.fields import Day
from shared.contracts.gym import Pause


class Thaw(Pause):
    """The pause as it was seen, and the first day that it is to hold no more; its own first day takes all of it back."""

    back_on: Day

    @property
    def leaves(self) -> list[date]:
        """Where the pauses end that begin on ``first`` afterwards: one, or none."""
        return [self.back_on] if self.first < self.back_on else []

    @model_validator(mode="after")
    def _ends_sooner(self) -> Self:
        if not self.first <= self.back_on < self.end:
            message = "a pause ends sooner on one of its own days"
            raise ValueError(message)
        return self
