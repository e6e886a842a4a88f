"""Finding members who may be one person: the same mail address, phone or name, however it was typed."""

from collections import defaultdict
from collections.abc import Iterator

from sqlmodel import Session, col, select

from cloud_api.gym.tables import MemberRow
from cloud_api.gym.words import fold
from shared.contracts.gym import MemberRef
from shared.contracts.merging import DuplicateList, Duplicates, Likeness

_MOST, _PHONE_DIGITS = 200, 8
_COLUMNS = ("id", "number", "given_name", "family_name", "email", "phone", "guardian_id")


def find_duplicates(session: Session) -> DuplicateList:
    """At most two hundred groups. A family that shares an address or a phone with its guardian is none."""
    known = select(*(col(getattr(MemberRow, name)) for name in _COLUMNS)).where(col(MemberRow.erased_at).is_(None))
    query = known.order_by(col(MemberRow.number_order), col(MemberRow.id))
    groups: dict[Likeness, defaultdict[str, list[MemberRef]]] = {each: defaultdict(list) for each in Likeness}
    for row in session.execute(query):
        who = MemberRef(id=row.id, number=row.number, name=f"{row.given_name} {row.family_name}".strip())
        for why, key in _keys(row):
            groups[why][key].append(who)
    return DuplicateList(items=list(_told(groups))[:_MOST])


def _keys(row: object) -> Iterator[tuple[Likeness, str]]:
    email, phone, guardian = (getattr(row, name) for name in ("email", "phone", "guardian_id"))
    if email and guardian is None:
        yield Likeness.MAIL, fold(email)
    digits = "".join(each for each in phone or "" if each.isdigit())[-_PHONE_DIGITS:]
    if len(digits) == _PHONE_DIGITS and guardian is None:
        yield Likeness.PHONE, digits
    words = sorted(fold(f"{getattr(row, 'given_name')} {getattr(row, 'family_name')}").split())  # noqa: B009
    if len(words) > 1:
        yield Likeness.NAME, " ".join(words)


def _told(groups: dict[Likeness, defaultdict[str, list[MemberRef]]]) -> Iterator[Duplicates]:
    """Each pair once, by the strongest likeness."""
    said: set[frozenset[object]] = set()
    for why in Likeness:
        for members in groups[why].values():
            ids = frozenset(each.id for each in members)
            if len(members) > 1 and ids not in said:
                said.add(ids)
                yield Duplicates(why=why, members=members)
