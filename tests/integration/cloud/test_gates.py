"""Deny by default: every route has an operation of the table of roles, or is one of a short list."""

import re
from typing import Annotated
from uuid import uuid4

import pytest
from fastapi import Depends, FastAPI

from cloud_api.app import PUBLIC, api_routes, operation_of, refuse_open_routes
from cloud_api.common.principal import Principal, allow
from shared.domain.roles import OPERATIONS, Group, may
from tests.support.answers import refusal
from tests.support.cloud import a_gym


@pytest.fixture(scope="module")
def shared_gym(tmp_path_factory):
    with a_gym(tmp_path_factory.mktemp("gates")) as gym:
        yield gym


def routes(gym):
    """(method, path, operation) of every route; operation None for a public one."""
    return [(method, route.path, operation_of(route)) for route in api_routes(gym.app) for method in route.methods]


def call(client, method, path):
    filled = re.sub(r"{[^}]*}", lambda _: str(uuid4()), path)
    return client.request(method, filled, content=b"{}")


def test_there_are_routes_to_look_at(shared_gym):
    assert len(routes(shared_gym)) > 40
    assert {operation for _, _, operation in routes(shared_gym)} >= {"device.upload", "member.read", "pass.issue"}


def test_every_route_has_an_operation_or_is_public(shared_gym):
    open_routes = {(method, path) for method, path, operation in routes(shared_gym) if operation is None}
    assert open_routes == PUBLIC


def test_every_operation_of_the_table_is_asked_for_somewhere(shared_gym):
    asked = {operation for _, _, operation in routes(shared_gym)}
    assert set(OPERATIONS) - asked <= {"visit.read_own", "pass.read_own"}  # their pages come with the member's phone


def test_nobody_gets_anything_but_what_is_public(shared_gym):
    with shared_gym.client() as client:
        for method, path, operation in routes(shared_gym):
            if operation is not None:
                answer = call(client, method, path)
                refusal(answer, 401, "not_signed_in")
                assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_every_route_of_the_openapi_document_is_walked_here(shared_gym):
    document = shared_gym.app.openapi()["paths"]
    described = {(method.upper(), path) for path, methods in document.items() for method in methods}
    walked = {(method, path) for method, path, _ in routes(shared_gym)}
    assert described <= walked
    assert walked - described <= PUBLIC


@pytest.mark.parametrize("group", [*Group, None], ids=lambda group: "nothing" if group is None else group.value)
def test_each_group_gets_what_the_table_says_and_nothing_else(shared_gym, group):
    """The matrix of groups and operations. Allowed means only that the gate let the call through to its route."""
    groups = frozenset() if group is None else frozenset({group})
    client = shared_gym.kiosk(f"Door {uuid4()}").client if group is Group.KIOSK else shared_gym.client_of(*groups)
    _walk(shared_gym, client, groups)


def test_the_kiosk_of_another_site_has_the_same_gates_and_its_own_sites_list(shared_gym):
    """A kiosk names no site: whatever it asks for is about its own. Staff work at every site of their gym."""
    other = shared_gym.owner.post("/v1/sites", json={"name": f"Station {uuid4()}", "zone": "Europe/Copenhagen"}).json()
    here, there = (shared_gym.kiosk(f"Door {uuid4()}", site_id=site) for site in (None, other["id"]))
    _walk(shared_gym, there.client, frozenset({Group.KIOSK}))
    for kiosk, site_id in ((here, str(shared_gym.site_id)), (there, other["id"])):
        rows = kiosk.client.get("/v1/devices/self/snapshot").json()["rows"]
        assert [row["key"] for row in rows if row["kind"] == "site"] == [site_id]
    for _, path, operation in routes(shared_gym):
        if operation is not None and OPERATIONS[operation] is Group.KIOSK:
            assert path.startswith("/v1/devices/self/")
            assert "{device_id}" not in path
            assert "{site_id}" not in path
    with shared_gym.client_of(Group.STAFF) as staff:
        new = {"given_name": "Nora", "home_site_id": other["id"]}
        assert staff.post("/v1/members", json=new).status_code == 201


def _walk(gym, client, groups):
    for method, path, operation in routes(gym):
        if operation is None or path.endswith("/hint"):
            continue
        if (method, path) == ("PUT", "/v1/account/password") and may(groups, operation):
            continue  # asks for the password again
        answer = call(client, method, path)
        if may(groups, operation):
            assert answer.status_code not in (401, 403), (method, path, answer.text)
        else:
            refusal(answer, 403, "forbidden")


def test_a_kiosk_that_was_revoked_gets_nothing(shared_gym):
    kiosk = shared_gym.kiosk(f"Door {uuid4()}")
    client = kiosk.client
    shared_gym.owner.post(f"/v1/devices/{kiosk.id}/revocation").raise_for_status()
    for method, path, operation in routes(shared_gym):
        if operation is not None:
            refusal(call(client, method, path), 403, "device_revoked")


@pytest.mark.parametrize("end", ["disabled", "removed", "signed out"])
def test_an_owner_who_is_out_gets_nothing_though_the_token_is_young(shared_gym, end):
    person = shared_gym.person(Group.OWNER)
    client = shared_gym.client(shared_gym.sign_in(person))
    assert client.get("/v1/account").status_code == 200
    act = {
        "disabled": lambda: shared_gym.owner.patch(f"/v1/people/{person}", json={"enabled": False}),
        "removed": lambda: shared_gym.owner.delete(f"/v1/people/{person}"),
        "signed out": lambda: shared_gym.owner.post(f"/v1/people/{person}/sign-out"),
    }[end]
    act().raise_for_status()
    for method, path, operation in routes(shared_gym):
        if operation is not None:
            assert call(client, method, path).status_code == 401, (method, path)


def test_a_group_taken_away_counts_at_once_though_the_token_says_otherwise(gym):
    person = gym.person(Group.STAFF)
    with gym.client(gym.sign_in(person)) as client:
        assert client.get("/v1/devices").status_code == 200
        gym.owner.patch(f"/v1/people/{person}", json={"groups": ["User"]}).raise_for_status()
        refusal(client.get("/v1/devices"), 403, "forbidden")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Bearer " + "x" * 8192, "bearer null"]
)
def test_a_header_that_is_no_token_is_nobody(shared_gym, header):
    with shared_gym.client() as client:
        refusal(client.get("/v1/account", headers={"Authorization": header}), 401, "not_signed_in")


def test_two_authorization_headers_are_nobody_or_the_first(shared_gym):
    token = shared_gym.token_of(Group.STAFF)
    with shared_gym.client() as client:
        headers = [("Authorization", "Bearer nonsense"), ("Authorization", f"Bearer {token}")]
        refusal(client.get("/v1/account", headers=headers), 401, "not_signed_in")


def test_a_server_with_an_open_route_does_not_start():
    app = FastAPI()

    @app.get("/v1/closed")
    def closed(_principal: Annotated[Principal, Depends(allow("member.read"))]) -> None: ...

    refuse_open_routes(app)

    @app.get("/v1/open")
    def opened() -> None: ...

    with pytest.raises(RuntimeError, match="/v1/open"):
        refuse_open_routes(app)


def test_a_server_whose_routes_cannot_be_seen_does_not_start():
    with pytest.raises(RuntimeError, match="no route"):
        refuse_open_routes(FastAPI())


def test_an_unknown_path_and_a_wrong_method_are_problems_too(shared_gym):
    with shared_gym.client() as client:
        refusal(client.get("/v1/nowhere"), 404, "not_found")
        answer = client.delete("/v1/health")
        refusal(answer, 405, "method_not_allowed")
        assert answer.headers["Allow"] == "GET"
