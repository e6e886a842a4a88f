"""The routes of ``devices``: those of kiosks here, those of staff in :mod:`cloud_api.devices.staff_routes`."""

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from cloud_api.common.cloud import Cloud
from cloud_api.common.limits import sender_of
from cloud_api.common.openapi import documented_body
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import DeviceRevoked, problem_responses
from cloud_api.common.routing import new_router
from cloud_api.common.tries import Tries
from cloud_api.devices import challenge, enrolment, feed, health, opening, staff_routes
from cloud_api.devices.device import get_device, refuse_revoked, wipe_order
from cloud_api.devices.hints import MAX_WAIT_S, Watcher
from cloud_api.devices.ingest import ingest
from cloud_api.devices.reading import read_upload
from shared import faults
from shared.contracts.devices import (
    Challenge,
    ChallengeRequest,
    DeviceToken,
    Enrolment,
    EnrolRequest,
    EventUpload,
    FeedAnswer,
    Heartbeat,
    HeartbeatAnswer,
    Hint,
    OpenOrder,
    OpenReport,
    SalvageUpload,
    Snapshot,
    TokenRequest,
    UploadAnswer,
)
from shared.errors import Rejected
from shared.passtoken.signing import is_signed, salvage_message

ENROL_TRIES, ENROL_TRIES_OF_ALL, ENROL_WINDOW = 5, 50, timedelta(minutes=10)
_GZIP_LEVEL, _GZIP_FORMAT, _GZIP_MEMORY = 6, 31, 9
"""A roster is mostly keys and hashes, which do not repeat: that is what zlib calls filtered data."""
_PACK_FROM = 1024

Version = Annotated[int, Query(ge=0, lt=2**53, description="The cursor: the version that the kiosk has.")]


def router(cloud: Cloud) -> APIRouter:
    routes = new_router()
    for part in (_joining(cloud), _roster(cloud), _events(cloud), staff_routes.router(cloud)):
        routes.include_router(part)  # one of them has work of its own in the background
    return routes


def _joining(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["devices: joining"])
    shared, window = cloud.tries, ENROL_WINDOW
    limit = Tries(cloud.clock, shared, name="enrol", tries=ENROL_TRIES, window=window)
    limit_of_all = Tries(cloud.clock, shared, name="enrol of all", tries=ENROL_TRIES_OF_ALL, window=window)
    challenges = challenge.Challenges(cloud.keys, shared)

    @routes.post("/v1/enrolments", status_code=201, responses=problem_responses(404, 410, 429))
    def enrol(body: EnrolRequest, request: Request) -> Enrolment:
        """Redeem a one-time code with the kiosk's public key. Five tries in ten minutes per sender."""
        sender = sender_of(request)
        with limit.trying(sender), limit_of_all.trying("all"), cloud.database.transaction() as session:
            enrolled = enrolment.enrol(session, body, keys=cloud.keys)
        limit.forget(sender)
        return enrolled

    @routes.post("/v1/device-tokens/challenge", responses=problem_responses(403, 404))
    def make_challenge(body: ChallengeRequest) -> Challenge:
        """A nonce to sign within a minute. A revoked device is told to wipe."""
        with cloud.database.reading() as session:
            refuse_revoked(get_device(session, body.device_id), cloud.keys)
        return challenges.make(body.device_id, now=cloud.clock.now())

    @routes.post("/v1/device-tokens", responses=problem_responses(403, 404, 409))
    def make_token(body: TokenRequest) -> DeviceToken:
        """Trade a signed challenge for an access token. Each challenge counts once."""
        with cloud.database.reading() as session:
            device = get_device(session, body.device_id)
        refuse_revoked(device, cloud.keys)
        challenges.check(body.device_id, body.nonce, now=cloud.clock.now())
        return challenge.issue_token(body, device, tokens=cloud.tokens)

    return routes


