"""The three facts of a site that have to be right from the first day: its name, its clock, and how many it holds."""

from collections.abc import Callable

from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.sites.editors import capacity_editor
from admin_desktop.widgets.forms import Field, Form, TextField
from shared.contracts.gym import SiteChange, SiteView


class SiteFactsSheet(FormSheet):
    """``done`` gets the site as it is then. Everything else about it stays."""

    def __init__(self, context: Context, site: SiteView, done: Callable[[SiteView], None]) -> None:
        words, form = context.words, Form()
        needed = words("sites.needed")
        form.add("name", TextField(words("sites.field.name"), site.name, needed=needed, longest=120))
        hint = words("sites.about.zone")
        form.add("zone", TextField(words("sites.field.zone"), site.zone, hint=hint, needed=needed))
        capacity = capacity_editor(words)
        capacity.show_value(site.capacity)
        form.add("capacity", Field(words("sites.field.capacity"), capacity, capacity.read))
        super().__init__(context, words("first.site"), form, do=words("do.save"))
        self._site, self._done = site, done

    def save(self) -> None:
        values, staff, site = self.form.values(), self._context.desk.staff, self._site
        if values is not None:
            self.send(lambda: staff.change_site(site.id, _changed(site, values)), self._done)

    def failed(self, error: Exception) -> None:
        super().failed(error)
        if isinstance(error, ValueError):  # the contract's: what is left to be wrong is the zone
            self.say("")
            self.form.complain("zone", self._context.words("sites.wrong_zone"))


def _changed(site: SiteView, values: dict[str, object]) -> SiteChange:
    kept = {name: getattr(site, name) for name in SiteChange.model_fields}
    return SiteChange.model_validate({**kept, **values}, from_attributes=True)
