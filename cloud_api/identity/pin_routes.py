"""The routes of PINs."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends

from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import new_router
from cloud_api.common.tries import Tries
from cloud_api.identity import pins, sessions
from cloud_api.identity.passwords import hash_password
from shared.contracts.identity import ColleagueList, PinChange, SignedIn, TakeOver

TRIES, WINDOW = 5, timedelta(minutes=10)


def router(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["desks"])
    limit = Tries(cloud.clock, cloud.tries, name="pin", tries=TRIES, window=WINDOW)
    limit_of_password = Tries(cloud.clock, cloud.tries, name="pin's password", tries=TRIES, window=WINDOW)

    @routes.put("/v1/account/pin", status_code=204, responses=problem_responses(401, 429))
    def set_pin(body: PinChange, principal: Annotated[Principal, Depends(allow(pins.OPERATION))]) -> None:
        """Set or take away my PIN. Five tries at the password in ten minutes."""
        with limit_of_password.trying(str(principal.subject)), cloud.database.reading() as session:
            sessions.check_current_password(session, principal.subject, body.password)
        pin_hash = None if body.pin is None else hash_password(body.pin)
        with cloud.database.transaction() as session:
            pins.set_pin(session, principal.subject, pin_hash, by=principal)

    @routes.get("/v1/colleagues", dependencies=[Depends(allow(pins.OPERATION))])
    def list_colleagues() -> ColleagueList:
        """Who can take over this desk by PIN."""
        with cloud.database.reading() as session:
            return pins.list_colleagues(session)

    @routes.post("/v1/desk-sign-ins", responses=problem_responses(403, 429))
    def take_over(body: TakeOver, principal: Annotated[Principal, Depends(allow(pins.OPERATION))]) -> SignedIn:
        """Sign in by PIN at a desk where a colleague is signed in. Five tries in ten minutes for each person."""
        with limit.trying(str(body.person_id)):
            with cloud.database.reading() as session:
                pins.check_pin(session, body.person_id, body.pin)
            limit.forget(str(body.person_id))
            with cloud.database.transaction() as session:
                return sessions.open_session(session, body.person_id, tokens=cloud.tokens, desk=principal.desk)

    return routes
