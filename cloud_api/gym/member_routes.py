"""Members: taking in, finding, changing, blocking, erasing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from cloud_api.common import uploads
from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import new_router
from cloud_api.gym import blocking, erasure, families, listing, member_listing, members, photos
from shared.contracts.families import Family
from shared.contracts.gym import BlockRequest, MemberChange, MemberPage, MemberRefList, MemberView, NewMember, NoteList
from shared.contracts.members import MemberQuery

_Changer = Annotated[Principal, Depends(allow("member.change"))]
_Wanted = Annotated[list[UUID], Query(min_length=1, max_length=200, description="Ids of members.")]


def router(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["members"])

    @routes.get("/v1/members", dependencies=[Depends(allow("member.read"))])
    def read_members(wanted: Annotated[MemberQuery, Query()]) -> MemberPage:
        """Members, a page at a time, as they are looked for and ordered."""
        with cloud.database.reading() as session:
            return member_listing.list_members(session, wanted)

    @routes.get("/v1/member-refs", dependencies=[Depends(allow("member.read"))])
    def read_member_refs(ids: _Wanted) -> MemberRefList:
        """Numbers and names, for lists that know ids alone."""
        with cloud.database.reading() as session:
            return listing.list_member_refs(session, ids)

    @routes.post("/v1/members", status_code=201, responses=problem_responses(404, 409))
    def create_member(body: NewMember, by: _Changer) -> MemberView:
        """Take a member in. Sent again with the same id it changes nothing."""
        with cloud.database.transaction() as session:
            row = members.create_member(session, cloud.keys, body, by=by)
            return listing.read_member(session, row.id)

    @routes.get(
        "/v1/members/{member_id}", dependencies=[Depends(allow("member.read"))], responses=problem_responses(404)
    )
    def read_member(member_id: UUID) -> MemberView:
        """One member with all memberships."""
        with cloud.database.reading() as session:
            return listing.read_member(session, member_id)

    @routes.put("/v1/members/{member_id}", responses=problem_responses(404, 409))
    def change_member(member_id: UUID, body: MemberChange, by: _Changer) -> MemberView:
        """Change what is known of a member, as a whole; without a number the old one stays.

        With the version that was seen, 409 ``member_changed`` when somebody was faster.
        """
        with cloud.database.transaction() as session:
            members.change_member(session, cloud.keys, member_id, body, by=by)
            return listing.read_member(session, member_id)

    @routes.post("/v1/members/{member_id}/block", responses=problem_responses(404, 409))
    def block_member(member_id: UUID, body: BlockRequest, by: _Changer) -> MemberView:
        """Close every door to a member, until a time or for good."""
        with cloud.database.transaction() as session:
            blocking.block_member(session, cloud.keys, member_id, body, by=by)
            return listing.read_member(session, member_id)

    @routes.post("/v1/members/{member_id}/unblock", responses=problem_responses(404, 409))
    def unblock_member(member_id: UUID, by: _Changer) -> MemberView:
        """Open the doors again."""
        with cloud.database.transaction() as session:
            blocking.unblock_member(session, cloud.keys, member_id, by=by)
            return listing.read_member(session, member_id)

    @routes.get(
        "/v1/members/{member_id}/family", dependencies=[Depends(allow("member.read"))], responses=problem_responses(404)
    )
    def read_family(member_id: UUID) -> Family:
        """Who answers for a member, and who else belongs to them."""
        with cloud.database.reading() as session:
            return families.read_family(session, member_id)

    @routes.delete("/v1/members/{member_id}", responses=problem_responses(404, 409))
    def erase_member(member_id: UUID, by: Annotated[Principal, Depends(allow("member.erase"))]) -> MemberView:
        """Forget who a member was, for good: name, address, photo, keys and passes. Visits stay under a bare id."""
        with cloud.database.transaction() as session:
            keys = photos.find_keys(session, member_id)
            erasure.erase_member(session, cloud.journal, member_id, by=by)
            view = listing.read_member(session, member_id)
        uploads.remove(cloud.objects, *keys)
        return view

    @routes.get(
        "/v1/members/{member_id}/notes", dependencies=[Depends(allow("member.read"))], responses=problem_responses(404)
    )
    def read_notes(member_id: UUID) -> NoteList:
        """What the cloud noticed about a member, newest first, such as a corrected pack."""
        with cloud.database.reading() as session:
            return listing.list_notes(session, member_id)

    return routes
