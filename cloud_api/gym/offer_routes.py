"""Sites and plans: what the gym offers, and where."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import join, new_router
from cloud_api.gym import lookups, planned, plans, sites
from cloud_api.gym.listing import list_plans, list_sites
from cloud_api.gym.views import plan_view, site_view
from shared.contracts.gym import NewPlan, NewSite, PlanChange, PlanList, PlanView, SiteChange, SiteList, SiteView
from shared.contracts.planned import PlannedChange, PlannedChangeList, PlannedKind, PlannedPlan, PlannedSite


def router(cloud: Cloud) -> APIRouter:
    routes = new_router()
    join(routes, _sites(cloud))
    join(routes, _plans(cloud))
    return routes


def _sites(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["sites"])

    @routes.get("/v1/sites", dependencies=[Depends(allow("site.read"))])
    def read_sites() -> SiteList:
        """All sites, by their number."""
        with cloud.database.reading() as session:
            return list_sites(session)

    @routes.get("/v1/sites/{site_id}", dependencies=[Depends(allow("site.read"))], responses=problem_responses(404))
    def read_site(site_id: UUID) -> SiteView:
        """One site with its hours, limits and door policies."""
        with cloud.database.reading() as session:
            return site_view(lookups.get_site(session, site_id))

    @routes.post("/v1/sites", status_code=201, responses=problem_responses(409))
    def create_site(body: NewSite, by: Annotated[Principal, Depends(allow("site.change"))]) -> SiteView:
        """Open a site. It gets the next number."""
        with cloud.database.transaction() as session:
            return site_view(sites.create_site(session, cloud.keys, body, by=by))

    @routes.put("/v1/sites/{site_id}", responses=problem_responses(404, 409))
    def change_site(
        site_id: UUID, body: SiteChange, by: Annotated[Principal, Depends(allow("site.change"))]
    ) -> SiteView:
        """Change a site as a whole: what is left out gets its default. 409 ``site_changed``: somebody was faster."""
        with cloud.database.transaction() as session:
            return site_view(sites.change_site(session, site_id, body, by=by))

    @routes.put("/v1/sites/{site_id}/planned-change", responses=problem_responses(404, 409))
    def plan_change(
        site_id: UUID, body: PlannedSite, by: Annotated[Principal, Depends(allow("site.change"))]
    ) -> PlannedChange:
        """Have a site changed from a day on, in place of what was planned before. 409 ``site_changed``."""
        with cloud.database.transaction() as session:
            return planned.view(planned.plan_for_site(session, site_id, body, by=by))

    @routes.delete("/v1/sites/{site_id}/planned-change", status_code=204)
    def withdraw_change(site_id: UUID, by: Annotated[Principal, Depends(allow("site.change"))]) -> None:
        """Have nothing changed."""
        with cloud.database.transaction() as session:
            planned.withdraw(session, PlannedKind.SITE, site_id, by=by)

    @routes.get("/v1/planned-changes", dependencies=[Depends(allow("plan.read"))])
    def read_planned() -> PlannedChangeList:
        """The changes of plans and sites that are to come, the next first."""
        with cloud.database.reading() as session:
            return planned.list_planned(session)

    return routes


def _plans(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["plans"])

    @routes.get("/v1/plans", dependencies=[Depends(allow("plan.read"))])
    def read_plans() -> PlanList:
        """All plans, also those no longer sold, in the order they were made."""
        with cloud.database.reading() as session:
            return list_plans(session)

    @routes.get("/v1/plans/{plan_id}", dependencies=[Depends(allow("plan.read"))], responses=problem_responses(404))
    def read_plan(plan_id: UUID) -> PlanView:
        """One plan."""
        with cloud.database.reading() as session:
            return plan_view(lookups.get_plan(session, plan_id))

    @routes.post("/v1/plans", status_code=201)
    def create_plan(body: NewPlan, by: Annotated[Principal, Depends(allow("plan.change"))]) -> PlanView:
        """Put a plan on offer. Sent again with the same id it changes nothing."""
        with cloud.database.transaction() as session:
            return plan_view(plans.create_plan(session, body, by=by))

    @routes.put("/v1/plans/{plan_id}", responses=problem_responses(404, 409))
    def change_plan(
        plan_id: UUID, body: PlanChange, by: Annotated[Principal, Depends(allow("plan.change"))]
    ) -> PlanView:
        """Change a plan as a whole. Hours and sites hold at once for all who have it, the rest from the next payment.

        With the version that was seen, 409 ``plan_changed`` when somebody was faster.
        """
        with cloud.database.transaction() as session:
            return plan_view(plans.change_plan(session, cloud.keys, plan_id, body, by=by))

    @routes.put("/v1/plans/{plan_id}/planned-change", responses=problem_responses(404, 409))
    def plan_change(
        plan_id: UUID, body: PlannedPlan, by: Annotated[Principal, Depends(allow("plan.change"))]
    ) -> PlannedChange:
        """Have a plan changed from a day on, in place of what was planned before. 409 ``plan_changed``."""
        with cloud.database.transaction() as session:
            return planned.view(planned.plan_for_plan(session, plan_id, body, by=by))

    @routes.delete("/v1/plans/{plan_id}/planned-change", status_code=204)
    def withdraw_change(plan_id: UUID, by: Annotated[Principal, Depends(allow("plan.change"))]) -> None:
        """Have nothing changed."""
        with cloud.database.transaction() as session:
            planned.withdraw(session, PlannedKind.PLAN, plan_id, by=by)

    return routes
