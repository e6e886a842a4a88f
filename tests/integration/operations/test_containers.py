"""The files for containers say what the program understands. Nothing here starts a container."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cloud_api import settings
from cloud_api.devices.hints import MAX_WAIT_S
from cloud_api.operate.describing import ALL
from cloud_api.operate.serving import GRACE_S, KEEP_ALIVE_S
from cloud_api.settings import SERVICES, load_settings
from tests.support.serving import described

HERE = Path(__file__).parents[3] / "packaging" / "docker"
KNOWN = set(re.findall(r"FIT_[A-Z_]+", inspect.getsource(settings)))
WATCHED_BY_ITSELF = {"/health/live", "/health/ready", "/v1/health", "/v1/objects/{folder}/{name}"}
"""What every process serves."""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((HERE / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (HERE / "Dockerfile").read_text()


@pytest.fixture(scope="module")
def front() -> str:
    return (HERE / "nginx.conf").read_text()


def ours(compose):
    return {name: item for name, item in compose["services"].items() if item.get("image") == "fit-cloud"}


def environment_of(image, service):
    """What a container of ours has: the image's settings, then its own."""
    in_image = dict(re.findall(r"(FIT_[A-Z_]+)=(\S+)", image))
    own = {name: str(value) for name, value in service["environment"].items()}
    return {**in_image, **{name: filled(value) for name, value in own.items()}}


def filled(value):
    return re.sub(r"\$\{[^}]*}", "a-value-of-some-length", value)


def test_every_setting_is_one_that_the_program_reads(compose, dockerfile):
    used = set(re.findall(r"FIT_[A-Z_]+", (HERE / "compose.yaml").read_text() + dockerfile))
    assert used
    assert used <= KNOWN


def test_the_settings_of_each_container_of_ours_make_sense(compose, dockerfile):
    served = []
    for name, service in ours(compose).items():
        read = load_settings(environ=environment_of(dockerfile, service))
        assert str(read.data) == "/data/gym"
        assert (read.host, read.port, read.tls, read.drain_s) == ("0.0.0.0", 8080, "front", 5)  # noqa: S104  # in a container
        assert read.base_url == "https://localhost:8443"
        served += read.services if name != "init" else ()
    assert sorted(served) == sorted(SERVICES)  # each by one, none by nobody


def test_every_name_that_is_used_is_there(compose):
    services, volumes = compose["services"], compose["volumes"]
    for service in services.values():
        for needed in service.get("depends_on", {}):
            assert needed in services
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in volumes or (HERE / source).exists()
    hosts = {"mysql", "kafka", "redis", "moto"}
    aliases = set(services["moto"]["networks"]["default"]["aliases"])
    for service in ours(compose).values():
        urls = " ".join(str(value) for value in service["environment"].values())
        asked = set(re.findall(r"(?:@|//)([a-z.]+)(?::\d+|/fit)", urls)) - {"localhost"}
        assert asked - {"fit"} <= hosts | aliases
        assert asked


def test_who_waits_for_health_waits_for_one_that_tells_it(compose, dockerfile):
    assert "HEALTHCHECK" in dockerfile
    for name, service in compose["services"].items():
        for needed, how in service.get("depends_on", {}).items():
            other = compose["services"][needed]
            if how["condition"] == "service_healthy":
                assert other.get("image") == "fit-cloud" or "test" in other["healthcheck"], (name, needed)


def test_a_server_is_given_time_to_end(compose):
    for service in ours(compose).values():
        assert int(service["stop_grace_period"].removesuffix("s")) >= 5 + GRACE_S + 10


def test_no_secret_is_written_into_these_files(compose):
    text = (HERE / "compose.yaml").read_text()
    assert "MYSQL_PASSWORD:?" in text
    assert not re.search(
        r"(?i)(password|secret|token)\w*: +[a-z0-9]{8,}", text.replace("AWS_SECRET_ACCESS_KEY: testing", "")
    )


def target_of(front, path):
    """Where the front sends a path, by nginx's rules: exact, then the longest prefix."""
    locations = re.findall(r"location (=)? ?(\S+) \{ (?:proxy_pass http://(\w+)|return (\d+));", front)
    for exact, prefix, upstream, status in locations:
        if exact and path == prefix:
            return upstream or status
    fitting = [item for item in locations if not item[0] and path.startswith(item[1])]
    _, _, upstream, status = max(fitting, key=lambda item: len(item[1]))
    return upstream or status


def test_the_front_takes_every_path_to_who_serves_it(compose, front):
    by_upstream = dict(re.findall(r"upstream (\w+) \{\s+server (\w+):8080;", front))
    for service, document in described().items():
        for path in set(document["paths"]) - WATCHED_BY_ITSELF:
            if service == ALL:
                continue
            container = by_upstream[target_of(front, path)]
            served = compose["services"][container]["environment"]["FIT_SERVICES"].split(",")
            assert service in served, (path, container)
    assert by_upstream[target_of(front, "/welcome")] == by_upstream[target_of(front, "/v1/sign-in")]
    assert target_of(front, "/metrics") == "404"


def test_the_front_waits_longer_than_a_long_poll_and_less_than_we_keep_connections(front):
    assert int(re.search(r"proxy_read_timeout (\d+)s", front)[1]) > MAX_WAIT_S
    assert all(int(idle) < KEEP_ALIVE_S for idle in re.findall(r"keepalive_timeout (\d+)s", front))


def test_the_image_has_the_locked_packages_and_no_more_than_the_cloud(dockerfile):
    assert "--require-hashes" in dockerfile
    ignored = (HERE / "Dockerfile.dockerignore").read_text().splitlines()
    assert ignored[0] == "*"
    copied = re.findall(r"^COPY (?!--from)(\S+)", dockerfile, re.MULTILINE)
    assert {f"!{path}" for path in copied} == {line for line in ignored if line.startswith("!")}
    assert re.search(r"^USER \d+", dockerfile, re.MULTILINE)
