"""The sheet in which a site is opened."""

from collections.abc import Callable

from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.sites.editors import capacity_editor
from admin_desktop.widgets.forms import Field, Form, TextField
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.sheet import Sheet
from shared.contracts.gym import NewSite, SiteView
from shared.domain.ids import uuid7


class SiteSheet(Sheet):
    """``done`` gets the site as opened."""

    def __init__(self, context: Context, done: Callable[[SiteView], None]) -> None:
        words, self.form = context.words, Form()
        needed = words("sites.needed")
        self.form.add("name", TextField(words("sites.field.name"), needed=needed, longest=120))
        zone = TextField(
            words("sites.field.zone"), context.sites.current.zone, hint=words("sites.about.zone"), needed=needed
        )
        self.form.add("zone", zone)
        capacity = capacity_editor(words)
        self.form.add("capacity", Field(words("sites.field.capacity"), capacity, capacity.read))
        self.form.column.addWidget(label(words("sites.new.hint"), "muted", wrap=True))
        super().__init__(context.stage, words("sites.new.title"), self.form, leave_text=words("do.cancel"))
        self._context, self._done = context, done
        self._id = uuid7(int(context.clock.now().timestamp() * 1000))
        self.add_main(words("sites.open"), self.save)
        self.form.fields["name"].editor.setFocus()

    def save(self) -> None:
        values, staff = self.form.values(), self._context.desk.staff
        if values is None:
            return
        self.say("")
        self.work(busy=True)
        self._context.ask(lambda: staff.create_site(NewSite(id=self._id, **values)), self._made, failed=self._failed)

    def _made(self, site: SiteView) -> None:
        self.close_it()
        self._done(site)

    def _failed(self, error: Exception) -> None:
        self.work(busy=False)
        if isinstance(error, ValueError):  # the contract's: what is left to be wrong is the zone
            self.form.complain("zone", self._context.words("sites.wrong_zone"))
            return
        failure = explain(error, self._context.words)
        self.say(f"{failure.title} {failure.detail}")
