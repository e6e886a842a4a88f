"""The URLs that :class:`FolderObjects` signs: whoever has one may send or fetch that one object, for a while."""

from typing import Annotated

from anyio import CancelScope
from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request, Response
from starlette.requests import ClientDisconnect

from cloud_api.common.folder_objects import PATH, Claim, FolderObjects
from cloud_api.common.objects import DOWNLOAD_LIFE, content_type_of
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import new_router
from shared.errors import InvalidInput

MAX_DOWNLOAD = 64 * 1024 * 1024
_HEADERS = {
    "Cache-Control": f"private, max-age={int(DOWNLOAD_LIFE.total_seconds())}, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}

_Expires = Annotated[int, Query(ge=0, le=2**53, description="Seconds since 1970.")]
_Signature = Annotated[str, Query(max_length=100, description="Of this server.")]
_ANYTHING = {"requestBody": {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}


def router(objects: FolderObjects) -> APIRouter:
    routes = new_router(tags=["objects"])

    @routes.put(
        f"{PATH}/{{folder}}/{{name}}", status_code=204, responses=problem_responses(403), openapi_extra=_ANYTHING
    )
    async def put_object(
        folder: str,
        name: str,
        request: Request,
        *,
        content_type: Annotated[str, Query(max_length=100)],
        size: Annotated[int, Query(ge=0, le=2**53, description="Bytes, exactly.")],
        expires: _Expires,
        signature: _Signature,
    ) -> None:
        """Send an object by a signed URL, with the headers that came with it. It appears whole or not at all."""
        claim = Claim("PUT", f"{folder}/{name}", expires, content_type, size)
        objects.verify(claim, signature)
        _check_headers(request, claim)
        await _receive(objects, claim, request)

    @routes.get(
        f"{PATH}/{{folder}}/{{name}}",
        response_class=Response,
        responses={200: {"content": {"*/*": {}}}, **problem_responses(403, 404, 409)},
    )
    def get_object(folder: str, name: str, expires: _Expires, signature: _Signature) -> Response:
        """Fetch an object by a signed URL."""
        key = f"{folder}/{name}"
        objects.verify(Claim("GET", key, expires), signature)
        content = objects.get(key, max_size=MAX_DOWNLOAD)
        return Response(content, media_type=content_type_of(key), headers=_HEADERS)

    return routes


def _check_headers(request: Request, claim: Claim) -> None:
    if request.headers.get("content-type", "") != claim.content_type:
        raise InvalidInput(f"This upload was announced as {claim.content_type}.", field="Content-Type")
    if request.headers.get("content-length", str(claim.size)) != str(claim.size):
        raise _wrong_size(claim)


async def _receive(objects: FolderObjects, claim: Claim, request: Request) -> None:
    """Write the body to the disk as it comes. Slow senders hold no thread."""
    draft = await run_sync(objects.open_draft, claim.key)
    try:
        received = 0
        async for chunk in request.stream():
            received += len(chunk)
            if received > claim.size:
                raise _wrong_size(claim)
            await run_sync(draft.write, chunk)
        if received < claim.size:
            raise _wrong_size(claim)
        await run_sync(draft.keep)
    except ClientDisconnect as error:
        raise InvalidInput("The upload broke off before its end.") from error
    finally:
        with CancelScope(shield=True):
            await run_sync(draft.drop)


def _wrong_size(claim: Claim) -> InvalidInput:
    return InvalidInput(f"This upload was announced with {claim.size} bytes; others came.", field="Content-Length")
