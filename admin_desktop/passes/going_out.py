"""The passes of a member as a file: never what is printed on them."""

from collections.abc import Sequence

from admin_desktop.exporting.table import Export, Field
from admin_desktop.passes.reading import kind_word, pass_chip
from admin_desktop.shell.context import Context
from admin_desktop.widgets.pages import Page
from shared.contracts.qr import PassView


def pass_export(context: Context, name: str, passes: Sequence[PassView]) -> Export[PassView]:
    words, page = context.words, Page(list(passes), None)
    fields: list[Field[PassView]] = [
        Field(words("members.name"), lambda _: name),
        Field(words("export.kind_of"), lambda one: kind_word(one.kind, words)),
        Field(words("export.label"), lambda one: one.label or None),
        Field(words("export.state"), lambda one: pass_chip(one.status, words).text),
        Field(words("export.issued"), lambda one: one.issued_at),
        Field(words("export.revoked"), lambda one: one.revoked_at),
    ]
    return Export(f"{words('passes.room')}, {name}", fields, lambda _: page, context.sites.zone)
