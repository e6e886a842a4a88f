"""Each service can be served alone, with TLS or behind whoever ends it; what it does not serve is not there."""

import pytest

from cloud_api.settings import SERVICES
from tests.support.serving import described, make_gym, serving

COMMON = {"/v1/health", "/health/live", "/health/ready", "/v1/objects/{folder}/{name}"}
"""What every process serves."""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_gym(tmp_path_factory.mktemp("apart") / "gym")


def paths_of(client):
    return set(client.get("/openapi.json").raise_for_status().json()["paths"])


@pytest.mark.parametrize(("service", "tls"), [*((service, "off") for service in SERVICES), (SERVICES[0], "on")])
def test_a_service_runs_alone(data, service, tls):
    with serving(data, {"FIT_SERVICES": service, "FIT_TLS": tls}) as server, server.client() as client:
        assert server.url.startswith("https://" if tls == "on" else "http://")
        ready = client.get("/health/ready").raise_for_status().json()
        assert [item["name"] for item in ready["services"]] == [service]
        paths = paths_of(client)
        assert paths >= COMMON
        own = sorted(paths - COMMON)
        assert own
        assert client.get(own[0].replace("{", "").replace("}", "")).status_code != 404
        for other in set(SERVICES) - {service}:
            for path in own_paths(other):
                assert path not in paths
                assert client.get(path.replace("{", "").replace("}", "")).status_code == 404
        assert server.program.stop() == 0


def test_all_of_them_together_serve_what_each_serves_alone():
    own = {service: own_paths(service) for service in SERVICES}
    assert sum(len(paths) for paths in own.values()) == len(set.union(*own.values()))


def own_paths(service):
    """The paths that a service alone has."""
    return set(described()[service]["paths"]) - COMMON
