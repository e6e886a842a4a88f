"""What the law gives a member: all that is known of them in a file, and to be forgotten, with a receipt."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from admin_desktop.members.everything import Everything, fetch_everything, write_zip
from admin_desktop.members.family import Changed
from admin_desktop.members.reading import full_name
from admin_desktop.payments.paper import save_pdf
from admin_desktop.payments.printing import RULE, PrintRow
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.forms import Form, TextField
from admin_desktop.widgets.labels import label
from shared.contracts.gym import MemberView
from shared.errors import InvalidInput

GOES = ("name", "photo", "passes", "notes", "mails")
STAYS = ("money", "visits", "audit")


def export_member(context: Context, member: MemberView) -> None:
    """Ask where, fetch everything, write it, and offer to open the folder."""
    path = choose_zip(context, f"member-{member.number or member.id}")
    if path is None:
        return
    words = context.words

    def work() -> None:
        everything: Everything = fetch_everything(context, member)
        write_zip(path, everything, context)

    def look() -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    def done(_: None) -> None:
        context.toasts.show(words("members.all.saved", name=path.name), action=words("payments.look"), then=look)

    def failed(error: Exception) -> None:
        if isinstance(error, OSError):
            context.toasts.show(words("payments.not_saved", name=path.name))
        else:
            context.show_failure(error, again=lambda: export_member(context, member))

    context.toasts.show(words("members.all.begun"))
    context.ask(work, done, failed=failed)


def choose_zip(context: Context, name: str) -> Path | None:
    """Where people want the file; None when they do not."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    title = context.words("members.all")
    chosen, _ = QFileDialog.getSaveFileName(context.stage, title, str(Path(folder) / f"{name}.zip"), "*.zip")
    return Path(chosen) if chosen else None


class EraseSheet(FormSheet):
    """Says what goes and what the law keeps; the name is typed, because nothing brings it back."""

    def __init__(self, context: Context, member: MemberView, done: Changed) -> None:
        words, form = context.words, Form()
        name = full_name(member, words)
        self.typed = TextField(words("members.erase.type", name=name))
        self.typed.value = self._agreed
        form.column.addWidget(label(words("members.erase.goes"), "name"))
        for each in GOES:
            form.column.addWidget(label(f"•  {words(f'members.erase.goes.{each}')}", wrap=True))
        form.column.addWidget(label(words("members.erase.stays"), "name"))
        for each in STAYS:
            form.column.addWidget(label(f"•  {words(f'members.erase.stays.{each}')}", wrap=True))
        form.add("name", self.typed)
        super().__init__(
            context, words("members.erase.title", name=name), form, do=words("members.erase.do"), kind="danger"
        )
        self._member, self._name, self._done = member, name, done

    def _agreed(self) -> str:
        if self.typed.line.text().strip().casefold() != self._name.casefold():
            raise InvalidInput(self._context.words("members.erase.other_name"))
        return self._name

    def save(self) -> None:
        if self.form.values() is None:
            return
        context, member, done = self._context, self._member, self._done
        staff = context.desk.staff

        def erased(now: MemberView) -> None:
            done(now, "members.erased_now")
            offer_receipt(context, member)

        self.send(lambda: staff.erase_member(member.id), erased)


def offer_receipt(context: Context, member: MemberView, save: Callable[..., None] = save_pdf) -> None:
    """A toast that stays until it is pressed or another comes: without a name on it, so that it may be kept."""
    words = context.words
    rows = receipt_rows(context, member)
    name = words("members.erase.receipt_file", number=member.number or str(member.id))
    context.toasts.show(
        words("members.erase.done"), action=words("members.erase.receipt"), then=lambda: save(context, name, rows)
    )


def receipt_rows(context: Context, member: MemberView) -> list[PrintRow]:
    """What was erased, when, by whom, and what is kept. It names no member but by what is left: the bare id."""
    words = context.words
    there = context.clock.now().astimezone(context.sites.zone)
    rows = [
        PrintRow(context.desk.connection.gym_name, look="title"),
        PrintRow(words("members.erase.receipt"), f"{words.date(there.date())} {there:%H:%M}", "strong"),
        PrintRow(words("members.erase.by", name=context.me.person.name), look="quiet"),
        PrintRow(words("members.erase.reference", id=str(member.id)), look="quiet"),
        RULE,
        PrintRow(words("members.erase.goes"), look="strong"),
    ]
    rows += [PrintRow(f"•  {words(f'members.erase.goes.{each}')}") for each in GOES]
    rows += [RULE, PrintRow(words("members.erase.stays"), look="strong")]
    rows += [PrintRow(f"•  {words(f'members.erase.stays.{each}')}") for each in STAYS]
    return rows