def _roster(cloud: Cloud) -> APIRouter:
    watcher = Watcher(cloud.database, cloud.clock)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.watcher = watcher
        async with watcher.running():
            yield

    routes = new_router(tags=["devices: roster"], lifespan=lifespan)

    @routes.get("/v1/devices/self/snapshot", response_model=Snapshot, responses=problem_responses(404))
    def read_snapshot(request: Request, principal: Annotated[Principal, Depends(allow("device.feed"))]) -> Response:
        """The whole roster of the kiosk's site, in one consistent read."""
        with cloud.database.reading() as session:
            snapshot = feed.read_snapshot(session, _site_of(principal))
        return _json(snapshot.model_dump_json(), request)

    @routes.get("/v1/devices/self/feed", response_model=FeedAnswer, responses=problem_responses(404, 410))
    def read_feed(
        request: Request,
        principal: Annotated[Principal, Depends(allow("device.feed"))],
        epoch: UUID,
        version: Version,
        limit: Annotated[int, Query(ge=1, le=feed.MAX_ROWS)] = feed.MAX_ROWS,
    ) -> Response:
        """Changes after a cursor. 410 ``snapshot_required`` when the cursor cannot be continued from."""
        with cloud.database.reading() as session:
            answer = feed.read_feed(session, _site_of(principal), epoch, version, limit)
        return _json(answer.model_dump_json(), request)

    @routes.get("/v1/devices/self/hint")
    async def wait_for_hint(
        principal: Annotated[Principal, Depends(allow("device.feed"))],
        epoch: UUID,
        version: Version,
        wait: Annotated[float, Query(ge=0, le=MAX_WAIT_S, description="Seconds to wait at the most.")] = MAX_WAIT_S,
    ) -> Hint:
        """Answers when the roster is not where the kiosk said, or after ``wait`` seconds."""
        known, site_id = Hint(epoch=epoch, version=version), _site_of(principal)
        with cloud.metrics.waiting.track_inprogress():
            heads = await watcher.wait(device_id=principal.subject, site_id=site_id, known=known, wait_s=wait)
        if principal.subject in heads.revoked:
            wipe = wipe_order(cloud.keys, device_id=principal.subject, ordered_at=heads.revoked[principal.subject])
            raise DeviceRevoked(wipe)
        epoch, version = heads.sites.get(site_id, (epoch, version))
        order = None
        if principal.subject in heads.opening:
            order = await run_in_threadpool(_fetch_order, cloud, principal.subject)
        return Hint(epoch=epoch, version=version, open=order)

    @routes.post("/v1/devices/self/openings/{opening_id}", status_code=204, responses=problem_responses(404))
    def report_opening(
        opening_id: UUID, body: OpenReport, principal: Annotated[Principal, Depends(allow("device.feed"))]
    ) -> None:
        """Say what became of an order to open."""
        with cloud.database.transaction() as session:
            opening.report(session, principal.subject, opening_id, body)

    return routes


def _events(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["devices: events"])

    @routes.post("/v1/devices/self/events", response_model=UploadAnswer, openapi_extra=documented_body(EventUpload))
    def upload(
        principal: Annotated[Principal, Depends(allow("device.upload"))],
        body: Annotated[bytes, Depends(_raw_body)],
    ) -> Response:
        """Hand in up to 500 events of one stream. Each is answered by itself; one that cannot be read harms no other."""
        read = read_upload(body)  # before a writing connection is taken, of which there are few
        with cloud.database.transaction() as session:
            site_id, now = _site_of(principal), cloud.clock.now()
            answer = ingest(session, read, device_id=principal.subject, site_id=site_id, now=now)
        cloud.metrics.count_ingested(answer)
        faults.reach("ingest.after_commit")
        return Response(answer.model_dump_json(), media_type="application/json")

    @routes.post("/v1/devices/self/heartbeat")
    def beat(body: Heartbeat, principal: Annotated[Principal, Depends(allow("device.heartbeat"))]) -> HeartbeatAnswer:
        """Say how the kiosk is."""
        with cloud.database.transaction() as session:
            return health.keep_heartbeat(session, principal.subject, body)

    @routes.post("/v1/salvage", responses=problem_responses(403, 404))
    def salvage(body: SalvageUpload) -> UploadAnswer:
        """Hand in a revoked device's last events, signed with its key instead of a token."""
        with cloud.database.transaction() as session:
            device = get_device(session, body.device_id)
            message = salvage_message(device.id, body.payload)
            if device.public_key is None or not is_signed(device.public_key, message, body.signature):
                raise Rejected("The signature is not this device's.", code="bad_signature")
            read, is_revoked = read_upload(body.payload.encode()), device.revoked_at is not None
            answer = ingest(
                session,
                read,
                device_id=device.id,
                site_id=device.site_id,
                now=cloud.clock.now(),
                revoked=is_revoked,
            )
        cloud.metrics.count_ingested(answer)
        faults.reach("ingest.after_commit")
        return answer

    return routes


def _fetch_order(cloud: Cloud, device_id: UUID) -> OpenOrder | None:
    with cloud.database.transaction() as session:
        return opening.fetch(session, cloud.keys, device_id)


async def _raw_body(request: Request) -> bytes:
    return await request.body()


def _site_of(principal: Principal) -> UUID:
    if principal.site_id is None:
        raise Rejected("Only a device may do this.", code="forbidden")
    return principal.site_id


def _json(text: str, request: Request) -> Response:
    """The JSON, packed where the client takes gzip and it is worth it. In the route's thread, not on the loop."""
    body, headers = text.encode(), {"Vary": "Accept-Encoding"}
    if len(body) >= _PACK_FROM and "gzip" in request.headers.get("accept-encoding", ""):
        packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_FORMAT, _GZIP_MEMORY, zlib.Z_FILTERED)
        body, headers["Content-Encoding"] = packer.compress(body) + packer.flush(), "gzip"
    return Response(body, media_type="application/json", headers=headers)
