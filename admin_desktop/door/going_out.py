"""What happened at the doors as a file, as far back as the list goes."""

from collections.abc import Mapping
from uuid import UUID

from admin_desktop.door.reading import line_of, where_of, who_of
from admin_desktop.exporting.table import Export, Field
from admin_desktop.shell.context import Context
from admin_desktop.widgets.pages import Fetch
from shared.contracts.gym import AttendanceView


def entry_export(context: Context, fetch: Fetch[AttendanceView], devices: Mapping[UUID, str]) -> Export[AttendanceView]:
    """As the list is filtered."""
    words = context.words
    fields: list[Field[AttendanceView]] = [
        Field(words("door.at"), lambda event: event.at),
        Field(words("door.who"), lambda event: who_of(event, words)),
        Field(words("members.number_field"), lambda event: None if event.member is None else event.member.number),
        Field(words("door.said"), lambda event: line_of(event, words).title),
        Field(words("export.reason"), lambda event: line_of(event, words).detail),
        Field(words("door.where"), lambda event: where_of(event, devices, words)),
        Field(words("export.note"), lambda event: event.note),
        Field(words("export.site"), lambda event: context.sites.name_of(event.site_id)),
    ]
    return Export(words("door.room"), fields, fetch, context.sites.zone)
