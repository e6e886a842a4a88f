"""The lines of a site's pages: a rule with its meaning and its usual value, or a fact."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtWidgets import QVBoxLayout, QWidget

from admin_desktop.shell.context import Context
from admin_desktop.sites.editors import Editor, TextEditor, capacity_editor, rule_editor
from admin_desktop.sites.hours import ClosingsEditor, WeekEditor
from admin_desktop.sites.lines import Line
from admin_desktop.sites.rules import default_of, in_words
from admin_desktop.widgets.labels import bare


def rule_line(context: Context, name: str) -> Line:
    words = context.words
    usual = words("sites.usual", value=in_words(name, default_of(name), words))
    return Line(words(f"sites.field.{name}"), f"{words(f'sites.about.{name}')} {usual}", rule_editor(name, words))


def fact_lines(context: Context) -> dict[str, Line]:
    words = context.words

    def line(name: str, editor: Editor) -> Line:
        return Line(words(f"sites.field.{name}"), words(f"sites.about.{name}"), editor)

    def today() -> date:
        return context.today

    return {
        "name": line("name", TextEditor(words("sites.field.name"), longest=120)),
        "zone": line("zone", TextEditor(words("sites.field.zone"), longest=64)),
        "capacity": line("capacity", capacity_editor(words)),
        "hours": Line(words("sites.hours"), words("sites.hours.about"), WeekEditor(words), below=True),
        "exceptions": Line(
            words("sites.closings"), words("sites.closings.about"), ClosingsEditor(words, today), below=True
        ),
    }


def page_of(lines: Sequence[Line]) -> QWidget:
    body = QWidget()
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 8, 0)
    column.setSpacing(4)
    for line in lines:
        column.addWidget(line)
    column.addStretch(1)
    return bare(body)
