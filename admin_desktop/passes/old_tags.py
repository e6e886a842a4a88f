"""A tag or card that a member carries already: scanned or typed in, it opens the door from now on."""

from collections.abc import Callable
from typing import ClassVar

from admin_desktop.members.reading import full_name
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.forms import ChoiceField, Form, TextField
from shared.contracts.gym import MemberView
from shared.contracts.qr import BarcodeRequest, PassView, Symbology
from shared.errors import InvalidInput
from shared.passtoken.tokens import parse

_NAMES = {
    Symbology.CODE_128: "Code 128",
    Symbology.CODE_39: "Code 39",
    Symbology.EAN_13: "EAN-13",
    Symbology.EAN_8: "EAN-8",
    Symbology.ITF: "ITF (2 of 5)",
    Symbology.CODABAR: "Codabar",
    Symbology.QR: "QR",
}


class OldTagSheet(FormSheet):
    """``done`` gets the pass. Adding a code that the member has already changes nothing."""

    FIELD_OF: ClassVar = {"code_taken": "text"}

    def __init__(self, context: Context, member: MemberView, done: Callable[[PassView], None]) -> None:
        words = context.words
        form = Form()
        self.code = _Code(context)
        form.add("text", self.code)
        kinds = list(_NAMES.items())
        form.add("symbology", ChoiceField(words("passes.symbology"), kinds, hint=words("passes.symbology_hint")))
        form.add("label", TextField(words("passes.tag.label"), hint=words("passes.tag_hint"), longest=80))
        title = words("passes.tag.title", name=full_name(member, words))
        super().__init__(context, title, form, do=words("passes.tag.add"))
        self._member, self._done = member, done
        self.code.line.returnPressed.connect(self.save)  # a hand reader ends with it

    def save(self) -> None:
        values = self.form.values()
        if values is None or self.is_busy:
            return
        staff, member, request = self._context.desk.staff, self._member, BarcodeRequest(**values)
        self.send(lambda: staff.add_barcode(member.id, request), self._done)


class _Code(TextField):
    def __init__(self, context: Context) -> None:
        words = context.words
        super().__init__(
            words("passes.tag.text"), hint=words("passes.tag.text_hint"), needed=words("passes.needed"), longest=512
        )
        self._ours = words("passes.tag.ours")
        self.value = self._old_code

    def _old_code(self) -> str:
        text = self._read()
        if parse(text) is not None:
            raise InvalidInput(self._ours)
        return text
