"""The role table on the screen: a line for each operation, a tick or a bar for each role."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from admin_desktop.shell.words import Words
from admin_desktop.staff.roles import AREAS, DESK_ROLES, Ability, abilities
from admin_desktop.widgets.labels import IconLabel, label
from admin_desktop.widgets.sheet import Sheet
from shared.desktop.drawings import Icon
from shared.domain.roles import Group

_MARK, _ROLE_WIDTH, _SHEET = 16, 72, 620


def operation_words(operation: str, words: Words) -> str:
    """What an operation is, as people say it; its name where nobody has found words yet."""
    key = f"staff.do.{operation}"
    return words(key) if words.knows(key) else operation


class RoleTable(QWidget):
    """What these roles may do; with headings above the ticks when there are several."""

    def __init__(self, words: Words, roles: Sequence[frozenset[Group]], *, headings: Sequence[str] = ()) -> None:
        super().__init__()
        self._words = words
        self.shown: dict[str, tuple[bool, ...]] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        for column, heading in enumerate(headings, start=1):
            grid.addWidget(label(heading, "head"), 0, column, Qt.AlignmentFlag.AlignHCenter)
            grid.setColumnMinimumWidth(column, _ROLE_WIDTH)
        by_area = abilities(roles)
        for area in AREAS:
            if area in by_area:
                self._add_area(grid, area, by_area[area])

    def _add_area(self, grid: QGridLayout, area: str, some: Sequence[Ability]) -> None:
        heading = label(self._words(f"staff.area.{area}"), "head")
        heading.setContentsMargins(0, 10, 0, 0)
        grid.addWidget(heading, grid.rowCount(), 0)
        for ability in some:
            row, said = grid.rowCount(), operation_words(ability.operation, self._words)
            grid.addWidget(label(said, wrap=True), row, 0)
            for column, allowed in enumerate(ability.allowed, start=1):
                grid.addWidget(self._mark(said, allowed=allowed), row, column, Qt.AlignmentFlag.AlignCenter)
            self.shown[ability.operation] = ability.allowed

    def _mark(self, said: str, *, allowed: bool) -> IconLabel:
        icon, colour = (Icon.TICK, "granted") if allowed else (Icon.BAR, "muted")
        mark = IconLabel(icon, size=_MARK, colour=colour)
        mark.setAccessibleName(f"{said}: {self._words('staff.yes' if allowed else 'staff.no')}")
        return mark


class RolesSheet(Sheet):
    """All roles beside one another."""

    def __init__(self, over: QWidget, words: Words) -> None:
        headings = [words(f"role.{role.value}") for role in DESK_ROLES]
        self.table = RoleTable(words, [frozenset({role}) for role in DESK_ROLES], headings=headings)
        super().__init__(over, words("staff.roles"), self.table, leave_text=words("do.close"), width=_SHEET)
        self.leave_button.setFocus()
