"""Sites: opening one, changing its hours, limits and door policies."""

from datetime import date
from uuid import UUID

from sqlmodel import Session, col, func, select

from cloud_api.common import audit, roster
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import new_id, touch
from cloud_api.gym.lookups import get_site
from cloud_api.gym.outgoing import CROWD, tell_site
from cloud_api.gym.placing import tell_new_site
from cloud_api.gym.tables import SiteRow
from shared.contracts.gym import NewSite, SiteChange, SiteDraft, WindowDraft
from shared.contracts.roster import RowKind, SiteBody
from shared.errors import InvalidInput, Rejected

_MAX_NUMBER = 65535


def open_site(session: Session, *, keys: Keys, name: str, zone: str, actor: Principal | str) -> UUID:
    """Open a site that never closes, with the default policies; returns its id.

    Raises:
        InvalidInput: the zone is unknown or the name empty.
    """
    try:
        draft = SiteDraft(name=name, zone=zone)
    except ValueError as error:
        raise InvalidInput(
            f"A site needs a name and a time zone such as Europe/Copenhagen, not {name!r}, {zone!r}."
        ) from error
    return create_site(session, keys, draft, by=actor).id


def create_site(session: Session, keys: Keys, draft: SiteDraft, *, by: Principal | str) -> SiteRow:
    """Open a site. Members whose plans are good everywhere are known there from the start.

    Nobody sells or changes anything for all sites meanwhile, and no other site is opened (``roster.open_site``). Asked
    again with the id of a site, it changes nothing and gives that one.
    """
    wanted = draft.id if isinstance(draft, NewSite) else None
    known = None if wanted is None else session.get(SiteRow, wanted)
    if known is not None:
        return known
    site_id = wanted or new_id(session)
    roster.open_site(session, site_id)
    number = 1 + (session.exec(select(func.max(col(SiteRow.number)))).one() or 0)
    if number > _MAX_NUMBER:
        raise Rejected("There is no site number left.", code="sites_full")
    row = SiteRow(id=site_id, number=number, body=body_of(draft, site_id, keys.gym_number, number))
    session.add(row)
    roster.put(session, site_id=site_id, kind=RowKind.SITE, key=str(site_id), body=row.body)
    tell_new_site(session, keys, site_id)
    audit.record(
        session, service="gym", actor=by, action="site.opened", subject=site_id, after=draft.model_dump(exclude={"id"})
    )
    tell_site(session, row, "opened")
    return row


def change_site(session: Session, site_id: UUID, draft: SiteDraft, *, by: Principal | str) -> SiteRow:
    """Change everything but the number. The same again changes nothing.

    Raises:
        Rejected: ``site_unknown``; ``site_changed``: somebody was faster.
    """
    row = get_site(session, site_id, lock=True)
    before = SiteBody.model_validate_json(row.body)
    body = body_of(draft, site_id, before.gym_number, before.number)
    if body == row.body:
        return row
    if isinstance(draft, SiteChange) and draft.version not in (None, row.version):
        raise Rejected("Somebody has changed this site meanwhile. Look at it again.", code="site_changed")
    row.body = body
    row.version += 1
    session.add(row)
    roster.put(session, site_id=site_id, kind=RowKind.SITE, key=str(site_id), body=row.body)
    after = SiteBody.model_validate_json(row.body).model_dump()
    audit.record(
        session,
        service="gym",
        actor=by,
        action="site.changed",
        subject=site_id,
        before=before.model_dump(),
        after=after,
    )
    tell_site(session, row, "changed")
    touch(session, CROWD, site_id)
    return row


def body_of(draft: SiteDraft, site_id: UUID, gym_number: int, number: int) -> str:
    """A draft as the JSON text of a SiteBody."""
    exceptions = {day: _on_that_day(day, windows) for day, windows in draft.exceptions.items()}
    facts = {**draft.model_dump(exclude={"id"}), "exceptions": exceptions}
    body = SiteBody(id=site_id, gym_number=gym_number, number=number, **facts)
    return SiteBody.from_domain(body.to_domain()).model_dump_json()


def _on_that_day(day: date, windows: list[WindowDraft]) -> list[dict[str, int]]:
    """An exception's windows are those of its day, whatever weekday was sent with them."""
    return [{"weekday": day.weekday(), "opens": window.opens, "closes": window.closes} for window in windows]
