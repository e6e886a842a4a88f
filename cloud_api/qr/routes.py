"""The routes of ``qr``."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path

from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import join, new_router
from cloud_api.qr import barcodes, cards, finding, issuer_keys, phones, revoking, views, vouchers
from cloud_api.qr.pictures import code_of
from shared.contracts.qr import (
    BarcodeImports,
    BarcodeRequest,
    CardRequest,
    FoundPass,
    ImportAnswer,
    IssuedCard,
    IssuedVoucher,
    IssuerKeyList,
    IssuerKeyView,
    PassList,
    PassPlaces,
    PassText,
    PassView,
    PhoneRequest,
    RegisteredPhone,
    Rotation,
    VoucherList,
    VoucherRequest,
    VoucherView,
)

_Issuer = Annotated[Principal, Depends(allow("pass.issue"))]
_Revoker = Annotated[Principal, Depends(allow("pass.revoke"))]
_VoucherIssuer = Annotated[Principal, Depends(allow("voucher.issue"))]
_VoucherId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="The voucher's id as 16 hex digits.")]


def router(cloud: Cloud) -> APIRouter:
    routes = new_router()
    for part in (_passes(cloud), _vouchers(cloud), _issuer_keys(cloud)):
        join(routes, part)
    return routes


def _passes(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["passes"])

    @routes.get(
        "/v1/members/{member_id}/passes", dependencies=[Depends(allow("pass.read"))], responses=problem_responses(404)
    )
    def read_passes(member_id: UUID) -> PassList:
        """All passes of a member, also revoked ones, newest first."""
        with cloud.database.reading() as session:
            return views.list_passes(session, member_id)

    @routes.post("/v1/members/{member_id}/cards", status_code=201, responses=problem_responses(404, 409))
    def issue_card(member_id: UUID, body: CardRequest, by: _Issuer) -> IssuedCard:
        """Make a card. Its text is told here alone; print it now."""
        with cloud.database.transaction() as session:
            row, text = cards.issue_card(session, cloud.keys, member_id, body, by=by)
        return IssuedCard(member_pass=views.pass_view(row), code=code_of(text))

    @routes.post("/v1/members/{member_id}/phones", status_code=201, responses=problem_responses(404, 409))
    def register_phone(member_id: UUID, body: PhoneRequest, by: _Issuer) -> RegisteredPhone:
        """Register a phone's public key; the phone makes codes with the private one from now on."""
        with cloud.database.transaction() as session:
            row, credential_id = phones.register_phone(session, cloud.keys, member_id, body, by=by)
        return RegisteredPhone(member_pass=views.pass_view(row), credential_id=credential_id, gym_id=cloud.keys.gym_id)

    @routes.post("/v1/members/{member_id}/barcodes", status_code=201, responses=problem_responses(404, 409))
    def add_barcode(member_id: UUID, body: BarcodeRequest, by: _Issuer) -> PassView:
        """Let a tag or card that the member carries already open the door."""
        with cloud.database.transaction() as session:
            return views.pass_view(barcodes.add_barcode(session, cloud.keys, member_id, body, by=by))

    @routes.post("/v1/barcode-imports")
    def import_barcodes(body: BarcodeImports, by: _Issuer) -> ImportAnswer:
        """Take over up to 1,000 existing codes; one answer a line."""
        if body.dry_run:
            with cloud.database.reading() as session:
                return ImportAnswer(results=barcodes.try_barcodes(session, cloud.keys, body.items))
        with cloud.database.transaction() as session:
            return ImportAnswer(results=barcodes.import_barcodes(session, cloud.keys, body.items, by=by))

    @routes.post("/v1/pass-lookups", dependencies=[Depends(allow("pass.read"))], responses=problem_responses(404))
    def find_holder(body: PassText) -> FoundPass:
        """Say whose a scanned or typed code is, also a revoked one. A POST, so that no log of paths holds a code."""
        with cloud.database.reading() as session:
            return finding.find_holder(session, cloud.keys, body.text)

    @routes.get(
        "/v1/passes/{pass_id}/roster-places",
        dependencies=[Depends(allow("pass.read"))],
        responses=problem_responses(404),
    )
    def read_places(pass_id: UUID) -> PassPlaces:
        """Where the rosters have the pass as it is now: with kiosks' heartbeats, which of them have heard of it."""
        with cloud.database.reading() as session:
            return finding.list_places(session, pass_id)

    @routes.post("/v1/passes/{pass_id}/revoke", responses=problem_responses(404))
    def revoke_pass(pass_id: UUID, by: _Revoker) -> PassView:
        """Revoke a pass for good: every door in contact refuses it within seconds."""
        with cloud.database.transaction() as session:
            return views.pass_view(revoking.revoke_pass(session, cloud.journal, pass_id, by=by))

    return routes


def _vouchers(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["vouchers"])

    @routes.get(
        "/v1/members/{member_id}/vouchers", dependencies=[Depends(allow("pass.read"))], responses=problem_responses(404)
    )
    def read_vouchers(member_id: UUID) -> VoucherList:
        """All vouchers of a member, newest first."""
        with cloud.database.reading() as session:
            return views.list_vouchers(session, member_id)

    @routes.post("/v1/members/{member_id}/vouchers", status_code=201, responses=problem_responses(404, 409))
    def issue_voucher(member_id: UUID, body: VoucherRequest, by: _VoucherIssuer) -> IssuedVoucher:
        """Sign a voucher for today and tomorrow, which opens a door that has not heard of a purchase yet."""
        with cloud.database.transaction() as session:
            row, text = vouchers.issue_voucher(session, cloud.keys, member_id, body, by=by)
        return IssuedVoucher(voucher=views.voucher_view(row), code=code_of(text))

    @routes.post("/v1/vouchers/{voucher_id}/revoke", responses=problem_responses(404))
    def revoke_voucher(voucher_id: _VoucherId, by: _Revoker) -> VoucherView:
        """Take a voucher back."""
        with cloud.database.transaction() as session:
            row = vouchers.revoke_voucher(session, cloud.keys, cloud.journal, bytes.fromhex(voucher_id), by=by)
            return views.voucher_view(row)

    return routes


def _issuer_keys(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["voucher keys"])

    @routes.get("/v1/issuer-keys", dependencies=[Depends(allow("issuer_key.read"))])
    def read_issuer_keys() -> IssuerKeyList:
        """The public halves of the keys that sign vouchers, newest first."""
        with cloud.database.reading() as session:
            return views.list_issuer_keys(session)

    @routes.post("/v1/issuer-keys", status_code=201, responses=problem_responses(409))
    def rotate(body: Rotation, by: Annotated[Principal, Depends(allow("issuer_key.change"))]) -> IssuerKeyView:
        """Make the next key. It signs in three days, or at once where the old ones were stolen."""
        with cloud.database.transaction() as session:
            row = issuer_keys.rotate(session, cloud.keys, compromised=body.compromised, by=by)
            return views.issuer_key_view(session, row)

    return routes
