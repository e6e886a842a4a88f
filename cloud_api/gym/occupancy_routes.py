"""How full a site is, and who is inside."""

from uuid import UUID

from fastapi import APIRouter, Depends

from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import new_router
from cloud_api.gym.occupancy import Occupancies
from shared.contracts.occupancy import InsideList, Occupancy

_MAY_READ = [Depends(allow("occupancy.read"))]


def router(cloud: Cloud) -> APIRouter:
    routes, occupancies = new_router(tags=["attendance"]), Occupancies(cloud)

    @routes.get("/v1/sites/{site_id}/occupancy", dependencies=_MAY_READ, responses=problem_responses(404))
    def read_occupancy(site_id: UUID) -> Occupancy:
        """How many are inside. While the database is away: the last count, marked stale."""
        return occupancies.count(site_id)

    @routes.get("/v1/sites/{site_id}/inside", dependencies=_MAY_READ, responses=problem_responses(404))
    def read_inside(site_id: UUID) -> InsideList:
        """Who is inside, first come first. While the database is away: as last known, without names."""
        return occupancies.list_inside(site_id)

    return routes
