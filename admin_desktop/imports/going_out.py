"""All members as a file that moves in again, and the lines that could not be taken."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from admin_desktop.exporting.table import Export, Value
from admin_desktop.exporting.table import Field as Cell
from admin_desktop.imports.checking import Entry
from admin_desktop.imports.fields import Field
from admin_desktop.imports.table import Table
from admin_desktop.shell.words import Words
from admin_desktop.widgets.pages import Fetch, Page
from shared.contracts.gym import MembershipView, MemberView, SiteView

A_PAGE = 500


def members_export(
    words: Words, sites: Sequence[SiteView], fetch: Fetch[MemberView], *, zone: ZoneInfo
) -> Export[MemberView]:
    """Everything that an import takes in, but for old codes: only their fingerprints are kept.

    Of several memberships it is the one that lasts longest.
    """
    homes = {site.id: site for site in sites}
    told = _told(homes, words)
    cells = [Cell(words(f"imports.field.{field.value}"), value) for field, value in told.items()]
    return Export(words("imports.export.name"), cells, fetch, zone)


def _told(homes: Mapping[UUID, SiteView], words: Words) -> dict[Field, Callable[[MemberView], Value]]:
    def of_longest(value: Callable[[MembershipView], Value]) -> Callable[[MemberView], Value]:
        def told(member: MemberView) -> Value:
            held = longest(member)
            return None if held is None else value(held)

        return told

    return {
        Field.NUMBER: lambda member: member.number,
        Field.GIVEN: lambda member: member.given_name,
        Field.FAMILY: lambda member: member.family_name,
        Field.EMAIL: lambda member: member.email,
        Field.PHONE: lambda member: member.phone,
        Field.SITE: lambda member: homes[member.home_site_id].name if member.home_site_id in homes else None,
        Field.JOINED: lambda member: _joined_on(member, homes),
        Field.PLAN: of_longest(lambda held: held.plan_name),
        Field.STARTS: of_longest(lambda held: held.starts_on),
        Field.PAID: of_longest(lambda held: held.paid_through_on),
        Field.ENDS: of_longest(lambda held: held.ends_on),
        Field.VISITS: of_longest(lambda held: None if held.visits_left is None else max(0, held.visits_left)),
        Field.BLOCKED: lambda member: words("imports.yes" if member.blocked else "imports.no"),
    }


def longest(member: MemberView) -> MembershipView | None:
    """The membership whose paid days end last; of two, the newer one."""
    return max(member.memberships, key=lambda held: (_last_day(held), held.id), default=None)


def _last_day(held: MembershipView) -> date:
    return held.paid_through_on if held.ends_on is None else min(held.ends_on, held.paid_through_on)


def _joined_on(member: MemberView, homes: Mapping[UUID, SiteView]) -> date:
    home = homes.get(member.home_site_id)
    return (member.joined_at if home is None else member.joined_at.astimezone(ZoneInfo(home.zone))).date()


def errors_export(table: Table, entries: Sequence[Entry], words: Words, *, zone: ZoneInfo) -> Export[Entry]:
    """The lines as they were, with their place in the file and the reason."""
    cells: list[Cell[Entry]] = [
        Cell(words("imports.line"), lambda entry: entry.line.number),
        Cell(words("imports.reason"), lambda entry: words(f"imports.wrong.{entry.reason}")),
    ]
    cells += [Cell(heading, _cell(place)) for place, heading in enumerate(table.headings)]
    wrong = Page([entry for entry in entries if entry.reason not in ("", "left_out")], None)
    return Export(words("imports.errors.name", name=table.name), cells, lambda _: wrong, zone)


def _cell(place: int) -> Callable[[Entry], Value]:
    return lambda entry: entry.line.cells[place] if place < len(entry.line.cells) else None
