"""The rooms of the desk, who may enter which, and the shape that they share."""

from collections.abc import Callable
from dataclasses import dataclass
from pkgutil import resolve_name

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.shell.context import Context
from admin_desktop.widgets.labels import label
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK


class Room(QWidget):
    """A page: its title, what can be done at the top right, and a body. Subclasses fill ``acts`` and ``body``."""

    def __init__(self, context: Context, title: str) -> None:
        super().__init__()
        self.context = context
        column = QVBoxLayout(self)
        column.setContentsMargins(DESK.margin, DESK.margin, DESK.margin, DESK.margin)
        column.setSpacing(DESK.gap)
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(2)
        self.title = label(title, "title")
        self.sentence = label("", "muted")
        words.addWidget(self.title)
        words.addWidget(self.sentence)
        head.addLayout(words, 1)
        self.acts = QHBoxLayout()
        self.acts.setSpacing(8)
        self.acts.setAlignment(Qt.AlignmentFlag.AlignTop)
        head.addLayout(self.acts)
        column.addLayout(head)
        self.body = QVBoxLayout()
        self.body.setSpacing(DESK.gap)
        column.addLayout(self.body, 1)

    def entered(self) -> None:
        """The room is on the screen (again): load what may have changed, put the focus where work begins."""

    def go_to(self, thing: object) -> None:
        """Show one thing of this room."""

    def make_new(self) -> None:
        """What Ctrl+N does here; nothing where nothing can be made."""


@dataclass(frozen=True, slots=True)
class RoomSpec:
    """``operation`` is what one must be allowed to do to enter; ``words`` the key of the room's name.

    ``made_by`` is ``module:Class``, which is loaded when the room is first entered: nobody waits for twelve rooms to
    come in at one.
    """

    name: str
    words: str
    icon: Icon
    group: str
    operation: str
    made_by: str

    def load(self) -> Callable[[Context], Room]:
        """What makes the room. Takes time on first use, on any thread."""
        made_by: Callable[[Context], Room] = resolve_name(self.made_by)
        return made_by
