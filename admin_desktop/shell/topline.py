"""The top line: the site at hand, search, undo, and whether the cloud answers; below it the banner while it does not."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout

from admin_desktop.shell.asking import Contact
from admin_desktop.shell.changing import changing, let
from admin_desktop.shell.context import Context, Sites
from admin_desktop.shell.words import Words
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.chips import Chip, ChipLabel, Tone
from admin_desktop.widgets.labels import IconLabel, label
from admin_desktop.widgets.picker import Picker
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK


class TopLine(QFrame):
    """The site at hand, what is done from every room, and whether the cloud answers."""

    def __init__(self, context: Context, find: Callable[[], object], check_in: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("role", "top")
        self.setFixedHeight(DESK.top)
        words, sites = context.words, context.sites
        row = QHBoxLayout(self)
        row.setContentsMargins(DESK.margin, 0, DESK.margin, 0)
        self.search = button(words("top.find"), kind="plain", icon=Icon.SEARCH)
        self.search.clicked.connect(lambda _=False: find())
        self.undo = button("", kind="quiet", icon=Icon.UNDO, name=words("do.undo"))
        changing(context, self.undo, "")
        let(self.undo, on=False)
        self.undo.clicked.connect(lambda _=False: context.toasts.undo_last())
        context.toasts.undo_changed.connect(self._show_undo)
        self.check_in = button(words("top.check_in"), icon=Icon.PLUS)
        self.check_in.setEnabled(context.me.may("attendance.change"))
        self.check_in.clicked.connect(lambda _=False: check_in())
        self.site = Picker()
        self.site.setAccessibleName(words("top.site"))
        self._list_sites(sites)
        sites.listed.connect(lambda: self._list_sites(sites))
        self.site.setSizeAdjustPolicy(Picker.SizeAdjustPolicy.AdjustToContents)
        self.site.activated.connect(lambda place: sites.choose(sites.all[place].id))
        row.addWidget(self.site)
        row.addStretch(1)
        row.addWidget(self.search)
        row.addWidget(self.undo)
        row.addWidget(self.check_in)
        self._words = words
        self.contact = ChipLabel(Chip(words("top.online"), Tone.GOOD, Icon.CLOUD))
        row.addWidget(self.contact)

    def _list_sites(self, sites: Sites) -> None:
        self.site.clear()
        self.site.addItems([site.name for site in sites.all])
        self.site.setCurrentIndex(sites.all.index(sites.current))

    def _show_undo(self, what: str) -> None:
        says = f"{self._words('do.undo')}: {what}" if what else self._words("do.undo")
        let(self.undo, on=bool(what), says=says)

    def show_contact(self, contact: Contact) -> None:
        if contact.online:
            self.contact.show_chip(Chip(self._words("top.online"), Tone.GOOD, Icon.CLOUD))
        else:
            self.contact.show_chip(Chip(self._words("top.offline"), Tone.CARE, Icon.CLOUD_OFF))


class Banner(QFrame):
    """Said while the cloud does not answer: since when, how old the page is, what waits. Tries again by itself."""

    _EVERY_MS = 10_000

    def __init__(self, words: Words, try_now: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        row = QHBoxLayout(self)
        row.setContentsMargins(DESK.margin, 8, DESK.margin, 8)
        row.addWidget(IconLabel(Icon.CLOUD_OFF, size=20, colour="notice"))
        self.text = label("", wrap=True)
        row.addWidget(self.text, 1)
        press = button(words("banner.try"))
        press.clicked.connect(lambda _=False: try_now())
        row.addWidget(press)
        self._words = words
        self._timer = QTimer(self, interval=self._EVERY_MS)
        self._timer.timeout.connect(try_now)
        self.hide()

    def show_contact(self, contact: Contact, context: Context) -> None:
        self.setVisible(not contact.online)
        if contact.online:
            self._timer.stop()
            return
        now, zone = context.clock.now(), context.sites.zone
        loaded = contact.loaded_at or contact.since
        self.text.setText(
            self._words(
                "banner.offline",
                since=self._words.moment(contact.since, zone=zone, now=now),
                loaded=self._words.moment(loaded, zone=zone, now=now),
            )
        )
        self._timer.start()
