"""The sheet in which a site is opened."""

from collections.abc import Callable

from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.sites.editors import capacity_editor
from admin_desktop.widgets.forms import Field, Form, TextField
from admin_desktop.widgets.labels import label
from shared.contracts.gym import NewSite, SiteView


class SiteSheet(FormSheet):
    """``done`` gets the site as opened."""

    def __init__(self, context: Context, done: Callable[[SiteView], None]) -> None:
        words, form = context.words, Form()
        needed = words("sites.needed")
        form.add("name", TextField(words("sites.field.name"), needed=needed, longest=120))
        zone = TextField(
            words("sites.field.zone"), context.sites.current.zone, hint=words("sites.about.zone"), needed=needed
        )
        form.add("zone", zone)
        capacity = capacity_editor(words)
        form.add("capacity", Field(words("sites.field.capacity"), capacity, capacity.read))
        form.column.addWidget(label(words("sites.new.hint"), "muted", wrap=True))
        super().__init__(context, words("sites.new.title"), form, do=words("sites.open"))
        self._done = done

    def save(self) -> None:
        values, staff = self.form.values(), self._context.desk.staff
        if values is not None:
            self.send(lambda: staff.create_site(NewSite(id=self.id, **values)), self._done)

    def failed(self, error: Exception) -> None:
        super().failed(error)
        if isinstance(error, ValueError):  # the contract's: what is left to be wrong is the zone
            self.say("")
            self.form.complain("zone", self._context.words("sites.wrong_zone"))
