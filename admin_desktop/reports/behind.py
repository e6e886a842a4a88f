"""Which rows stand behind a number: what a spot of a chart has for its key. Qt-free."""

from dataclasses import dataclass
from enum import Enum

from shared.contracts.report_rows import (
    DoorRowsQuery,
    FaultRowsQuery,
    HolderRowsQuery,
    MemberRowsQuery,
    RefusalRowsQuery,
    RetentionRowsQuery,
    RevenueRowsQuery,
    VisitRowsQuery,
)

Question = (
    VisitRowsQuery
    | RefusalRowsQuery
    | MemberRowsQuery
    | HolderRowsQuery
    | RetentionRowsQuery
    | RevenueRowsQuery
    | FaultRowsQuery
    | DoorRowsQuery
)


class What(Enum):
    """A list of rows; its columns."""

    VISITS = "visits"
    REFUSALS = "refusals"
    MEMBERS = "members"
    HOLDERS = "holders"
    OVERDUE = "overdue"
    RETENTION = "retention"
    REVENUE = "revenue"
    FAULTS = "faults"
    DOORS = "doors"


@dataclass(frozen=True, slots=True)
class Behind:
    """``questions`` are asked one after the other: the plans that a chart draws as one are several."""

    what: What
    title: str
    questions: tuple[Question, ...]
