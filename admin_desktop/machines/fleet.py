"""The machines of a site as the cloud tells them, and their pictures."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from admin_desktop.shell.context import Context
from shared.client.machines import MachineCloud
from shared.contracts.machines import ImageView, MachineView

_PAGE = 500
_KEPT = 400


def load_fleet(cloud: MachineCloud, site_id: UUID) -> list[MachineView]:
    """All machines of a site, by name. Blocks."""
    page = cloud.machines(site_id=site_id, limit=_PAGE)
    found = list(page.items)
    while page.next is not None:
        page = cloud.machines(site_id=site_id, after=page.next, limit=_PAGE)
        found += page.items
    return found


class Pictures(QObject):
    """Pictures by their id, fetched once and decoded off the GUI thread; ``came`` when one is there."""

    came = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._images: dict[tuple[UUID, str], QImage | None] = {}

    def find(self, picture: ImageView | None, size: str = "medium") -> QImage | None:
        """The picture if it is here; else it is sent for."""
        if picture is None:
            return None
        key = (picture.id, size)
        if key not in self._images:
            self._fetch(key, getattr(picture, f"{size}_url"))
        return self._images[key]

    def _fetch(self, key: tuple[UUID, str], url: str) -> None:
        while len(self._images) >= _KEPT:
            self._images.pop(next(iter(self._images)))
        self._images[key] = None
        cloud = self._context.desk.machines

        def came(image: QImage) -> None:
            self._images[key] = image
            self.came.emit()

        def failed(_: Exception) -> None:
            self._images.pop(key, None)  # asked again when it is painted next after a reload, whose links are new

        self._context.ask(_fetching(cloud, url), came, failed=failed)


def _fetching(cloud: MachineCloud, url: str) -> Callable[[], QImage]:
    return lambda: QImage.fromData(cloud.image(url))
