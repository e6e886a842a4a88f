"""The list of accounts as a file."""

from admin_desktop.exporting.table import Export, Field
from admin_desktop.shell.context import Context
from admin_desktop.staff.reading import role_chip, state_chip
from admin_desktop.widgets.pages import Fetch
from shared.contracts.identity import Person


def person_export(context: Context, fetch: Fetch[Person]) -> Export[Person]:
    """As the list is searched."""
    words = context.words
    fields: list[Field[Person]] = [
        Field(words("staff.name"), lambda person: person.name),
        Field(words("members.email"), lambda person: person.email),
        Field(words("staff.role"), lambda person: role_chip(person, words).text),
        Field(words("staff.state"), lambda person: state_chip(person, words).text),
        Field(words("export.since"), lambda person: person.created_at),
    ]
    return Export(words("staff.room"), fields, fetch, context.sites.zone)
