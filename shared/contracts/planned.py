"""The messages about changes of plans and sites that are to come on a day."""

from datetime import date
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Instant, Message
from shared.contracts.fields import Day
from shared.contracts.gym import PlanDraft, SiteDraft


class PlannedKind(Enum):
    """What a change that is to come is a change of."""

    PLAN = "plan"
    SITE = "site"


class PlannedPlan(Message):
    """A plan as it is to be from the beginning of a day on, at the gym's first site. ``version`` as in PlanChange."""

    from_on: Day
    plan: PlanDraft
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class PlannedSite(Message):
    """A site as it is to be from the beginning of a day of its own on. ``version`` as in SiteChange."""

    from_on: Day
    site: SiteDraft
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class PlannedChange(Message):
    """A change that is to come. ``facts`` are the fields that will differ, as JSON; the others stay as they are then."""

    kind: PlannedKind
    thing_id: UUID
    from_on: date
    facts: dict[str, Any]
    planned_at: Instant


class PlannedChangeList(Message):
    """Everything that is to come, the next first."""

    items: list[PlannedChange]
