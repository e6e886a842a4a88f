"""Machines and photos over the API, typed, with the sending of the pictures themselves. Errors as in ``staff``."""

from datetime import date
from uuid import UUID

from shared.client.files import Files, Sent
from shared.client.session import PersonSession
from shared.contracts import machines as messages
from shared.contracts.base import Nothing
from shared.contracts.photos import PhotoSize, PhotoView
from shared.contracts.uploads import ImageType, ImageUploadRequest, UploadedImage, UploadTicket
from shared.domain.machine import MachineStatus


class MachineCloud:
    """The gym's machines, and members' photos, as a signed-in person of the staff sees them. One thread."""

    def __init__(self, session: PersonSession, files: Files) -> None:
        self.session = session
        self._call = session.call
        self._files = files

    def machines(
        self,
        *,
        site_id: UUID | None = None,
        status: MachineStatus | None = None,
        due_by: date | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> messages.MachinePage:
        """Those of a site, in a status, or whose maintenance is due by a day; a page at a time."""
        wanted: dict[str, str | int | None] = {
            "site_id": None if site_id is None else str(site_id),
            "status": None if status is None else status.value,
            "due_by": None if due_by is None else str(due_by),
            "after": after,
            "limit": limit,
        }
        params = {name: value for name, value in wanted.items() if value is not None}
        return self._call("GET", "/v1/machines", messages.MachinePage, params=params)

    def machine(self, machine_id: UUID) -> messages.MachineDetail:
        return self._call("GET", f"/v1/machines/{machine_id}", messages.MachineDetail)

    def create_machine(self, draft: messages.NewMachine) -> messages.MachineDetail:
        return self._call("POST", "/v1/machines", messages.MachineDetail, body=draft)

    def change_machine(self, machine_id: UUID, change: messages.MachineChange) -> messages.MachineDetail:
        """Refused as ``machine_changed`` when somebody else was faster."""
        return self._call("PUT", f"/v1/machines/{machine_id}", messages.MachineDetail, body=change)

    def remove_machine(self, machine_id: UUID) -> None:
        self._call("DELETE", f"/v1/machines/{machine_id}", Nothing)

    def set_status(self, machine_id: UUID, change: messages.StatusChange) -> messages.MachineDetail:
        return self._call("POST", f"/v1/machines/{machine_id}/status", messages.MachineDetail, body=change)

    def report_fault(self, machine_id: UUID, report: messages.FaultReport) -> messages.MachineDetail:
        return self._call("POST", f"/v1/machines/{machine_id}/faults", messages.MachineDetail, body=report)

    def resolve_fault(
        self, machine_id: UUID, fault_id: UUID, resolution: messages.FaultResolution
    ) -> messages.MachineDetail:
        path = f"/v1/machines/{machine_id}/faults/{fault_id}/resolve"
        return self._call("POST", path, messages.MachineDetail, body=resolution)

    def record_maintenance(self, machine_id: UUID, done: messages.MaintenanceDone) -> messages.MachineDetail:
        return self._call("POST", f"/v1/machines/{machine_id}/maintenance", messages.MachineDetail, body=done)

    def add_image(
        self, machine_id: UUID, content: bytes, content_type: ImageType, *, sent: Sent | None = None
    ) -> messages.MachineDetail:
        """Send a picture and have it taken in, as the last one of the machine. ``sent`` as in :mod:`files`."""
        uploaded = self._send(f"/v1/machines/{machine_id}/image-uploads", content, content_type, sent)
        return self._call("POST", f"/v1/machines/{machine_id}/images", messages.MachineDetail, body=uploaded)

    def order_images(self, machine_id: UUID, order: messages.ImageOrder) -> messages.MachineDetail:
        return self._call("PUT", f"/v1/machines/{machine_id}/images", messages.MachineDetail, body=order)

    def remove_image(self, machine_id: UUID, image_id: UUID) -> messages.MachineDetail:
        return self._call("DELETE", f"/v1/machines/{machine_id}/images/{image_id}", messages.MachineDetail)

    def image(self, url: str) -> bytes:
        """A picture by one of its URLs, which are good for some minutes."""
        return self._files.fetch(url)

    def set_photo(
        self, member_id: UUID, content: bytes, content_type: ImageType, *, sent: Sent | None = None
    ) -> PhotoView:
        """Send a photo and have it taken in, in place of the one before. ``sent`` as in :mod:`files`."""
        uploaded = self._send(f"/v1/members/{member_id}/photo-uploads", content, content_type, sent)
        return self._call("PUT", f"/v1/members/{member_id}/photo", PhotoView, body=uploaded)

    def photo(self, member_id: UUID, size: PhotoSize = PhotoSize.MEDIUM) -> bytes:
        """Refused as ``photo_unknown`` when there is none."""
        return self.session.read(f"/v1/members/{member_id}/photo", params={"size": size.value})

    def remove_photo(self, member_id: UUID) -> None:
        self._call("DELETE", f"/v1/members/{member_id}/photo", Nothing)

    def _send(self, path: str, content: bytes, content_type: ImageType, sent: Sent | None) -> UploadedImage:
        wish = ImageUploadRequest(content_type=content_type, size=len(content))
        ticket = self._call("POST", path, UploadTicket, body=wish)
        self._files.send(ticket, content, sent=sent)
        return UploadedImage(upload=ticket.upload)
