"""The tables of ``reports``: a fact a line as the events told it, and the sums that screens read.

The sums are kept by adding and taking away in the transaction that keeps the message; computed anew from the facts
they come out the same (``recompute``).
"""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from cloud_api.common.columns import Uuid16


class VisitFact(SQLModel, table=True):
    """A visit at the newest version heard of. A void visit counts nothing."""

    __tablename__ = "reports_visit_fact"
    visit_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    version: int
    site_id: UUID = Field(sa_type=Uuid16)
    local_on: date
    local_hour: int
    is_void: bool


class VisitsByHour(SQLModel, table=True):
    """How many visits began at a site in an hour of its wall clock."""

    __tablename__ = "reports_visits_by_hour"
    site_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    local_on: date = Field(primary_key=True)
    local_hour: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    visits: int


class RefusalFact(SQLModel, table=True):
    """A refusal at a door."""

    __tablename__ = "reports_refusal_fact"
    event_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    site_id: UUID = Field(sa_type=Uuid16)
    local_on: date
    reason: str = Field(max_length=64)


class RefusalsByDay(SQLModel, table=True):
    """How often a reason was given at a site on a day."""

    __tablename__ = "reports_refusals_by_day"
    __table_args__ = (Index("ix_reports_refusals_day", "local_on"),)
    site_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    local_on: date = Field(primary_key=True)
    reason: str = Field(primary_key=True, max_length=64)
    refusals: int
