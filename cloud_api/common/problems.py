"""Every error as RFC 9457 problem details, and the one place that turns our exceptions into HTTP.

What none of these handlers takes is a bug of ours, answered 500 by ``middleware``.
"""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cloud_api.common.database import Conflict
from shared.contracts.devices import WipeOrder
from shared.contracts.problem import MEDIA_TYPE, FieldError, Price, Problem
from shared.domain.money import Money
from shared.errors import InvalidInput, Rejected, Unavailable

STATUS_OF_CODE = {
    "not_signed_in": 401,
    "wrong_credentials": 401,
    "forbidden": 403,
    "device_revoked": 403,
    "bad_signature": 403,
    "wrong_pin": 403,
    "wrong_card": 403,
    "not_found": 404,
    "gone": 410,
    "code_spent": 410,
    "snapshot_required": 410,
    "body_too_large": 413,
    "unsupported_encoding": 415,
    "too_many_tries": 429,
}
"""HTTP status of a ``Rejected``'s code. A code that ends in ``_unknown`` is 404; any other is 409."""


class DeviceRevoked(Rejected):
    """A revoked device asks: the only answer that carries an order to wipe."""

    def __init__(self, wipe_order: WipeOrder) -> None:
        super().__init__("This device has been revoked.", code="device_revoked")
        self.wipe_order = wipe_order


class PriceChanged(Rejected):
    """Another price was shown than ``price``, which is asked now."""

    def __init__(self, price: Money) -> None:
        super().__init__("The price is another one now.", code="price_changed")
        self.price = price


class TooManyTries(Rejected):
    """Too many tries; ``retry_after_s`` says when the next one counts."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message, code="too_many_tries")
        self.retry_after_s = retry_after_s


def status_of(error: Rejected) -> int:
    return 404 if error.code.endswith("_unknown") else STATUS_OF_CODE.get(error.code, 409)


def problem_response(
    status: int, detail: str, *, code: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, **more)
    body = problem.model_dump_json()
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def install(app: FastAPI) -> None:
    """Answer our exceptions, validation errors, unknown routes and wrong methods as problems."""
    app.add_exception_handler(InvalidInput, _invalid_input)
    app.add_exception_handler(Rejected, _rejected)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_exception_handler(Conflict, _again)
    app.add_exception_handler(RequestValidationError, _not_readable)
    app.add_exception_handler(HTTPException, _http)


def _invalid_input(_request: Request, error: Exception) -> Response:
    field = getattr(error, "field", None)
    errors = [] if field is None else [FieldError(field=field, message=str(error))]
    return problem_response(422, str(error), code="invalid_input", errors=errors)


def _rejected(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Rejected)  # noqa: S101  # registered for it
    return rejected_response(error)


def rejected_response(error: Rejected) -> Response:
    headers: dict[str, str] = {}
    more: dict[str, Any] = {}
    if isinstance(error, DeviceRevoked):
        more["wipe_order"] = error.wipe_order
    if isinstance(error, PriceChanged):
        more["price"] = Price(minor=error.price.minor, currency=error.price.currency)
    if isinstance(error, TooManyTries):
        headers["Retry-After"] = str(error.retry_after_s)
        more["retry_after_s"] = error.retry_after_s
    if status_of(error) == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem_response(status_of(error), str(error), code=error.code, headers=headers, **more)


def _unavailable(_request: Request, error: Exception) -> Response:
    wait = math.ceil(getattr(error, "retry_after_s", None) or 5)
    return problem_response(503, str(error), code="unavailable", headers={"Retry-After": str(wait)}, retry_after_s=wait)


def _again(_request: Request, error: Exception) -> Response:
    """Leave it to the shell, which does the request again."""
    raise error


def _not_readable(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for it
    errors = [
        FieldError(field=".".join(str(part) for part in item["loc"]), message=item["msg"]) for item in error.errors()
    ]
    return problem_response(422, "The request could not be read as documented.", code="invalid_input", errors=errors)


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for it
    code = {404: "not_found", 405: "method_not_allowed", 400: "bad_request"}.get(error.status_code, "http_error")
    return problem_response(error.status_code, str(error.detail), code=code, headers=error.headers)


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How a route documents its own errors: ``responses=problem_responses(404, 409)``."""
    return {status: {"model": Problem, "description": HTTPStatus(status).phrase} for status in statuses}
