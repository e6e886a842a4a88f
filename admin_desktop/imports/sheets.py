"""The sheets of a file: how it is read, and what names in it stand for."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from admin_desktop.imports.csv_files import DELIMITERS, ENCODINGS
from admin_desktop.imports.drafting import MOST_WORDS, Draft
from admin_desktop.imports.fields import Field
from admin_desktop.imports.mapping import Instead, PlanChoice, Reading, word
from admin_desktop.imports.reading import delimiter_words
from admin_desktop.imports.values import DayOrder
from admin_desktop.shell.context import Context
from admin_desktop.widgets.forms import ChoiceField, Form
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.sheet import Sheet
from shared.contracts.gym import PlanView
from shared.contracts.qr import Symbology


class ReadingSheet(Sheet):
    """``again`` gets another encoding and delimiter, ``done`` another reading."""

    def __init__(
        self, context: Context, draft: Draft, *, again: Callable[[str, str], None], done: Callable[[Reading], None]
    ) -> None:
        words = context.words
        self.form, self._draft, self._again, self._done = Form(), draft, again, done
        table, reading = draft.table, draft.reading
        if not table.is_workbook:
            encodings = [(name, name.upper()) for name in ENCODINGS]
            self._add("encoding", words("imports.encoding"), encodings, table.encoding, words("imports.encoding.hint"))
            delimiters = [(each, delimiter_words(each, words)) for each in DELIMITERS]
            self._add("delimiter", words("imports.delimiter"), delimiters, table.delimiter)
        orders = [(order, words(f"imports.days.{order.value}")) for order in DayOrder]
        hint = "" if draft.order_is_known else words("imports.days.unsure")
        self._add("order", words("imports.days"), orders, reading.order, hint)
        homes = [(site.id, site.name) for site in context.sites.all]
        self._add("home", words("imports.home"), homes, reading.home_site_id, words("imports.home.hint"))
        if Field.CODE in reading.columns:
            kinds = [(kind, words(f"imports.code.{kind.value}")) for kind in Symbology]
            self._add(
                "symbology", words("imports.symbology"), kinds, reading.symbology, words("imports.symbology.hint")
            )
        super().__init__(context.stage, words("imports.reading"), self.form, leave_text=words("do.cancel"))
        self.add_main(words("imports.read_again"), self.save)
        next(iter(self.form.fields.values())).editor.setFocus()

    def save(self) -> None:
        values = self.form.values() or {}
        table, reading = self._draft.table, self._draft.reading
        encoding, delimiter = values.get("encoding", ""), values.get("delimiter", "")
        self.close_it()
        if (encoding, delimiter) != (table.encoding, table.delimiter):
            self._again(encoding, delimiter)
            return
        symbology = values.get("symbology", reading.symbology)
        self._done(replace(reading, order=values["order"], home_site_id=values["home"], symbology=symbology))

    def _add(self, name: str, caption: str, choices: list[tuple[Any, str]], chosen: Any, hint: str = "") -> None:
        self.form.add(name, ChoiceField(caption, choices, chosen, hint=hint))


class NamesSheet(Sheet):
    """What the names of plans and sites in the file stand for. ``done`` gets both, by the names."""

    def __init__(
        self,
        context: Context,
        draft: Draft,
        plans: Mapping[UUID, PlanView],
        done: Callable[[dict[str, PlanChoice], dict[str, UUID | None]], None],
    ) -> None:
        words = context.words
        self.form, self._done = Form(), done
        self.plan_fields = self._fields(context, draft, plans)
        self.site_fields = self._site_fields(context, draft)
        super().__init__(context.stage, words("imports.names"), self.form, leave_text=words("do.cancel"))
        self.add_main(words("imports.names.take"), self.save)
        next(iter(self.form.fields.values())).editor.setFocus()

    def save(self) -> None:
        plans = {text: field.value() for text, field in self.plan_fields.items()}
        sites = {text: field.value() for text, field in self.site_fields.items()}
        self.close_it()
        self._done(plans, sites)

    def _fields(
        self, context: Context, draft: Draft, plans: Mapping[UUID, PlanView]
    ) -> dict[str, ChoiceField[PlanChoice]]:
        words, found = context.words, {}
        choices: list[tuple[PlanChoice, str]] = [(None, words("imports.plan.unknown"))]
        choices += [(plan.id, plan.name) for plan in plans.values()]
        choices += [(each, words(f"imports.plan.{each.value}")) for each in Instead]
        if draft.plan_words:
            self.form.column.addWidget(label(words("imports.names.plans"), "muted", wrap=True))
        for text, n in _unknown_first(draft.plan_words, draft.reading.plans):
            field = ChoiceField(
                words("imports.names.one", name=text, n=n), choices, draft.reading.plans.get(word(text))
            )
            found[text] = field
            self.form.add(f"plan {text}", field)
        return found

    def _site_fields(self, context: Context, draft: Draft) -> dict[str, ChoiceField[UUID | None]]:
        words, found = context.words, {}
        choices: list[tuple[UUID | None, str]] = [(None, words("imports.site.unknown"))]
        choices += [(site.id, site.name) for site in context.sites.all]
        if draft.site_words:
            self.form.column.addWidget(label(words("imports.names.sites"), "muted", wrap=True))
        for text, n in _unknown_first(draft.site_words, draft.reading.sites):
            field = ChoiceField(
                words("imports.names.one", name=text, n=n), choices, draft.reading.sites.get(word(text))
            )
            found[text] = field
            self.form.add(f"site {text}", field)
        return found


def _unknown_first(names: Counter[str], known: Mapping[str, object]) -> list[tuple[str, int]]:
    """The most frequent names, those that stand for nothing yet before the others."""
    return sorted(names.most_common(MOST_WORDS), key=lambda each: known.get(word(each[0])) is not None)
