"""The routes of ``gym``."""

from fastapi import APIRouter

from cloud_api.common.cloud import Cloud
from cloud_api.gym import attendance_routes, member_routes, membership_routes, offer_routes


def router(cloud: Cloud) -> APIRouter:
    routes = APIRouter()
    for part in (offer_routes, member_routes, membership_routes, attendance_routes):
        routes.include_router(part.router(cloud))
    return routes
