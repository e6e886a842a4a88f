"""The routes of ``gym``."""

from fastapi import APIRouter

from cloud_api.common.cloud import Cloud
from cloud_api.common.routing import join, new_router
from cloud_api.gym import (
    attendance_routes,
    imports_routes,
    machines_routes,
    member_routes,
    membership_routes,
    merge_routes,
    occupancy_routes,
    offer_routes,
    photos_routes,
    remark_routes,
)

_PARTS = (
    offer_routes,
    member_routes,
    photos_routes,
    merge_routes,
    remark_routes,
    membership_routes,
    attendance_routes,
    occupancy_routes,
    machines_routes,
    imports_routes,
)


def router(cloud: Cloud) -> APIRouter:
    routes = new_router()
    for part in _PARTS:
        join(routes, part.router(cloud))
    return routes
