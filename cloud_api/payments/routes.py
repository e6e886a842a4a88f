"""The routes of ``payments``."""

from fastapi import APIRouter

from cloud_api.common.cloud import Cloud
from cloud_api.common.routing import join, new_router
from cloud_api.payments import order_routes, till_routes


def router(cloud: Cloud) -> APIRouter:
    routes = new_router()
    for part in (order_routes, till_routes):
        join(routes, part.router(cloud))
    return routes
