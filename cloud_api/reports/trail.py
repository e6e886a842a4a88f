"""Reading the audit log of all services: a page at a time, the values of living members opened."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from cloud_api.common import placement
from cloud_api.common.audit import open_values
from cloud_api.common.audit_chain import noun_of
from cloud_api.common.keys import Keys
from cloud_api.common.paging import beyond, cut
from cloud_api.common.tables import AuditRow
from shared.contracts.audit import AuditEntry, AuditPage, AuditQuery

_ORDER = (col(AuditRow.at), col(AuditRow.service), col(AuditRow.number))


def read_page(session: Session, keys: Keys, wanted: AuditQuery) -> AuditPage:
    """Newest first. Raises InvalidInput for a cursor that is none of ours."""
    rows, following = cut(
        session.exec(query_of(wanted)).all(), wanted.limit, lambda row: (row.at, row.service, row.number)
    )
    content_keys = _content_keys(session, keys, rows)
    return AuditPage(items=[_entry(row, content_keys) for row in rows], next=following)


def query_of(wanted: AuditQuery) -> SelectOfScalar[AuditRow]:
    """The rows of a page and one more. Every filter has an index that ends in the order of the list."""
    newest_first = [column.desc() for column in _ORDER]
    return select(AuditRow).where(*_bounds(wanted)).order_by(*newest_first).limit(wanted.limit + 1)


def _bounds(wanted: AuditQuery) -> list[ColumnElement[bool]]:
    bounds: list[ColumnElement[bool]] = []
    if wanted.actor is not None:
        bounds.append(col(AuditRow.actor) == wanted.actor)
    if wanted.actions:
        bounds += _of_actions(wanted.actions)
    if wanted.about:
        bounds.append(_about(wanted.about))
    if wanted.since is not None:
        bounds.append(col(AuditRow.at) >= wanted.since)
    if wanted.until is not None:
        bounds.append(col(AuditRow.at) < wanted.until)
    if wanted.after is not None:
        bounds.append(beyond(_ORDER, wanted.after, (datetime, str, int), descending=True))
    return bounds


def _of_actions(actions: Sequence[str]) -> list[ColumnElement[bool]]:
    """The noun first, which has an index."""
    whole = {action for action in actions if "." not in action}
    single = set(actions) - whole
    nouns = col(AuditRow.noun).in_({noun_of(action) for action in actions})
    return [nouns, or_(col(AuditRow.noun).in_(whole), col(AuditRow.action).in_(single))] if single else [nouns]


def _about(ids: Sequence[str]) -> ColumnElement[bool]:
    members = [member_id for text in ids if (member_id := _uuid(text)) is not None]
    subjects = col(AuditRow.subject).in_(ids)
    return or_(subjects, col(AuditRow.member_id).in_(members)) if members else subjects


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _content_keys(session: Session, keys: Keys, rows: Sequence[AuditRow]) -> dict[UUID, bytes]:
    wanted = {row.member_id for row in rows if row.sealed is not None and row.member_id is not None}
    living = placement.living_members(session, wanted) if wanted else set()
    return placement.get_content_keys(session, keys, living) if living else {}


def _entry(row: AuditRow, content_keys: Mapping[UUID, bytes]) -> AuditEntry:
    before, after, erased = _values(row, content_keys)
    return AuditEntry(
        service=row.service,
        number=row.number,
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        member_id=row.member_id,
        device=row.device,
        desk=row.desk,
        fields=json.loads(row.fields),
        before=before,
        after=after,
        erased=erased,
    )


def _values(
    row: AuditRow, content_keys: Mapping[UUID, bytes]
) -> tuple[dict[str, Any] | None, dict[str, Any] | None, list[str]]:
    """Before, after, and the names of fields whose values are gone with their member."""
    if row.before is None or row.after is None:
        return None, None, []
    before, after = json.loads(row.before), json.loads(row.after)
    if row.sealed is None:
        return before, after, []
    key = None if row.member_id is None else content_keys.get(row.member_id)
    if key is None:
        return before, after, [name for name in json.loads(row.fields) if name not in before | after]
    personal = open_values(row, key)
    return {**before, **personal["before"]}, {**after, **personal["after"]}, []
