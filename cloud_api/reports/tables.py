"""The tables of ``reports``: facts as the events told them, and the sums that screens read.

The sums are kept by adding and taking away in the transaction that keeps the message; worked out anew from the facts
they come out the same (``drift``). The columns of a sum that are not its key are what is summed (``sums``).
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from cloud_api.common.columns import UtcDateTime, Uuid16


class VisitFact(SQLModel, table=True):
    """A visit at the newest version heard of. A void visit counts nothing.

    ``member_id`` None: release 0.1.0 kept no member, and the visit has not been told again yet.
    """

    __tablename__ = "reports_visit_fact"
    __table_args__ = (
        Index("ix_reports_visit_hour", "local_on", "local_hour", "visit_id"),
        Index("ix_reports_visit_member", "member_id", "is_void", "local_on"),
    )
    visit_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    version: int
    site_id: UUID = Field(sa_type=Uuid16)
    local_on: date
    local_hour: int
    is_void: bool
    member_id: UUID | None = Field(default=None, sa_type=Uuid16)


class VisitsByHour(SQLModel, table=True):
    """How many visits began at a site in an hour of its wall clock. The index answers for all sites by itself."""

    __tablename__ = "reports_visits_by_hour"
    __table_args__ = (Index("ix_reports_visits_day", "local_on", "local_hour", "visits"),)
    site_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    local_on: date = Field(primary_key=True)
    local_hour: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    visits: int


class VisitsByWeek(SQLModel, table=True):
    """How many visits of a member began in a week, wherever it was. ``week_on`` is its Monday."""

    __tablename__ = "reports_visits_by_week"
    __table_args__ = (Index("ix_reports_visits_week", "week_on"),)
    member_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    week_on: date = Field(primary_key=True)
    visits: int


class VisitsByMonth(SQLModel, table=True):
    """How many visits of a member began in a month, wherever it was. ``month_on`` is its first day."""

    __tablename__ = "reports_visits_by_month"
    __table_args__ = (Index("ix_reports_visits_month", "month_on"),)
    member_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    month_on: date = Field(primary_key=True)
    visits: int


class CohortByMonth(SQLModel, table=True):
    """Of a home site's members who joined in a month, how many came at least once in another."""

    __tablename__ = "reports_cohort_by_month"
    site_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    joined_month_on: date = Field(primary_key=True)
    month_on: date = Field(primary_key=True)
    members: int


class Habit(SQLModel, table=True):
    """A member's visits in the four whole weeks before :class:`HabitWeek`, and in the twelve before them.

    ``missed`` is ``before`` minus three times ``recent``: above zero, one comes less than usual.
    """

    __tablename__ = "reports_habit"
    __table_args__ = (Index("ix_reports_habit_missed", "missed", "member_id", "before", "recent"),)
    member_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    recent: int
    before: int
    missed: int


class HabitWeek(SQLModel, table=True):
    """Which week the habits stand in: one row. Held by whoever counts visits, locked by whoever goes on a week."""

    __tablename__ = "reports_habit_week"
    id: int = Field(default=1, primary_key=True)
    week_on: date


class RefusalFact(SQLModel, table=True):
    """A refusal at a door. ``member_id`` None: the door did not know who it was, or release 0.1.0 counted it."""

    __tablename__ = "reports_refusal_fact"
    __table_args__ = (Index("ix_reports_refusal_day", "local_on", "event_id"),)
    event_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    site_id: UUID = Field(sa_type=Uuid16)
    local_on: date
    reason: str = Field(max_length=64)
    member_id: UUID | None = Field(default=None, sa_type=Uuid16)


class RefusalsByDay(SQLModel, table=True):
    """How often a reason was given at a site on a day."""

    __tablename__ = "reports_refusals_by_day"
    __table_args__ = (Index("ix_reports_refusals_day", "local_on"),)
    site_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    local_on: date = Field(primary_key=True)
    reason: str = Field(primary_key=True, max_length=64)
    refusals: int


class MemberFact(SQLModel, table=True):
    """A member at the newest version heard of; version 0 while only others told of it. Its row is locked to count.

    ``site_id`` is the home site. ``left_on`` is the day after the last one with access by any membership.
    """

    __tablename__ = "reports_member_fact"
    __table_args__ = (
        Index("ix_reports_member_joined", "joined_on", "member_id"),
        Index("ix_reports_member_left", "left_on", "member_id"),
    )
    member_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    version: int = 0
    site_id: UUID | None = Field(default=None, sa_type=Uuid16)
    joined_on: date | None = None
    is_erased: bool = False
    left_on: date | None = None


class MembersByDay(SQLModel, table=True):
    """How many members of a home site joined and left on a day, which may lie ahead for those who leave."""

    __tablename__ = "reports_members_by_day"
    __table_args__ = (Index("ix_reports_members_day", "local_on"),)
    site_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    local_on: date = Field(primary_key=True)
    joined: int
    left: int


