"""Orders, payments, refunds, corrections, receipts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path

from cloud_api.common.cloud import Cloud
from cloud_api.common.paging import After, Limit
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import join, new_router
from cloud_api.payments import correcting, listing, orders, refunding, taking
from shared.contracts.payments import (
    CorrectionView,
    NewCorrection,
    NewOrder,
    NewPayment,
    NewRefund,
    OrderView,
    ReceiptPage,
    ReceiptView,
)

_Taker = Annotated[Principal, Depends(allow("payment.take"))]
_Refunder = Annotated[Principal, Depends(allow("payment.refund"))]
_Corrector = Annotated[Principal, Depends(allow("payment.correct"))]
_READ = [Depends(allow("payment.read"))]
_Number = Annotated[int, Path(ge=1, lt=2**53, description="A receipt's number.")]


def router(cloud: Cloud) -> APIRouter:
    routes = new_router()
    join(routes, _orders(cloud))
    join(routes, _receipts(cloud))
    return routes


def _orders(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["orders"], responses=problem_responses(404, 409))

    @routes.post("/v1/orders", status_code=201)
    def create_order(body: NewOrder, by: _Taker) -> OrderView:
        """Price what a member is about to pay for. Sent again with the same id it makes nothing twice."""
        with cloud.database.transaction() as session:
            return listing.read_order(session, orders.create_order(session, body, by=by).id)

    @routes.get("/v1/orders/{order_id}", dependencies=_READ)
    def read_order(order_id: UUID) -> OrderView:
        """One order: what was ordered, paid and given back."""
        with cloud.database.reading() as session:
            return listing.read_order(session, order_id)

    @routes.post("/v1/orders/{order_id}/payments", status_code=201)
    def take_payment(order_id: UUID, body: NewPayment, by: _Taker) -> ReceiptView:
        """Take the whole of an order. Sent again with the same id it gives the same receipt."""
        with cloud.database.transaction() as session:
            return listing.view_receipt(session, taking.take_payment(session, cloud.keys, order_id, body, by=by))

    @routes.post("/v1/orders/{order_id}/refunds", status_code=201)
    def refund(order_id: UUID, body: NewRefund, by: _Refunder) -> ReceiptView:
        """Give money back, never more than was paid, and take back what it paid for if so wished."""
        with cloud.database.transaction() as session:
            return listing.view_receipt(session, refunding.refund(session, cloud.keys, order_id, body, by=by))

    @routes.post("/v1/orders/{order_id}/corrections", status_code=201)
    def correct(order_id: UUID, body: NewCorrection, by: _Corrector) -> CorrectionView:
        """Reverse a payment that was typed in wrongly and book the right one."""
        with cloud.database.transaction() as session:
            return listing.view_correction(session, correcting.correct(session, cloud.keys, order_id, body, by=by))

    return routes


def _receipts(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["receipts"], dependencies=_READ)

    @routes.get("/v1/receipts")
    def read_all_receipts(
        site_id: UUID | None = None, till_id: UUID | None = None, after: After = None, limit: Limit = 50
    ) -> ReceiptPage:
        """Receipts, newest first: of the gym, of a site, or issued while a till was open, however they were paid."""
        with cloud.database.reading() as session:
            return listing.list_receipts(session, site_id=site_id, till_id=till_id, after=after, limit=limit)

    @routes.get("/v1/receipts/{number}", responses=problem_responses(404))
    def read_receipt(number: _Number) -> ReceiptView:
        """One receipt, as it was issued."""
        with cloud.database.reading() as session:
            return listing.read_receipt(session, number)

    @routes.get("/v1/members/{member_id}/receipts")
    def read_receipts(member_id: UUID, after: After = None, limit: Limit = 50) -> ReceiptPage:
        """A member's receipts, newest first. An erased member's stay, under a bare id."""
        with cloud.database.reading() as session:
            return listing.list_receipts(session, member_id=member_id, after=after, limit=limit)

    return routes
