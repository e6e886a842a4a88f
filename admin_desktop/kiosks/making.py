"""The sheet in which a kiosk is named, before its code is made."""

from collections.abc import Callable

from admin_desktop.kiosks.pairing import Pairing, read_code
from admin_desktop.kiosks.reading import where
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.forms import ChoiceField, Form, TextField
from shared.domain.device import Direction

_FIELDS = ("name", "site_id", "direction")


class KioskSheet(FormSheet):
    """``done`` gets the code with what it is for."""

    def __init__(self, context: Context, done: Callable[[Pairing], None]) -> None:
        words = context.words
        super().__init__(context, words("kiosks.new"), _form(context), do=words("kiosks.make_code"))
        self._done = done

    def save(self) -> None:
        values = self.form.values()
        if values is None:
            return
        staff, name, site_id, direction = self._context.desk.staff, *(values[each] for each in _FIELDS)
        place = where(site_id, direction, self._context)

        def work() -> Pairing:
            code = staff.create_device(site_id, name, direction=direction, device_id=self.id)
            return read_code(code, name, place)

        self.send(work, self._done)


def _form(context: Context) -> Form:
    words, form = context.words, Form()
    form.add("name", TextField(words("kiosks.name"), hint=words("kiosks.name_hint"), needed=words("kiosks.needed")))
    sites = [(site.id, site.name) for site in context.sites.all]
    form.add("site_id", ChoiceField(words("kiosks.site"), sites, context.sites.current.id))
    directions = [(each, words(f"kiosks.direction.{each.value}")) for each in Direction]
    form.add("direction", ChoiceField(words("kiosks.direction"), directions, Direction.ENTRY))
    return form