class MembershipFact(SQLModel, table=True):
    """A membership at the newest version heard of. ``last_on`` is the last day of access, None when it gives none.

    ``paused_on`` and ``resumes_on`` bound its newest pause, ``[first, end)``.
    """

    __tablename__ = "reports_membership_fact"
    __table_args__ = (
        Index("ix_reports_membership_member", "member_id"),
        Index("ix_reports_membership_last", "last_on", "starts_on", "plan_id", "member_id"),
    )
    membership_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    version: int
    member_id: UUID = Field(sa_type=Uuid16)
    plan_id: UUID = Field(sa_type=Uuid16)
    starts_on: date
    paid_through_on: date
    ends_on: date | None = None
    last_on: date | None = None
    renews: bool = False
    paused_on: date | None = None
    resumes_on: date | None = None


class PlanFact(SQLModel, table=True):
    """A plan at the newest version heard of."""

    __tablename__ = "reports_plan_fact"
    plan_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    version: int
    name: str = Field(max_length=120)
    price_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)


class TakingFact(SQLModel, table=True):
    """A line of a receipt. Of a refund or a reversal the amount is below zero."""

    __tablename__ = "reports_taking_fact"
    __table_args__ = (Index("ix_reports_taking_day", "local_on", "receipt_number", "line"),)
    receipt_number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    line: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    member_id: UUID = Field(sa_type=Uuid16)
    site_id: UUID = Field(sa_type=Uuid16)
    local_on: date
    plan_id: UUID = Field(sa_type=Uuid16)
    method: str = Field(max_length=16)
    currency: str = Field(max_length=3)
    amount_minor: int = Field(sa_type=BigInteger)


class TakingsByDay(SQLModel, table=True):
    """What came in at a site on a day for a plan, less what went back."""

    __tablename__ = "reports_takings_by_day"
    __table_args__ = (Index("ix_reports_takings_day", "local_on"),)
    site_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    local_on: date = Field(primary_key=True)
    plan_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    currency: str = Field(primary_key=True, max_length=3)
    amount_minor: int = Field(sa_type=BigInteger)


class MachineFact(SQLModel, table=True):
    """A machine at the newest version heard of. ``status`` is ``removed`` once it is gone."""

    __tablename__ = "reports_machine_fact"
    machine_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    version: int
    site_id: UUID = Field(sa_type=Uuid16)
    status: str = Field(max_length=16)
    open_faults: int


class MachineSpell(SQLModel, table=True):
    """From which day on a machine had a status, at the newest version that said so; until the next one began."""

    __tablename__ = "reports_machine_spell"
    machine_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    since_on: date = Field(primary_key=True)
    status: str = Field(primary_key=True, max_length=16)
    version: int


class FaultFact(SQLModel, table=True):
    """A fault of a machine: open, then resolved for good."""

    __tablename__ = "reports_fault_fact"
    __table_args__ = (Index("ix_reports_fault_reported", "reported_on", "fault_id"),)
    fault_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    machine_id: UUID = Field(sa_type=Uuid16)
    site_id: UUID = Field(sa_type=Uuid16)
    reported_on: date
    resolved_on: date | None = None


class DoorFact(SQLModel, table=True):
    """A kiosk: when it was heard first, the site it was heard of last, and when it was revoked."""

    __tablename__ = "reports_door_fact"
    device_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    site_id: UUID = Field(sa_type=Uuid16)
    first_heard_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_heard_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HeardHour(SQLModel, table=True):
    """For how many seconds of an hour a kiosk was heard, and how often contact with it was lost."""

    __tablename__ = "reports_heard_hour"
    __table_args__ = (Index("ix_reports_heard_day", "local_on", "hour_at", "device_id"),)
    device_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    hour_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    site_id: UUID = Field(sa_type=Uuid16)
    local_on: date
    heard_s: int
    losses: int


class HeardByDay(SQLModel, table=True):
    """The same by day at the site, of hours that began on it."""

    __tablename__ = "reports_heard_by_day"
    __table_args__ = (Index("ix_reports_heard_by_day", "local_on"),)
    device_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    local_on: date = Field(primary_key=True)
    heard_s: int
    losses: int


class Contact(SQLModel, table=True):
    """That somebody who comes less than usual was contacted. The note goes when the member is erased."""

    __tablename__ = "reports_contact"
    __table_args__ = (Index("ix_reports_contact_member", "member_id", "at"),)
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    member_id: UUID = Field(sa_type=Uuid16)
    at: datetime = Field(sa_type=UtcDateTime)
    by: str = Field(max_length=64)
    how: str = Field(max_length=16)
    outcome: str = Field(max_length=16)
    note: str | None = Field(default=None, max_length=200)


class Recount(SQLModel, table=True):
    """When sums were last worked out anew, and how many had drifted. One row."""

    __tablename__ = "reports_recount"
    id: int = Field(default=1, primary_key=True)
    claimed_at: datetime = Field(sa_type=UtcDateTime)
    drift: int = 0
