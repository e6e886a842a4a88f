"""The sheet in which a kiosk is named, before its code is made."""

from collections.abc import Callable

from admin_desktop.kiosks.pairing import Pairing, read_code
from admin_desktop.kiosks.reading import where
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.widgets.forms import ChoiceField, Form, TextField
from admin_desktop.widgets.sheet import Sheet
from shared.domain.device import Direction
from shared.domain.ids import uuid7

_FIELDS = ("name", "site_id", "direction")


class KioskSheet(Sheet):
    """``done`` gets the code with what it is for."""

    def __init__(self, context: Context, done: Callable[[Pairing], None]) -> None:
        words = context.words
        self.form = _form(context)
        super().__init__(context.stage, words("kiosks.new"), self.form, leave_text=words("do.cancel"))
        self._context, self._done = context, done
        self._id = uuid7(int(context.clock.now().timestamp() * 1000))
        self.add_main(words("kiosks.make_code"), self.save)
        self.form.fields["name"].editor.setFocus()

    def save(self) -> None:
        values = self.form.values()
        if values is None:
            return
        self.say("")
        self.work(busy=True)
        staff, name, site_id, direction = self._context.desk.staff, *(values[each] for each in _FIELDS)
        place = where(site_id, direction, self._context)

        def work() -> Pairing:
            code = staff.create_device(site_id, name, direction=direction, device_id=self._id)
            return read_code(code, name, place)

        self._context.ask(work, self._made, failed=self._failed)

    def _made(self, pairing: Pairing) -> None:
        self.close_it()
        self._done(pairing)

    def _failed(self, error: Exception) -> None:
        self.work(busy=False)
        failure = explain(error, self._context.words)
        self.say(f"{failure.title} {failure.detail}")


def _form(context: Context) -> Form:
    words, form = context.words, Form()
    form.add("name", TextField(words("kiosks.name"), hint=words("kiosks.name_hint"), needed=words("kiosks.needed")))
    sites = [(site.id, site.name) for site in context.sites.all]
    form.add("site_id", ChoiceField(words("kiosks.site"), sites, context.sites.current.id))
    directions = [(each, words(f"kiosks.direction.{each.value}")) for each in Direction]
    form.add("direction", ChoiceField(words("kiosks.direction"), directions, Direction.ENTRY))
    return form
