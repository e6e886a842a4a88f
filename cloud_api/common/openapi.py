"""The OpenAPI document: what holds for every route is written into every operation, so that a stranger can use it."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from shared.contracts.base import Message
from shared.contracts.problem import MEDIA_TYPE, Problem

DESCRIPTION = """A gym's cloud: people, devices, members, passes, attendance, reports.

**Signing in.** People send their e-mail address and password to `POST /v1/sign-in`; devices sign a challenge
(`/v1/device-tokens`). Both get an access token for 15 minutes, sent as `Authorization: Bearer ...`.

**Errors** are problem details (RFC 9457): `code` is for programs, `detail` for people. 503 and 429 carry
`Retry-After`. A method that a path does not have is answered 405.

**Bodies** are JSON, at most 1 MiB, and may be sent as gzip. Unknown fields are ignored. Times are ISO 8601 with a
zone, bytes are base64url without padding.

**Every answer** carries `Fit-Server-Time` (microseconds since 1970) and `X-Request-Id`: the trace id, which is the
client's own when it sent a `traceparent` (W3C Trace Context).

**Limits** hold for each device, person and address; who asks too often is answered 429 for some seconds.
"""

_EVERYWHERE = (400, 405, 408, 413, 415, 422, 429, 503)
_WHERE_GATED = (401, 403)
_REF = "#/components/schemas/{model}"
_METHODS = ("get", "put", "post", "delete", "patch")


def documented_body(model: type[Message]) -> dict[str, Any]:
    """``openapi_extra`` of a route that reads the body's JSON by itself."""
    schema = model.model_json_schema(ref_template=_REF)
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def describe(app: FastAPI) -> None:
    """Complete the generated document, once, when it is first asked for."""
    generate = app.openapi

    def completed() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(generate())
        return app.openapi_schema or {}

    app.openapi = completed  # type: ignore[method-assign]  # FastAPI's documented way


def _complete(document: dict[str, Any]) -> None:
    components = document["components"]
    schemas = components["schemas"]
    _add_schema(schemas, "Problem", Problem.model_json_schema(ref_template=_REF, mode="serialization"))
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["headers"] = _HEADERS
    components["responses"] = {}
    for operations in document["paths"].values():
        for method in _METHODS:
            if method in operations:
                _complete_operation(operations[method], components["responses"])
                _move_body_schema(operations[method], schemas)


def _complete_operation(operation: dict[str, Any], shared: dict[str, Any]) -> None:
    """Every answer gets our headers; every error is a problem, and written once for all operations (``shared``)."""
    responses = operation.setdefault("responses", {})
    gated = _WHERE_GATED if operation.get("security") else ()
    errors = {status for status in responses if int(status) >= HTTPStatus.BAD_REQUEST}
    for status in sorted(errors | {str(status) for status in (*_EVERYWHERE, *gated)}):
        shared.setdefault(status, _problem(int(status)))
        responses[status] = {"$ref": f"#/components/responses/{status}"}
    for response in responses.values():
        if "$ref" not in response:
            response.setdefault("headers", {}).update(_HEADER_REFS)


def _problem(status: int) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}
    return {"description": HTTPStatus(status).phrase, "headers": _HEADER_REFS, "content": content}


def _move_body_schema(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """A documented body's schema goes to the others, with those that it refers to."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema = content["schema"]
        if "$defs" in schema:
            content["schema"] = {"$ref": _REF.format(model=schema["title"])}
            _add_schema(schemas, schema["title"], schema)


def _add_schema(schemas: dict[str, Any], name: str, schema: dict[str, Any]) -> None:
    for key, value in schema.pop("$defs", {}).items():
        schemas.setdefault(key, value)
    schemas[name] = schema


_HEADERS = {
    "Fit-Server-Time": {"schema": {"type": "integer"}, "description": "The server's time in microseconds since 1970."},
    "X-Request-Id": {
        "schema": {"type": "string"},
        "description": "The trace id, 32 hex digits: names this request in the server's log.",
    },
}
_HEADER_REFS = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
