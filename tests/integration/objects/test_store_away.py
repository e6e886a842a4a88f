"""A store that is full or away: a clear answer, nothing half stored, and trying again works."""

import errno
import os
import resource
import signal

import pytest
from sqlmodel import select

from cloud_api.common.folder_objects import FolderObjects
from cloud_api.common.s3_objects import S3Objects, parse_place
from cloud_api.gym.tables import MachineImageRow
from cloud_api.operate.doctor import examine
from shared.clock import SystemClock
from shared.errors import Unavailable
from tests.support.answers import refusal
from tests.support.cloud import a_gym
from tests.support.equipment import Equipment
from tests.support.object_stores import CREDENTIALS, a_bucket
from tests.support.pictures import a_picture
from tests.support.reception import Desk, ok
from tests.support.servers.moto import Moto

KEY = "images/aa.jpg"


def rows(gym):
    with gym.cloud.database.reading() as session:
        return session.exec(select(MachineImageRow)).all()


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A moto of the test's own."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    server = Moto(tmp_path / "moto")
    server.start()
    yield server
    server.remove()


def test_s3_that_is_killed_changes_nothing_and_back_again_takes_the_picture(server, tmp_path):
    place = a_bucket(server)
    with a_gym(tmp_path, environ={"FIT_OBJECTS_URL": place}) as gym:
        equipment = Equipment(Desk(gym))
        machine, content = equipment.machine(), a_picture()
        upload = equipment.send_image(machine, content)
        server.kill()
        problem = refusal(equipment.post(machine, "images", upload=upload), 503, "unavailable")
        assert "cannot be reached" in problem.detail
        assert problem.retry_after_s
        assert rows(gym) == []
        assert equipment.read(machine) == machine  # what needs no picture goes on
        server.start()
        _make_again(server, place)
        gym.cloud.objects.put(f"pending/{upload}", content)  # S3 would still have it; moto forgets when it is killed
        assert len(ok(equipment.post(machine, "images", upload=upload))["images"]) == 1


def test_s3_that_dies_between_two_objects_leaves_no_row(server, tmp_path):
    place = a_bucket(server)
    with a_gym(tmp_path, environ={"FIT_OBJECTS_URL": place}) as gym:
        equipment = Equipment(Desk(gym))
        machine, content = equipment.machine(), a_picture()
        upload = equipment.send_image(machine, content)
        objects = gym.cloud.objects
        put = objects.put

        def dying(key, body):
            put(key, body)
            server.kill()

        objects.put = dying
        refusal(equipment.post(machine, "images", upload=upload), 503, "unavailable")
        objects.put = put
        assert rows(gym) == []
        server.start()
        _make_again(server, place)
        put(f"pending/{upload}", content)
        ok(equipment.post(machine, "images", upload=upload))
        assert len(rows(gym)) == 1


def test_a_bucket_that_is_not_there_is_the_operator_s_to_mend(server):
    objects = S3Objects(
        parse_place(f"s3://nobody-s-bucket?endpoint={server.url}&region=us-east-1"), clock=SystemClock()
    )
    for call in (
        lambda: objects.put(KEY, b"x"),
        lambda: objects.get(KEY, max_size=5),
        lambda: list(objects.list_objects("images", older_than=SystemClock().now())),
    ):
        with pytest.raises(Unavailable):
            call()


def test_the_doctor_says_whether_the_store_answers(server, tmp_path):
    def finding(place):
        environ = {"FIT_OBJECTS_URL": place}
        with a_gym(tmp_path / place.partition("?")[0].rpartition("/")[2], environ=environ) as gym:
            return next(item for item in examine(gym.settings, clock=gym.clock) if item.name == "pictures")

    assert finding(a_bucket(server)).ok
    missing = finding(f"s3://no-such-bucket?endpoint={server.url}&region=us-east-1")
    assert not missing.ok
    assert "FIT_OBJECTS_URL" in missing.advice


def _make_again(server, place):
    import boto3

    client = boto3.client("s3", endpoint_url=server.url, region_name="us-east-1")
    client.create_bucket(Bucket=place.removeprefix("s3://").partition("/")[0])
    client.close()


# -- the folder -----------------------------------------------------------------------------------------------------


@pytest.fixture
def objects(tmp_path):
    return FolderObjects(tmp_path / "objects", secret=b"s" * 32, clock=SystemClock())


def files(objects):
    return [path for path in objects.root.rglob("*") if path.is_file()]


@pytest.fixture
def _no_file_beyond_4096_bytes():
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, before)


@pytest.mark.usefixtures("_no_file_beyond_4096_bytes")
def test_a_file_that_the_system_cuts_short_is_no_object(objects):
    with pytest.raises(Unavailable, match="full or cannot be written"):
        objects.put(KEY, bytes(100_000))
    assert files(objects) == []
    objects.put(KEY, b"small enough")
    assert objects.get(KEY, max_size=100) == b"small enough"


@pytest.mark.parametrize("step", ["open", "write", "fsync", "replace"])
def test_a_full_disk_at_any_step_leaves_what_was_there(objects, step, monkeypatch):
    objects.put(KEY, b"before")

    def full(*_args, **_more):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if step == "write":
            patch.setattr(os, "fdopen", lambda number, _mode: _Full(number))
        elif step == "replace":
            patch.setattr("pathlib.Path.replace", full)
        else:
            patch.setattr(os, step, full)
        with pytest.raises(Unavailable) as error:
            objects.put(KEY, b"after")
    assert error.value.retry_after_s
    assert objects.get(KEY, max_size=100) == b"before"
    assert len(files(objects)) == 1
    objects.put(KEY, b"after")
    assert objects.get(KEY, max_size=100) == b"after"


class _Full:
    """A file on a disk without room."""

    def __init__(self, number):
        os.close(number)

    def write(self, _chunk):
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self):
        pass


def test_a_folder_that_cannot_be_written_is_told_to_the_client(tmp_path):
    with a_gym(tmp_path) as gym:
        equipment = Equipment(Desk(gym))
        machine = equipment.machine()
        upload = equipment.send_image(machine)
        blocked = gym.settings.objects / "images"
        blocked.write_bytes(b"in the way")
        refusal(equipment.post(machine, "images", upload=upload), 503, "unavailable")
        assert rows(gym) == []
        assert equipment.keys("pending") == {f"pending/{upload}"}
        blocked.unlink()
        assert len(ok(equipment.post(machine, "images", upload=upload))["images"]) == 1


def test_an_upload_to_a_full_disk_is_told_to_the_client_and_works_afterwards(tmp_path, monkeypatch):
    with a_gym(tmp_path) as gym:
        equipment = Equipment(Desk(gym))
        machine, content = equipment.machine(), a_picture()
        ticket = ok(equipment.post(machine, "image-uploads", content_type="image/jpeg", size=len(content)))
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdopen", lambda number, _mode: _Full(number))
            answer = equipment.put(ticket, content)
        assert "full" in refusal(answer, 503, "unavailable").detail
        assert equipment.put(ticket, content).status_code == 204
        ok(equipment.post(machine, "images", upload=ticket["upload"]))
