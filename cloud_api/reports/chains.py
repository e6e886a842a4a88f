"""Whether the audit log's chains hold: a stretch of rows at a time, so that no answer takes long."""

from collections.abc import Iterator, Mapping

from sqlmodel import Session, col, func, select

from cloud_api.common.audit_chain import STRETCH, check_stretch
from cloud_api.common.tables import AuditHead, AuditRow
from shared.contracts.audit import AuditBreak, AuditState
from shared.errors import InvalidInput


def check(session: Session, *, after: str | None) -> AuditState:
    """Check the stretch behind ``after``; all chains of one answer after another when they are short.

    Raises:
        InvalidInput: ``after`` is none of ours.
    """
    sizes = _sizes(session)
    service, number = _place(after, sizes)
    breaks, left = [], STRETCH
    for name in [name for name in sizes if name >= service]:
        stretch = check_stretch(session, name, after=number, limit=left)
        if stretch.broken_at is not None:
            breaks.append(AuditBreak(service=name, number=stretch.broken_at))
        left -= stretch.checked - number
        if not stretch.is_last or left <= 0:
            checked = _before(sizes, name) + stretch.checked
            return AuditState(
                rows=sum(sizes.values()), checked=checked, breaks=breaks, next=f"{name}:{stretch.checked}"
            )
        number = 0
    return AuditState(rows=sum(sizes.values()), checked=sum(sizes.values()), breaks=breaks, next=None)


def _sizes(session: Session) -> dict[str, int]:
    """How many rows each chain has, by its end; also of one whose end was taken away."""
    sizes = dict.fromkeys(_services(session), 0)
    sizes |= {head.service: head.number for head in session.exec(select(AuditHead))}
    return dict(sorted(sizes.items()))


def _services(session: Session) -> Iterator[str]:
    """Whoever has a row, one after another: a DISTINCT would read them all."""
    service: str | None = ""
    while service is not None:
        later = col(AuditRow.service) > service
        service = session.exec(select(func.min(AuditRow.service)).where(later)).one()
        if service is not None:
            yield service


def _before(sizes: Mapping[str, int], service: str) -> int:
    return sum(size for name, size in sizes.items() if name < service)


def _place(after: str | None, sizes: Mapping[str, int]) -> tuple[str, int]:
    if after is None:
        return "", 0
    service, _, digits = after.partition(":")
    if not (digits.isascii() and digits.isdigit() and int(digits) <= sizes.get(service, -1)):
        raise InvalidInput("This is not where a check of the audit log went on.", field="after")
    return service, int(digits)
