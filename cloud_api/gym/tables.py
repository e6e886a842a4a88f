"""The tables of ``gym``. A ``version`` grows with every change and goes with the events about the thing."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from cloud_api.common.columns import Bytes8, Bytes16, LongText, UtcDateTime, Uuid16

NEVER_CAME = datetime(1970, 1, 1, tzinfo=UTC)
"""In ``last_visit_at``: a value that sorts, where NULL would not."""


class SiteRow(SQLModel, table=True):
    """A site. ``body`` is the JSON text of a SiteBody: hours, exceptions, capacity and policies."""

    __tablename__ = "gym_site"
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    number: int = Field(unique=True)
    body: str = Field(sa_type=LongText)
    version: int = 1


class PlanRow(SQLModel, table=True):
    """A plan. ``body`` is the JSON text of a PlanBody. One that is ``for_staff`` is given, not sold."""

    __tablename__ = "gym_plan"
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    body: str = Field(sa_type=LongText)
    on_sale: bool = True
    for_staff: bool = False
    version: int = 1


class PlannedChangeRow(SQLModel, table=True):
    """A change of a plan or a site that is to come on a day; one at the most for each.

    ``facts`` is JSON: the fields that are to differ. ``planned_by`` names an account as the audit log does.
    """

    __tablename__ = "gym_planned_change"
    thing_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    kind: str = Field(max_length=16)
    from_on: date = Field(index=True)
    facts: str = Field(sa_type=LongText)
    planned_by: str = Field(max_length=64)
    planned_at: datetime = Field(sa_type=UtcDateTime)


class MemberRow(SQLModel, table=True):
    """A member. Once erased, ``erased_at`` is set and everything that names a person is gone; the id stays.

    One that turned out to be another member is a tombstone as well, and ``merged_into`` says which.
    ``sealed`` is the display card under the content key. ``number_order`` puts numbers in their order, and
    ``last_visit_at`` is when the last visit began, long ago for who never came: both are kept for long lists.
    """

    __tablename__ = "gym_member"
    __table_args__ = (
        Index("ix_gym_member_name", "family_name", "given_name", "id"),
        Index("ix_gym_member_number_order", "number_order", "id"),
        Index("ix_gym_member_joined", "joined_at", "id"),
        Index("ix_gym_member_last_visit", "last_visit_at", "id"),
    )
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    number: str | None = Field(unique=True, max_length=40)
    given_name: str = Field(default="", max_length=120)
    family_name: str = Field(default="", max_length=200)
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=40)
    number_order: str = Field(default="", max_length=40)
    home_site_id: UUID = Field(sa_type=Uuid16)
    host_id: UUID | None = Field(default=None, sa_type=Uuid16)
    guardian_id: UUID | None = Field(default=None, sa_type=Uuid16, index=True)
    born_on: date | None = None
    document_missing: bool = False
    blocked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    blocked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    block_note: str | None = Field(default=None, max_length=200)
    sealed: bytes | None = None
    joined_at: datetime = Field(sa_type=UtcDateTime)
    last_visit_at: datetime = Field(default=NEVER_CAME, sa_type=UtcDateTime)
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    merged_into: UUID | None = Field(default=None, sa_type=Uuid16, index=True)
    version: int = 1


class MemberWordRow(SQLModel, table=True):
    """A word that staff find a living member by, folded (``words``): names, mail address, phone, number."""

    __tablename__ = "gym_member_word"
    __table_args__ = (Index("ix_gym_member_word", "word", "member_id"),)
    member_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    word: str = Field(primary_key=True, max_length=64)


class MemberSpanRow(SQLModel, table=True):
    """What a living member is from a day to a day, both part of it (``spans``); each day is in one of the member's.

    ``until_on`` is the last paid day of the membership that counts then; ``lapsed_on`` the last paid day from which
    days of grace are counted. Both lie long ago where there is none. The indexes hold all that a list asks for: rows
    of a long list are counted without being read.
    """

    __tablename__ = "gym_member_span"
    __table_args__ = (
        Index(
            "ix_gym_member_span_until",
            "until_on",
            "member_id",
            "first_on",
            "last_on",
            "state",
            "lapsed_on",
            "is_blocked",
        ),
        Index("ix_gym_member_span_state", "state", "first_on", "last_on", "lapsed_on", "is_blocked"),
        Index("ix_gym_member_span_plan", "plan_id", "first_on", "last_on"),
        Index("ix_gym_member_span_blocked", "is_blocked", "first_on", "last_on"),
    )
    member_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    first_on: date = Field(primary_key=True)
    last_on: date
    state: str = Field(max_length=16)
    plan_id: UUID | None = Field(default=None, sa_type=Uuid16)
    until_on: date
    lapsed_on: date
    is_blocked: bool = False


class RemarkRow(SQLModel, table=True):
    """What staff wrote about a living member, sealed under the member's content key. ``written_by`` is an account's id."""

    __tablename__ = "gym_remark"
    __table_args__ = (Index("ix_gym_remark_member", "member_id", "at"),)
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    member_id: UUID = Field(sa_type=Uuid16)
    at: datetime = Field(sa_type=UtcDateTime)
    written_by: UUID | None = Field(default=None, sa_type=Uuid16)
    kind: str = Field(max_length=16)
    sealed: bytes


class CounterRow(SQLModel, table=True):
    """The last number that was given out under a name."""

    __tablename__ = "gym_counter"
    name: str = Field(primary_key=True, max_length=32)
    value: int


class MembershipRow(SQLModel, table=True):
    """A membership. ``freezes`` is JSON, pairs of days; ``bought`` is set for a pack.

    ``counted``, ``counted_check_ins`` (JSON, ids) and ``last_visit_at`` are derived from the visits and were told to
    the doors with the last change.
    """

    __tablename__ = "gym_membership"
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    member_id: UUID = Field(sa_type=Uuid16, index=True)
    plan_id: UUID = Field(sa_type=Uuid16, index=True)
    starts_on: date
    paid_through_on: date
    ends_on: date | None = None
    renews: bool
    freezes: str = Field(default="[]", sa_type=LongText)
    anchor_day: int | None = None
    bought: int | None = None
    counted: int = 0
    counted_check_ins: str = Field(default="[]", sa_type=LongText)
    last_visit_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sold_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class AttendanceRow(SQLModel, table=True):
    """One event at a door, never changed but for what the cloud adds: whose it is, and its flags.

    ``at`` is the effective time; ``local_on`` and ``local_hour`` are of the site's wall clock. A voucher's entry has no
    member until the voucher is known. ``flags`` and ``notices`` are JSON lists. Staff's own events have no device, and
    number 0. What ``is_held`` counts for nothing until a person has looked at it.
    """

    __tablename__ = "gym_attendance"
    __table_args__ = (
        Index("ix_gym_attendance_site_day", "site_id", "local_on", "at", "id"),
        Index("ix_gym_attendance_member", "member_id", "site_id", "at"),
        Index("ix_gym_attendance_device", "device_id", "lookup", "door_at"),
    )
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    site_id: UUID = Field(sa_type=Uuid16)
    device_id: UUID | None = Field(default=None, sa_type=Uuid16)
    number: int = Field(default=0, sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcDateTime)
    door_at: datetime = Field(sa_type=UtcDateTime)
    local_on: date
    local_hour: int
    kind: str = Field(max_length=16)
    direction: str = Field(max_length=8)
    outcome: str | None = Field(default=None, max_length=16)
    reason: str | None = Field(default=None, max_length=64)
    notices: str = Field(default="[]", sa_type=LongText)
    reopened: bool = False
    pass_kind: str | None = Field(default=None, max_length=16)
    lookup: bytes | None = Field(default=None, sa_type=Bytes16)
    code_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    voucher_id: bytes | None = Field(default=None, sa_type=Bytes8, index=True)
    member_id: UUID | None = Field(default=None, sa_type=Uuid16)
    membership_id: UUID | None = Field(default=None, sa_type=Uuid16)
    refers_to: UUID | None = Field(default=None, sa_type=Uuid16, index=True)
    flags: str = Field(default="[]", sa_type=LongText)
    is_held: bool = False
    note: str | None = Field(default=None, max_length=200)
    received_at: datetime = Field(sa_type=UtcDateTime)


class VisitRow(SQLModel, table=True):
    """A visit as derived last. ``id`` is the check-in that opened it.

    A visit that a later event took back stays with ``is_void``, so that its version goes on if it comes again.
    ``check_ins`` is JSON, the ids in their order.
    """

    __tablename__ = "gym_visit"
    __table_args__ = (
        Index("ix_gym_visit_site_day", "site_id", "local_on", "opened_at", "id"),
        Index("ix_gym_visit_member", "member_id", "site_id", "opened_at"),
        Index("ix_gym_visit_membership", "membership_id", "opened_at"),
    )
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    site_id: UUID = Field(sa_type=Uuid16)
    member_id: UUID = Field(sa_type=Uuid16)
    membership_id: UUID | None = Field(default=None, sa_type=Uuid16)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    local_on: date
    local_hour: int
    check_ins: str = Field(sa_type=LongText)
    is_void: bool = False
    version: int = 1


class VoucherRow(SQLModel, table=True):
    """Whose a voucher is and where and how long it is good, as ``qr`` told it. Site number 0 means every site."""

    __tablename__ = "gym_voucher"
    id: bytes = Field(primary_key=True, sa_type=Bytes8)
    member_id: UUID = Field(sa_type=Uuid16)
    membership_id: UUID | None = Field(default=None, sa_type=Uuid16)
    site_number: int
    last_valid_on: date


class NoteRow(SQLModel, table=True):
    """Something staff should know about a member; ``detail`` is JSON with ids and numbers only."""

    __tablename__ = "gym_note"
    __table_args__ = (Index("ix_gym_note_member", "member_id", "at"),)
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    member_id: UUID = Field(sa_type=Uuid16)
    at: datetime = Field(sa_type=UtcDateTime)
    code: str = Field(max_length=64)
    detail: str = Field(sa_type=LongText)


class PaidLineRow(SQLModel, table=True):
    """What became of a line of a paid order: done once, whatever is delivered again.

    ``outcome`` is ``given``, ``refused`` (staff have a note) or ``taken_back``; days, visits and ``lifted_end_on`` are
    what it gave.
    """

    __tablename__ = "gym_paid_line"
    order_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    number: int = Field(primary_key=True)
    membership_id: UUID = Field(sa_type=Uuid16)
    outcome: str = Field(max_length=16)
    days: int = 0
    visits: int | None = None
    lifted_end_on: date | None = None


class MachineRow(SQLModel, table=True):
    """A piece of equipment. ``reason`` is set for every status but in order; ``since_on`` is a day at the site."""

    __tablename__ = "gym_machine"
    __table_args__ = (Index("ix_gym_machine_name", "name", "id"), Index("ix_gym_machine_site", "site_id", "status"))
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    site_id: UUID = Field(sa_type=Uuid16)
    name: str = Field(max_length=120)
    category: str = Field(max_length=60)
    serial: str | None = Field(default=None, max_length=80)
    status: str = Field(max_length=16)
    reason: str | None = Field(default=None, max_length=500)
    since_on: date
    maintenance_every_days: int | None = None
    maintenance_due_on: date | None = Field(default=None, index=True)
    version: int = 1


class MachineFaultRow(SQLModel, table=True):
    """A fault of a machine. ``reported_by`` and ``resolved_by`` name accounts as the audit log does."""

    __tablename__ = "gym_machine_fault"
    __table_args__ = (Index("ix_gym_machine_fault", "machine_id", "reported_at"),)
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    machine_id: UUID = Field(sa_type=Uuid16)
    description: str = Field(max_length=500)
    reported_at: datetime = Field(sa_type=UtcDateTime)
    reported_by: str = Field(max_length=64)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    resolved_by: str | None = Field(default=None, max_length=64)
    resolution: str | None = Field(default=None, max_length=500)


class MachineMaintenanceRow(SQLModel, table=True):
    """Maintenance that was done; ``done_by`` as in MachineFaultRow."""

    __tablename__ = "gym_machine_maintenance"
    __table_args__ = (Index("ix_gym_machine_maintenance", "machine_id", "done_on"),)
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    machine_id: UUID = Field(sa_type=Uuid16)
    done_on: date
    done_by: str = Field(max_length=64)
    note: str | None = Field(default=None, max_length=500)


class MachineImageRow(SQLModel, table=True):
    """A picture of a machine, in three sizes under keys of the object store. ``place`` orders, from 0."""

    __tablename__ = "gym_machine_image"
    __table_args__ = (Index("ix_gym_machine_image", "machine_id", "place"),)
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    machine_id: UUID = Field(sa_type=Uuid16)
    place: int
    width: int
    height: int
    large_key: str = Field(max_length=128, index=True)
    medium_key: str = Field(max_length=128, index=True)
    small_key: str = Field(max_length=128, index=True)


class PhotoRow(SQLModel, table=True):
    """A member's photo in three sizes, each sealed under the member's content key. ``id`` is of this very picture."""

    __tablename__ = "gym_photo"
    member_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    id: UUID = Field(sa_type=Uuid16)
    content_type: str = Field(max_length=32)
    large_key: str = Field(max_length=128, index=True)
    medium_key: str = Field(max_length=128, index=True)
    small_key: str = Field(max_length=128, index=True)
    taken_at: datetime = Field(sa_type=UtcDateTime)


class ImportRow(SQLModel, table=True):
    """A file of members that moved in. ``started_by`` and ``undone_by`` name accounts as the audit log does."""

    __tablename__ = "gym_import"
    id: UUID = Field(primary_key=True, sa_type=Uuid16)
    file_name: str = Field(max_length=200)
    started_at: datetime = Field(sa_type=UtcDateTime, index=True)
    started_by: str = Field(max_length=64)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str | None = Field(default=None, max_length=64)


class ImportLineRow(SQLModel, table=True):
    """What became of a line of an import, so that a line that comes again makes nobody twice; nothing that it said.

    ``membership_id`` is what a member was made with; whatever else the member has came since.
    """

    __tablename__ = "gym_import_line"
    __table_args__ = (Index("ix_gym_import_line_outcome", "import_id", "outcome", "line"),)
    import_id: UUID = Field(primary_key=True, sa_type=Uuid16)
    line: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    outcome: str = Field(max_length=16)
    reason: str | None = Field(default=None, max_length=64)
    member_id: UUID | None = Field(default=None, sa_type=Uuid16)
    membership_id: UUID | None = Field(default=None, sa_type=Uuid16)
