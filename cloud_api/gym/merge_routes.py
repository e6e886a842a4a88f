"""Members who are one person: finding them, and making one of two."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from cloud_api.common import uploads
from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import new_router
from cloud_api.gym import duplicates, listing, merging, photos
from shared.contracts.gym import MemberView
from shared.contracts.merging import DuplicateList, Merge


def router(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["members"])

    @routes.get("/v1/member-duplicates", dependencies=[Depends(allow("member.merge"))])
    def read_duplicates() -> DuplicateList:
        """Members who may be one person."""
        with cloud.database.reading() as session:
            return duplicates.find_duplicates(session)

    @routes.post("/v1/members/{member_id}/merge", responses=problem_responses(404, 409))
    def merge_members(
        member_id: UUID, body: Merge, by: Annotated[Principal, Depends(allow("member.merge"))]
    ) -> MemberView:
        """Let a member have all that another one had, who is the same person. It cannot be undone."""
        keys = photos.carry_over(cloud, member_id, body.other_id)
        with cloud.database.transaction() as session:
            merging.merge_members(session, cloud.keys, member_id, body, by=by)
            old = photos.take_over(session, member_id, body.other_id, keys)
            view = listing.read_member(session, member_id)
        uploads.remove(cloud.objects, *old)
        return view

    return routes
