"""Memberships: selling, renewing, pausing, ending."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import new_router
from cloud_api.gym import lookups, memberships
from cloud_api.gym.listing import read_membership
from shared.contracts.gym import MembershipView, Pause, Renewal, Sale
from shared.contracts.pauses import Thaw

_Changer = Annotated[Principal, Depends(allow("membership.change"))]
_Granter = Annotated[Principal, Depends(allow("membership.grant"))]
"""Who may give access without money. What is paid for goes through an order (``payments``)."""


def router(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["memberships"], responses=problem_responses(404, 409))

    @routes.post("/v1/members/{member_id}/memberships", status_code=201)
    def sell(member_id: UUID, body: Sale, by: _Granter) -> MembershipView:
        """Put a member on a plan without money, its first period given. Sent again with the same id it gives nothing."""
        with cloud.database.transaction() as session:
            row = memberships.sell(session, cloud.keys, member_id, body, by=by)
            return read_membership(session, row)

    @routes.get("/v1/memberships/{membership_id}", dependencies=[Depends(allow("membership.read"))])
    def read(membership_id: UUID) -> MembershipView:
        """One membership, and what it is today."""
        with cloud.database.reading() as session:
            return read_membership(session, lookups.get_membership(session, membership_id))

    @routes.post("/v1/memberships/{membership_id}/renew")
    def renew(membership_id: UUID, body: Renewal, by: _Granter) -> MembershipView:
        """Give one more period without money. Say through which day it was paid: a second click gives nothing."""
        with cloud.database.transaction() as session:
            paid_through_on = body.paid_through_on
            row = memberships.renew(session, cloud.keys, membership_id, paid_through_on=paid_through_on, by=by)
            return read_membership(session, row)

    @routes.post("/v1/memberships/{membership_id}/pause")
    def pause(membership_id: UUID, body: Pause, by: _Changer) -> MembershipView:
        """Freeze it for whole days, which are given back at its end."""
        with cloud.database.transaction() as session:
            return read_membership(session, memberships.pause(session, cloud.keys, membership_id, body, by=by))

    @routes.post("/v1/memberships/{membership_id}/thaw")
    def thaw(membership_id: UUID, body: Thaw, by: _Changer) -> MembershipView:
        """End a pause sooner, or take it back before it began. Say which it was: another one since is refused."""
        with cloud.database.transaction() as session:
            return read_membership(session, memberships.thaw(session, cloud.keys, membership_id, body, by=by))

    @routes.post("/v1/memberships/{membership_id}/cancel")
    def cancel(membership_id: UUID, by: _Changer) -> MembershipView:
        """Let it end with its last paid day."""
        with cloud.database.transaction() as session:
            return read_membership(session, memberships.end_with_period(session, cloud.keys, membership_id, by=by))

    @routes.post("/v1/memberships/{membership_id}/resume")
    def resume(membership_id: UUID, by: _Changer) -> MembershipView:
        """Take a cancellation back."""
        with cloud.database.transaction() as session:
            return read_membership(session, memberships.keep_on(session, cloud.keys, membership_id, by=by))

    return routes
