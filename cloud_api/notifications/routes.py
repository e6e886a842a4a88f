"""The routes of ``notifications``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI
from fastapi.concurrency import run_in_threadpool

from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import new_router
from cloud_api.notifications import queueing
from cloud_api.notifications.sender import Sender
from cloud_api.notifications.tables import MailRow
from shared.contracts.notifications import MailKind, MailList, MailState, MailView


def router(cloud: Cloud) -> APIRouter:
    sender = Sender(cloud)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        sender.start()
        yield
        await run_in_threadpool(sender.stop)

    routes = new_router(tags=["notifications"], lifespan=lifespan)

    @routes.get("/v1/members/{member_id}/mails", dependencies=[Depends(allow("mail.read"))])
    def read_mails(member_id: UUID) -> MailList:
        """What was mailed to a member, and what became of it, newest first; without addresses and texts."""
        with cloud.database.reading() as session:
            return MailList(items=[_view(row) for row in queueing.list_mails(session, member_id)])

    @routes.post("/v1/mails/{mail_id}/send-again", responses=problem_responses(404, 409))
    def send_again(mail_id: UUID, by: Annotated[Principal, Depends(allow("mail.send"))]) -> MailView:
        """Send a mail again, at once, to the address that the member has now."""
        with cloud.database.transaction() as session:
            return _view(queueing.send_again(session, mail_id, by=by))

    return routes


def _view(row: MailRow) -> MailView:
    state = MailState(row.state)
    next_try_at: datetime | None = row.next_try_at if state is MailState.QUEUED else None
    return MailView(
        id=row.id,
        member_id=row.member_id,
        kind=MailKind(row.kind),
        about=row.about,
        state=state,
        tries=row.tries,
        error=row.error,
        queued_at=row.queued_at,
        next_try_at=next_try_at,
        sent_at=row.sent_at,
        can_send_again=row.content is not None,
    )
