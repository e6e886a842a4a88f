"""Uploads to the real server over TLS: streamed to the disk, and gone when the server is killed half-way."""

import contextlib
import io
import os
import threading

import httpx
import pytest
from PIL import Image

from tests.support.live import LiveGym
from tests.support.servers.base import wait_until

MIB = 1024 * 1024
SIZE = 10 * MIB
AT_ONCE = 6


@pytest.fixture
def live(tmp_path):
    with contextlib.ExitStack() as stack:
        live = LiveGym(tmp_path / "gym", stack)
        live.start()
        yield live


def a_machine(live):
    return live.call("POST", "/v1/machines", json={"site_id": str(live.site_id), "name": "Rower", "category": "cardio"})


def a_ticket(live, machine, size):
    wish = {"content_type": "image/jpeg", "size": size}
    return live.call("POST", f"/v1/machines/{machine['id']}/image-uploads", json=wish)


def put(live, ticket, content):
    return live.client().request(ticket["method"], ticket["url"], content=content, headers=ticket["headers"])


def test_large_uploads_go_to_the_disk_and_not_into_memory(live):
    machine = a_machine(live)
    first = a_ticket(live, machine, SIZE)
    assert put(live, first, os.urandom(SIZE)).status_code == 204
    before = live.server.peak_memory_mib()
    tickets = [a_ticket(live, machine, SIZE) for _ in range(AT_ONCE)]
    content, answers = os.urandom(SIZE), []
    threads = [
        threading.Thread(target=lambda ticket=ticket: answers.append(put(live, ticket, content).status_code))
        for ticket in tickets
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [204] * AT_ONCE
    assert live.server.peak_memory_mib() - before < AT_ONCE * SIZE / MIB / 2
    assert len(list((live.data / "objects" / "pending").iterdir())) == 1 + AT_ONCE


def test_a_server_killed_in_the_middle_of_an_upload_has_half_of_nothing(live):
    machine = a_machine(live)
    file = io.BytesIO()
    Image.effect_noise((1500, 1500), 90).convert("RGB").save(file, "JPEG", quality=95)
    content = file.getvalue()
    ticket = a_ticket(live, machine, len(content))
    pending = live.data / "objects" / "pending"

    def halting():
        yield content[: len(content) // 2]
        wait_until(lambda: any(pending.iterdir()) if pending.exists() else False, "nothing arrived")
        live.server.kill()
        yield content[len(content) // 2 :]

    with pytest.raises(httpx.HTTPError):
        put(live, ticket, halting())
    assert [path.suffix for path in pending.iterdir()] == [".part"]
    live.start()
    refused = live.owner.post(f"/v1/machines/{machine['id']}/images", json={"upload": ticket["upload"]})
    assert (refused.status_code, refused.json()["code"]) == (404, "upload_unknown")
    assert put(live, ticket, content).status_code == 204
    taken = live.call("POST", f"/v1/machines/{machine['id']}/images", json={"upload": ticket["upload"]})
    assert live.client().get(taken["images"][0]["large_url"]).headers["content-type"] == "image/jpeg"
