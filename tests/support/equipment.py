"""What a test says about machines and pictures, in one line each."""

from typing import Any
from uuid import UUID

import httpx

from cloud_api.common.images import kind_of
from tests.support.pictures import a_picture
from tests.support.reception import Desk, ok


class Equipment:
    """Machines of the first site, by the API, as an Owner."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.gym = desk.gym

    def machine(self, **changes: Any) -> dict[str, Any]:
        draft = {"site_id": str(self.desk.site_id), "name": "Rower 3", "category": "cardio", **changes}
        return ok(self.desk.client.post("/v1/machines", json=draft))

    def read(self, machine: dict[str, Any]) -> dict[str, Any]:
        return ok(self.desk.client.get(f"/v1/machines/{machine['id']}"))

    def post(self, machine: dict[str, Any], what: str, **body: Any) -> httpx.Response:
        return self.desk.client.post(f"/v1/machines/{machine['id']}/{what}", json=body)

    def send(self, path: str, content: bytes, content_type: str = "image/jpeg", *, size: int | None = None) -> str:
        """Ask for a ticket and send the bytes; returns the upload's name."""
        wish = {"content_type": content_type, "size": size or len(content)}
        ticket = ok(self.desk.client.post(path, json=wish))
        answer = self.put(ticket, content)
        assert answer.is_success, answer.text
        return str(ticket["upload"])

    def put(self, ticket: dict[str, Any], content: bytes) -> httpx.Response:
        with self.outside(ticket["url"]) as client:
            return client.request(ticket["method"], ticket["url"], content=content, headers=ticket["headers"])

    def fetch(self, url: str) -> httpx.Response:
        with self.outside(url) as client:
            return client.get(url)

    def outside(self, url: str) -> httpx.Client:
        """Somebody with nothing but a URL."""
        return self.gym.client() if url.startswith("/") else httpx.Client()

    def send_image(self, machine: dict[str, Any], content: bytes | None = None, **more: Any) -> str:
        return self.send(f"/v1/machines/{machine['id']}/image-uploads", content or a_picture(), **more)

    def add_image(self, machine: dict[str, Any], content: bytes | None = None, **more: Any) -> dict[str, Any]:
        return ok(self.post(machine, "images", upload=self.send_image(machine, content, **more)))

    def set_photo(self, member_id: UUID, content: bytes | None = None) -> dict[str, Any]:
        content = content or a_picture()
        upload = self.send(f"/v1/members/{member_id}/photo-uploads", content, kind_of(content) or "image/jpeg")
        return ok(self.desk.client.put(f"/v1/members/{member_id}/photo", json={"upload": upload}))

    def photo(self, member_id: UUID, size: str = "large") -> httpx.Response:
        return self.desk.client.get(f"/v1/members/{member_id}/photo", params={"size": size})

    def keys(self, folder: str) -> set[str]:
        """All objects of a folder of the store."""
        later = self.gym.clock.now().replace(year=2100)
        return {found.key for found in self.gym.cloud.objects.list_objects(folder, older_than=later)}
