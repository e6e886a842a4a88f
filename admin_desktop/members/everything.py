"""All that is known of one member, for the member: a ZIP with a page to read, the data as JSON, and the photo."""

import html
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtGui import QPageSize, QPdfWriter, QTextDocument

from admin_desktop.members.reading import full_name
from admin_desktop.members.timeline import Moment, Story, moments_of
from admin_desktop.shell.context import Context
from shared.client.errors import NotRecognised
from shared.contracts.base import Message
from shared.contracts.gym import EventQuery, MemberView
from shared.contracts.photos import PhotoSize
from shared.errors import Rejected

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Everything:
    """``lists`` by what they are, as the cloud told them; ``photo`` None where there is none."""

    member: MemberView
    story: Story
    lists: dict[str, list[dict[str, Any]]]
    photo: bytes | None


def fetch_everything(context: Context, member: MemberView) -> Everything:
    """Blocks. Medical notes are opened for it, each of which is written down."""
    staff, payments = context.desk.staff, context.desk.payments
    visits = _all(lambda after: staff.visits(EventQuery(member_id=member.id, limit=_PAGE, after=after)))
    events = _all(lambda after: staff.attendance(EventQuery(member_id=member.id, limit=_PAGE, after=after)))
    receipts = _all(lambda after: payments.receipts(member.id, after=after, limit=_PAGE))
    remarks = [each if each.text is not None else staff.open_remark(each) for each in staff.remarks(member.id)]
    passes, noticed, mails = staff.passes(member.id), staff.notes(member.id), staff.mails(member.id)
    family = staff.family(member.id)
    lists: dict[str, Sequence[Message]] = {
        "member": [member], "family": [family], "visits": visits, "door_events": events, "passes": passes,
        "receipts": receipts, "notes": remarks, "noticed": noticed, "mails": mails,
    }  # fmt: skip
    dumped = {name: [each.model_dump(mode="json") for each in items] for name, items in lists.items()}
    return Everything(member, Story(visits, receipts, passes, remarks, noticed), dumped, _photo(context, member))


def write_zip(path: Path, everything: Everything, context: Context) -> None:
    """Blocks. It appears whole or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    with TemporaryDirectory() as folder:
        page = Path(folder) / "page.pdf"
        _write_page(page, everything, context)
        draft = path.with_name(path.name + ".part")
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as file:
            file.write(page, context.words("members.all.page"))
            file.writestr("data.json", json.dumps(everything.lists, indent=2, ensure_ascii=False))
            if everything.photo is not None:
                file.writestr("photo.jpg", everything.photo)
        draft.replace(path)


def page_of(everything: Everything, context: Context) -> str:
    """The page to read, as HTML: what is known, then all that happened, newest first."""
    words, member = context.words, everything.member
    gym = context.desk.connection.gym_name
    facts = [
        (words("members.number_field"), member.number),
        (words("members.email"), member.email),
        (words("members.phone"), member.phone),
        (words("members.born"), None if member.born_on is None else words.date(member.born_on)),
        (words("members.home_field"), context.sites.name_of(member.home_site_id)),
    ]
    moments = moments_of(member, everything.story, context)
    today = words.date(context.today)
    return "".join(
        [
            f"<h1>{html.escape(full_name(member, words))}</h1>",
            f"<p>{html.escape(words('members.all.says', gym=gym, day=today))}</p>",
            _table([(name, value) for name, value in facts if value]),
            f"<h2>{html.escape(words('members.tab.timeline'))}</h2>",
            _table([_told(moment, context) for moment in moments]),
        ]
    )


def _told(moment: Moment, context: Context) -> tuple[str, str]:
    there = moment.at.astimezone(context.sites.zone)
    day = context.words.date(there.date())
    return day if moment.is_day else f"{day} {there:%H:%M}", " · ".join(filter(None, (moment.title, moment.second)))


def _table(rows: Sequence[tuple[str, str]]) -> str:
    lines = (f"<tr><td>{html.escape(left)}</td><td>{html.escape(right)}</td></tr>" for left, right in rows)
    return f'<table cellpadding="3">{"".join(lines)}</table>'


def _write_page(path: Path, everything: Everything, context: Context) -> None:
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setTitle(context.words("members.all.page"))
    writer.setCreator("FIT Monitor")
    document = QTextDocument()
    document.setHtml(page_of(everything, context))
    document.print_(writer)


def _photo(context: Context, member: MemberView) -> bytes | None:
    try:
        return context.desk.machines.photo(member.id, PhotoSize.LARGE)
    except (NotRecognised, Rejected):
        return None


def _all(fetch: Callable[[str | None], Any]) -> list[Any]:
    items: list[Message] = []
    after: str | None = None
    while True:
        page = fetch(after)
        items += page.items
        after = page.next
        if after is None:
            return items
