"""What staff write down about a member."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import new_router
from cloud_api.gym import remarks
from shared.contracts.remarks import NewRemark, RemarkList, RemarkView

_Writer = Annotated[Principal, Depends(allow("remark.change"))]


def router(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["members"], responses=problem_responses(404, 409))

    @routes.get("/v1/members/{member_id}/remarks", dependencies=[Depends(allow("remark.read"))])
    def read_remarks(member_id: UUID) -> RemarkList:
        """What staff wrote about a member, newest first. Medical remarks are closed."""
        with cloud.database.reading() as session:
            return remarks.list_remarks(session, cloud.keys, member_id)

    @routes.post("/v1/members/{member_id}/remarks", status_code=201)
    def write_remark(member_id: UUID, body: NewRemark, by: _Writer) -> RemarkView:
        """Write something down. Sent again with the same id it is written once."""
        with cloud.database.transaction() as session:
            return remarks.write_remark(session, cloud.keys, member_id, body, by=by)

    @routes.post("/v1/members/{member_id}/remarks/{remark_id}/open")
    def open_remark(
        member_id: UUID, remark_id: UUID, by: Annotated[Principal, Depends(allow("remark.open_medical"))]
    ) -> RemarkView:
        """Read a medical remark. That it was read, and by whom, is written down."""
        with cloud.database.transaction() as session:
            return remarks.open_remark(session, cloud.keys, member_id, remark_id, by=by)

    @routes.delete("/v1/members/{member_id}/remarks/{remark_id}", status_code=204)
    def remove_remark(member_id: UUID, remark_id: UUID, by: _Writer) -> None:
        """Take a remark away for good."""
        with cloud.database.transaction() as session:
            remarks.remove_remark(session, member_id, remark_id, by=by)

    return routes
