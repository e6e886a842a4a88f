"""Who is signed in at this desk. It may change while the page stays: colleagues take over by PIN."""

from PySide6.QtCore import QObject, Signal

from admin_desktop.desk import Me


class Who(QObject):
    """GUI thread. ``changed`` when another person, or other rights, count from now on."""

    changed = Signal()

    def __init__(self, me: Me) -> None:
        super().__init__()
        self.me = me

    def become(self, me: Me) -> None:
        self.me = me
        self.changed.emit()
