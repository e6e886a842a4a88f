"""Members: taking one in and changing what is known of one."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from cloud_api.common import audit, placement
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import new_id, transaction_time
from cloud_api.gym.families import check_guardian
from cloud_api.gym.lookups import get_living_member, get_site
from cloud_api.gym.outgoing import tell_member
from cloud_api.gym.placing import sealed_card, tell_doors
from cloud_api.gym.spans import keep_spans
from cloud_api.gym.tables import CounterRow, MemberRow
from cloud_api.gym.words import keep_words, order_of
from shared.contracts.gym import MemberChange, MemberDraft, NewMember
from shared.domain.member import public_name
from shared.errors import InvalidInput, Rejected

_FIRST_NUMBER = 1001
_OF_THE_GYM = {
    "home_site_id", "host_id", "guardian_id", "document_missing", "blocked_at", "blocked_until", "merged_into",
}  # fmt: skip
PERSONAL = frozenset(MemberRow.model_fields.keys() - _OF_THE_GYM)
"""What names a member, or was said of one: nowhere in the audit log but under the member's own key."""


def create_member(session: Session, keys: Keys, draft: NewMember, *, by: Principal | str) -> MemberRow:
    """Take a member in. Asked again with the id of a living member, it changes nothing and gives that one.

    Raises:
        Rejected: ``number_taken``; ``site_unknown``; ``member_erased`` for the id of a tombstone.
        InvalidInput: the host is not a living member.
    """
    member_id = draft.id or new_id(session)
    known = session.get(MemberRow, member_id)
    if known is not None:
        return get_living_member(session, member_id)
    row = MemberRow(
        id=member_id,
        number=draft.number or take_numbers(session, 1)[0],
        home_site_id=draft.home_site_id,
        joined_at=transaction_time(session),
    )
    content_key = placement.admit_member(session, keys, member_id)
    _check(session, row.id, draft)
    fill(row, draft)
    row.sealed = sealed_card(row, content_key)
    row.number_order = order_of(row.number or "")
    session.add(row)
    _flush_number(session, row)
    keep_words(session, [row], fresh=True)
    keep_spans(session, {row.id: []}, fresh=True)
    tell_doors(session, keys, row)
    _record(session, keys, row, "created", {}, by=by)
    tell_member(session, keys, row, "created")
    return row


def change_member(
    session: Session, keys: Keys, member_id: UUID, draft: MemberChange, *, by: Principal | str
) -> MemberRow:
    """Change what is known of a member. Without a number the old one stays. The same again changes nothing.

    Raises:
        Rejected: ``member_unknown``, ``member_erased``, ``number_taken``, ``site_unknown``; ``member_changed``: somebody
            was faster.
        InvalidInput: the host is not a living member.
    """
    row = get_living_member(session, member_id, lock=True)
    before = known_of(row)
    shown = public_name(row.given_name, row.family_name)
    _check(session, member_id, draft)
    fill(row, draft)
    row.number = draft.number or row.number
    if known_of(row) == before:
        return row
    if draft.version not in (None, row.version):
        raise Rejected("Somebody has changed this member meanwhile. Look at it again.", code="member_changed")
    row.version += 1
    row.number_order = order_of(row.number or "")
    _flush_number(session, row)  # before any query, which would flush it too
    keep_words(session, [row])
    if public_name(row.given_name, row.family_name) != shown:
        row.sealed = sealed_card(row, placement.get_content_key(session, keys, member_id))
    tell_doors(session, keys, row)
    _record(session, keys, row, "changed", before, by=by)
    tell_member(session, keys, row, "changed")
    return row


def fill(row: MemberRow, draft: MemberDraft) -> None:
    """Take over what is known of a member, but for the number."""
    row.given_name, row.family_name = draft.given_name, draft.family_name
    row.email, row.phone = draft.email, draft.phone
    row.home_site_id, row.host_id = draft.home_site_id, draft.host_id
    row.guardian_id, row.born_on = draft.guardian_id, draft.born_on
    row.document_missing = draft.document_missing


def take_numbers(session: Session, count: int, *, but: Collection[str] = ()) -> list[str]:
    """The next numbers nobody has, ``but`` for some. A counter: the number of a member who left is not given again."""
    counter = session.get(CounterRow, "member_number", with_for_update=True)
    counter = counter or CounterRow(name="member_number", value=_FIRST_NUMBER - 1)
    numbers: list[str] = []
    while len(numbers) < count:
        drawn = [str(counter.value + place) for place in range(1, 1 + count - len(numbers))]
        counter.value += len(drawn)
        taken = set(session.exec(select(MemberRow.number).where(col(MemberRow.number).in_(drawn))))
        numbers += [number for number in drawn if number not in taken and number not in but]
    session.add(counter)
    return numbers


def _check(session: Session, member_id: UUID, draft: MemberDraft) -> None:
    get_site(session, draft.home_site_id)
    if draft.host_id is not None and not _may_host(session, draft.host_id, guest_id=member_id):
        raise InvalidInput("The host must be another member of the gym.", field="host_id")
    check_guardian(session, member_id, draft.guardian_id)


def _may_host(session: Session, host_id: UUID, *, guest_id: UUID) -> bool:
    return host_id != guest_id and bool(placement.living_members(session, [host_id]))


def known_of(row: MemberRow) -> dict[str, object]:
    """What may change, for telling which fields did."""
    return row.model_dump(exclude={"id", "sealed", "number_order", "version", "joined_at", "last_visit_at"})


def _record(
    session: Session, keys: Keys, row: MemberRow, what: str, before: dict[str, object], *, by: Principal | str
) -> None:
    audit.record(
        session,
        service="gym",
        actor=by,
        action=f"member.{what}",
        subject=row.id,
        before=before,
        after=known_of(row),
        personal=audit.Personal(keys, row.id, PERSONAL),
    )


def _flush_number(session: Session, row: MemberRow) -> None:
    number = row.number  # nothing of a row can be read once its flush has failed
    try:
        session.flush()
    except IntegrityError as error:
        raise Rejected(f"Another member has the number {number}.", code="number_taken") from error
