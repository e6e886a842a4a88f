"""What every change of a machine begins and ends with: the lock on its row, the version, the audit row, the event."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from cloud_api.common import audit
from cloud_api.common.outbox import publish
from cloud_api.common.principal import Principal
from cloud_api.gym.tables import MachineFaultRow, MachineRow
from shared.errors import Rejected

TOPIC = "machine"
_WORDS = frozenset({"reason", "description", "note"})
"""What people wrote in their own words: the audit log says that it changed."""


def get_machine(session: Session, machine_id: UUID) -> MachineRow:
    """For reading. Raises Rejected ``machine_unknown``."""
    row = session.get(MachineRow, machine_id)
    if row is None:
        raise Rejected("There is no such machine.", code="machine_unknown")
    return row


def lock_machine(session: Session, machine_id: UUID, *, version: int | None = None) -> MachineRow:
    """For changing: changes of one machine wait for one another. ``version`` is what the one who asks has seen.

    Raises:
        Rejected: ``machine_unknown``; ``machine_changed``: somebody was faster.
    """
    row = session.get(MachineRow, machine_id, with_for_update=True)
    if row is None:
        raise Rejected("There is no such machine.", code="machine_unknown")
    refuse_overtaken(row, version)
    return row


def refuse_overtaken(row: MachineRow, version: int | None) -> None:
    """Raises Rejected ``machine_changed``."""
    if version is not None and row.version != version:
        raise Rejected("Somebody has changed this machine meanwhile. Look at it again.", code="machine_changed")


def save(
    session: Session,
    row: MachineRow,
    what: str,
    *,
    by: Principal | str,
    before: Mapping[str, object],
    also: Mapping[str, object] | None = None,
) -> None:
    """Write a change that was made to a row since ``before`` (:func:`known_of`), and tell of it.

    ``also`` is what beside the row is now what it is, for the audit log.
    """
    row.version += 1
    session.add(row)
    session.flush()
    tell(session, row, what, by=by, before=before, also=also)


def tell(
    session: Session,
    row: MachineRow,
    what: str,
    *,
    by: Principal | str,
    before: Mapping[str, object],
    also: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        session,
        service="gym",
        actor=by,
        action=f"machine.{what}",
        subject=row.id,
        before=before,
        after={} if what == "removed" else {**known_of(row), **(also or {})},
        unsaid=_WORDS,
    )
    publish(session, topic=TOPIC, type=f"machine.{what}", key=row.id, payload=payload_of(session, row))


def known_of(row: MachineRow) -> dict[str, object]:
    """What may change, for telling which fields did."""
    return row.model_dump(exclude={"id", "version"})


def payload_of(session: Session, row: MachineRow) -> dict[str, Any]:
    """A machine's state. What people wrote in their own words stays here."""
    return {
        "machine_id": str(row.id),
        "site_id": str(row.site_id),
        "status": row.status,
        "since_on": str(row.since_on),
        "open_faults": count_open_faults(session, row.id),
        "maintenance_due_on": None if row.maintenance_due_on is None else str(row.maintenance_due_on),
        "version": row.version,
    }


def count_open_faults(session: Session, machine_id: UUID) -> int:
    is_open = (MachineFaultRow.machine_id == machine_id, col(MachineFaultRow.resolved_at).is_(None))
    return session.exec(select(func.count()).select_from(MachineFaultRow).where(*is_open)).one()
