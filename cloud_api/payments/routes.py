"""The routes of ``payments``."""

from fastapi import APIRouter

from cloud_api.common.cloud import Cloud
from cloud_api.payments import order_routes, till_routes


def router(cloud: Cloud) -> APIRouter:
    routes = APIRouter()
    for part in (order_routes, till_routes):
        routes.include_router(part.router(cloud))
    return routes
