"""Members' photos: sent by themselves, shown to staff alone."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from cloud_api.common import uploads
from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import new_router
from cloud_api.gym import photos
from cloud_api.gym.lookups import get_living_member
from shared.contracts.photos import PhotoSize, PhotoView
from shared.contracts.uploads import ImageUploadRequest, UploadedImage, UploadTicket

_Changer = Annotated[Principal, Depends(allow("photo.change"))]
_HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
_PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": {}, "image/webp": {}}}}


def router(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["photos"])

    @routes.post("/v1/members/{member_id}/photo-uploads", status_code=201, responses=problem_responses(404, 409))
    def offer_upload(member_id: UUID, body: ImageUploadRequest, _by: _Changer) -> UploadTicket:
        """Ask where to send a photo."""
        with cloud.database.reading() as session:
            get_living_member(session, member_id)
        return uploads.offer(cloud.objects, body)

    @routes.put("/v1/members/{member_id}/photo", responses=problem_responses(404, 409))
    def set_photo(member_id: UUID, body: UploadedImage, by: _Changer) -> PhotoView:
        """Take in the photo that was sent, in place of the one before."""
        return photos.set_photo(cloud, member_id, body.upload, by=by)

    @routes.delete("/v1/members/{member_id}/photo", status_code=204, responses=problem_responses(404, 409))
    def remove_photo(member_id: UUID, by: _Changer) -> None:
        """Remove the photo, if there is one."""
        photos.remove_photo(cloud, member_id, by=by)

    @routes.get(
        "/v1/members/{member_id}/photo",
        dependencies=[Depends(allow("photo.read"))],
        response_class=Response,
        responses={**_PICTURE, **problem_responses(404, 409)},
    )
    def read_photo(member_id: UUID, size: PhotoSize = PhotoSize.MEDIUM) -> Response:
        """The photo as a picture, which nobody on the way may keep."""
        content, content_type = photos.read_photo(cloud, member_id, size)
        return Response(content, media_type=content_type, headers=_HEADERS)

    return routes
