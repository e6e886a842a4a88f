"""One site with all its rules as lines; what was changed is sent as one, or thrown away."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtWidgets import QFrame, QHBoxLayout, QTabBar, QVBoxLayout

from admin_desktop.coming.notice import ComingNotice
from admin_desktop.coming.sheet import FromDaySheet
from admin_desktop.shell.changing import AwayNote, changing, let
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.sites.coming import will_be
from admin_desktop.sites.lines import Line
from admin_desktop.sites.pages import PAGES, LinePages, page_of
from admin_desktop.sites.rules import Values, change_of, values_of
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.chips import Chip, ChipLabel, Tone
from admin_desktop.widgets.labels import label
from shared.contracts.gym import SiteView
from shared.contracts.planned import PlannedChange, PlannedSite
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK
from shared.errors import Rejected


class SiteEditor(QFrame):
    """Shows one site. ``saved`` gets it as it is after a change, and how to take that back.

    ``planned`` is to ask what is to come: a change was planned for a day, or withdrawn, or the editor has come to a site.
    """

    def __init__(
        self, context: Context, saved: Callable[[SiteView, Callable[[], None]], None], *, planned: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._context, self._saved, self._planned = context, saved, planned
        self.site: SiteView | None = None
        words = context.words
        self._awaiting: SiteView | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(DESK.padding, DESK.padding, DESK.padding, DESK.padding)
        column.setSpacing(12)
        self.title = label("", "card")
        self.chip = ChipLabel(Chip(words("sites.saved"), Tone.GOOD, Icon.TICK))
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.chip)
        column.addLayout(head)
        self.coming = ComingNotice(
            context, lambda change: will_be(change.facts, words), operation="site.change", withdrawn=planned
        )
        column.addWidget(self.coming)
        self.tabs, self._pages = QTabBar(), LinePages(context)
        self._pages.ready.connect(self._lines_made)
        self._pages.changed.connect(self._show_state)
        self.tabs.setAccessibleName(words("sites.room"))
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        for name in PAGES:
            self.tabs.addTab(words(f"sites.tab.{name}"))
        self.tabs.currentChanged.connect(self._pages.setCurrentIndex)
        column.addWidget(self.tabs)
        column.addWidget(self._pages, 1)
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)
        self.discard_button = button(words("sites.discard"))
        self.discard_button.clicked.connect(self.discard)
        self.later_button = button(words("coming.later"))
        self.later_button.clicked.connect(self.plan_it)
        changing(context, self.later_button, "site.change")
        self.send_button = button(words("sites.save"), kind="main")
        self.send_button.clicked.connect(self.send)
        away = AwayNote(context)
        column.addWidget(away)
        away.look()
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.discard_button)
        foot.addWidget(self.later_button)
        foot.addWidget(self.send_button)
        column.addLayout(foot)

    @property
    def lines(self) -> Mapping[str, Line]:
        return self._pages.lines

    @property
    def changes(self) -> int:
        return sum(line.is_changed for line in self.lines.values())

    def show_site(self, site: SiteView) -> None:
        """Show a site; the same one again keeps what was changed here and not sent."""
        if not self._pages.is_ready:
            self._awaiting = site
            return
        same = self.site is not None and self.site.id == site.id
        self.site = site
        for name, value in values_of(site).items():
            if same:
                self.lines[name].merge(value)
            else:
                self.lines[name].show_saved(value)
        self.title.setText(site.name)
        self._show_state()

    def _lines_made(self) -> None:
        if self._awaiting is not None:
            self.show_site(self._awaiting)
            self._planned()

    def discard(self) -> None:
        """Back to what the cloud has."""
        if self.site is not None:
            self._say("")
            for name, value in values_of(self.site).items():
                self.lines[name].show_saved(value)
            self._show_state()

    def show_kiosks(self, count: int) -> None:
        words = self._context.words
        key = {0: "sites.save", 1: "sites.send.one"}.get(count, "sites.send")
        self.send_button.setText(words(key, n=count))

    def send(self) -> None:
        site = self.site
        if site is None or not self.changes or not self._is_right():
            return
        before, values = values_of(site), {name: line.value() for name, line in self.lines.items()}
        self._busy(busy=True)

        def done(changed: SiteView) -> None:
            self._busy(busy=False)
            self.site = changed
            self.discard()
            self._saved(changed, lambda: self._ask(changed, before, self._taken_back))

        self._ask(site, values, done)

    def plan_it(self) -> None:
        """Have what was changed hold from a day on."""
        site = self.site
        if site is None or not self.changes or not self._is_right():
            return
        values, staff = {name: line.value() for name, line in self.lines.items()}, self._context.desk.staff

        def ask(from_on: date) -> PlannedChange:
            draft = change_of(values, version=site.version, today=from_on)
            return staff.plan_for_site(site.id, PlannedSite(from_on=from_on, site=draft, version=site.version))

        def done(change: PlannedChange) -> None:
            self.discard()
            self._planned()
            day, words = change.from_on, self._context.words
            self._context.toasts.show(words("coming.planned", day=day, year=str(day.year)))

        FromDaySheet(self._context, site.name, ask, done)

    def show_planned(self, changes: Sequence[PlannedChange]) -> None:
        """What is to come, of whatever site."""
        shown = None if self.site is None else self.site.id
        self.coming.show_change(next((change for change in changes if change.thing_id == shown), None))

    def _ask(self, site: SiteView, values: Values, done: Callable[[SiteView], None]) -> None:
        context, staff = self._context, self._context.desk.staff
        today = context.today

        def work() -> SiteView:
            return staff.change_site(site.id, change_of(values, version=site.version, today=today))

        context.ask(work, done, failed=self._failed)

    def _taken_back(self, site: SiteView) -> None:
        self.show_site(site)
        self._saved(site, lambda: None)

    def _failed(self, error: Exception) -> None:
        self._busy(busy=False)
        words = self._context.words
        if isinstance(error, ValueError) and not isinstance(error, Rejected):
            self._point_at("zone", words("sites.wrong_zone"))
        elif isinstance(error, Rejected) and error.code == "site_changed":
            self._merge()
        else:
            failure = explain(error, words)
            self._say(f"{failure.title} {failure.detail}")

    def _merge(self) -> None:
        """Somebody was faster: show theirs beside what was changed here."""
        site, staff = self.site, self._context.desk.staff
        if site is None:
            return

        def shown(sites: list[SiteView]) -> None:
            found = next((each for each in sites if each.id == site.id), None)
            if found is not None:
                self.show_site(found)
                self._say(self._context.words("sites.merged"))

        self._context.ask(staff.sites, shown)

    def _is_right(self) -> bool:
        """What can be seen to be wrong before asking."""
        words, lines = self._context.words, self.lines
        self._say("")
        for name in ("name", "zone"):
            if not lines[name].value():
                self._point_at(name, words("sites.needed"))
                return False
        if lines["roster_soft_after_s"].value() > lines["roster_hard_after_s"].value():
            self._point_at("roster_soft_after_s", words("sites.wrong_order"))
            return False
        return True

    def _point_at(self, name: str, sentence: str) -> None:
        self.tabs.setCurrentIndex(page_of(name))
        self.lines[name].complain(sentence)
        self.lines[name].editor.setFocus()

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _busy(self, *, busy: bool) -> None:
        ready = not busy and self.changes > 0
        self.send_button.setEnabled(ready)  # also while the cloud is away: pressing tries again
        self.discard_button.setEnabled(ready)
        let(self.later_button, on=ready)

    def _show_state(self) -> None:
        words, count = self._context.words, self.changes
        if count:
            self.chip.show_chip(Chip(words("sites.changes", n=count), Tone.CARE, Icon.EDIT))
        else:
            self.chip.show_chip(Chip(words("sites.saved"), Tone.GOOD, Icon.TICK))
        self._busy(busy=False)
