"""Tills, and the ledger that they are part of."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from cloud_api.common.cloud import Cloud
from cloud_api.common.paging import After, Limit
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import join, new_router
from cloud_api.payments import listing, tills
from shared.contracts.base import Instant
from shared.contracts.payments import Balances, LedgerPage, NewTill, TillCount, TillPage, TillView
from shared.domain.ledger import Account

_Keeper = Annotated[Principal, Depends(allow("till.change"))]
_READ = [Depends(allow("till.read"))]
_First = Annotated[Instant | None, Query(description="Only what was booked from this instant on.")]
_OfAccount = Annotated[Account | None, Query(description="Only what moves this account.")]


def router(cloud: Cloud) -> APIRouter:
    routes = new_router()
    join(routes, _tills(cloud))
    join(routes, _ledger(cloud))
    return routes


def _tills(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["tills"])

    @routes.post("/v1/tills", status_code=201, responses=problem_responses(404, 409))
    def open_till(body: NewTill, by: _Keeper) -> TillView:
        """Open a site's till with a counted float. A site has one open till."""
        with cloud.database.transaction() as session:
            return listing.read_till(session, tills.open_till(session, body, by=by))

    @routes.post("/v1/tills/{till_id}/close", responses=problem_responses(404, 409))
    def close_till(till_id: UUID, body: TillCount, by: _Keeper) -> TillView:
        """Close a till with what was counted in it; the difference is booked and told."""
        with cloud.database.transaction() as session:
            return listing.read_till(session, tills.close_till(session, till_id, body, by=by))

    @routes.get("/v1/tills", dependencies=_READ)
    def read_tills(site_id: UUID | None = None, after: After = None, limit: Limit = 50) -> TillPage:
        """Tills with their sums, newest first."""
        with cloud.database.reading() as session:
            return listing.list_tills(session, site_id=site_id, after=after, limit=limit)

    @routes.get("/v1/tills/{till_id}", dependencies=_READ, responses=problem_responses(404))
    def read_till(till_id: UUID) -> TillView:
        """One till with its sums."""
        with cloud.database.reading() as session:
            return listing.read_till(session, tills.get_till(session, till_id))

    @routes.get("/v1/sites/{site_id}/till", dependencies=_READ, responses=problem_responses(404))
    def read_open_till(site_id: UUID) -> TillView:
        """The till that is open at a site."""
        with cloud.database.reading() as session:
            return listing.read_till(session, tills.get_open_till(session, site_id))

    return routes


def _ledger(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["ledger"], dependencies=[Depends(allow("ledger.read"))])

    @routes.get("/v1/ledger")
    def read_ledger(
        first: _First = None, account: _OfAccount = None, after: After = None, limit: Limit = 100
    ) -> LedgerPage:
        """Transactions with their entries, oldest first. Each sums to zero; none is ever changed."""
        with cloud.database.reading() as session:
            return listing.list_ledger(session, first=first, account=account, after=after, limit=limit)

    @routes.get("/v1/ledger/balances")
    def read_balances() -> Balances:
        """What each account has come to. The sums of a currency add up to zero."""
        with cloud.database.reading() as session:
            return listing.read_balances(session)

    return routes
