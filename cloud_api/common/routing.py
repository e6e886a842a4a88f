"""Routes whose plain endpoints write their own answer in the thread they run in.

FastAPI hands what a plain ``def`` endpoint returns to two more threads, one to check it and one to write it down. Here
the endpoint returns a message of the declared type, and the answer is made of it at once.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.responses import Response


class AnsweringRoute(APIRoute):
    """A route of FastAPI's, documented as ever."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        declared = options.get("response_model")
        if isinstance(declared, DefaultPlaceholder):
            declared = inspect.signature(endpoint).return_annotation
        if _is_message(declared) and not inspect.iscoroutinefunction(endpoint):
            endpoint = _answering(endpoint, _adapter(declared), options.get("status_code") or 200)
        super().__init__(path, endpoint, **options)


def _adapter(declared: Any) -> TypeAdapter[Any]:
    return TypeAdapter(declared)


def _is_message(declared: Any) -> bool:
    """Whether it is something to be written as JSON; not a finished answer, and not nothing."""
    if declared in (None, inspect.Signature.empty) or isinstance(declared, str):
        return False
    return not (isinstance(declared, type) and issubclass(declared, Response))


def _answering(endpoint: Callable[..., Any], adapter: TypeAdapter[Any], status: int) -> Callable[..., Response]:
    @functools.wraps(endpoint)
    def answer(*arguments: Any, **named: Any) -> Response:
        result = endpoint(*arguments, **named)
        if isinstance(result, Response):
            return result
        return Response(adapter.dump_json(result), status_code=status, media_type="application/json")

    return answer


def new_router(**options: Any) -> APIRouter:
    """A router of such routes."""
    return APIRouter(route_class=AnsweringRoute, **options)


def join(routes: APIRouter, *parts: APIRouter) -> APIRouter:
    """Take over the routes of parts, which have nothing but routes: a router within a router is searched at each request."""
    for part in parts:
        routes.routes.extend(part.routes)
    return routes
