"""The routes of the audit log. Every service writes it, in ``common``; owners and admins read it here."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import allow
from cloud_api.common.routing import new_router
from cloud_api.reports import chains, trail
from shared.contracts.audit import AuditCheckQuery, AuditPage, AuditQuery, AuditState


def router(cloud: Cloud) -> APIRouter:
    routes = new_router(prefix="/v1/audit", tags=["audit"], dependencies=[Depends(allow("audit.read"))])

    @routes.get("")
    def read_audit(wanted: Annotated[AuditQuery, Query()]) -> AuditPage:
        """Who did what to what, from where, before and after; newest first."""
        with cloud.database.reading() as session:
            return trail.read_page(session, cloud.keys, wanted)

    @routes.get("/state")
    def check_audit(wanted: Annotated[AuditCheckQuery, Query()]) -> AuditState:
        """Whether each service's chain of rows holds: a part of it an answer, until `next` is null."""
        with cloud.database.reading() as session:
            return chains.check(session, after=wanted.after)

    return routes
