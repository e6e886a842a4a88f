"""The routes of PINs and of cards for the desk."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends

from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import new_router
from cloud_api.common.tries import Tries
from cloud_api.identity import desk_cards, desks, pins, sessions
from cloud_api.identity.passwords import hash_password
from shared.contracts.identity import ColleagueList, DeskCardChange, PinChange, SignedIn, TakeOver, TakeOverByCard

AtDesk = Annotated[Principal, Depends(allow(desks.OPERATION))]

TRIES, WINDOW = 5, timedelta(minutes=10)


def router(cloud: Cloud) -> APIRouter:
    """Who takes over has a role at the desk, and so has whoever is signed in there."""
    routes = new_router(tags=["desks"])
    limit = Tries(cloud.clock, cloud.tries, name="pin", tries=TRIES, window=WINDOW)
    limit_of_password = Tries(cloud.clock, cloud.tries, name="pin's password", tries=TRIES, window=WINDOW)

    @routes.put("/v1/account/pin", status_code=204, responses=problem_responses(401, 429))
    def set_pin(body: PinChange, principal: AtDesk) -> None:
        """Set or take away my PIN. Five tries at the password in ten minutes."""
        with limit_of_password.trying(str(principal.subject)), cloud.database.reading() as session:
            sessions.check_current_password(session, principal.subject, body.password)
        pin_hash = None if body.pin is None else hash_password(body.pin)
        with cloud.database.transaction() as session:
            pins.set_pin(session, principal.subject, pin_hash, by=principal)

    @routes.put("/v1/account/desk-card", status_code=204, responses=problem_responses(401, 409, 429))
    def set_card(body: DeskCardChange, principal: AtDesk) -> None:
        """Register my card for the desk, in place of the one before, or take it away. The tries are those of the PIN."""
        with limit_of_password.trying(str(principal.subject)), cloud.database.reading() as session:
            sessions.check_current_password(session, principal.subject, body.password)
        if body.card is not None:
            desk_cards.check_card(body.card)
        card_hash = None if body.card is None else desk_cards.hash_card(cloud.keys, body.card)
        with cloud.database.transaction() as session:
            desk_cards.set_card(session, principal.subject, card_hash, by=principal)

    @routes.get("/v1/colleagues")
    def list_colleagues(_principal: AtDesk) -> ColleagueList:
        """Who can take over this desk, by PIN or by card."""
        with cloud.database.reading() as session:
            return desks.list_colleagues(session)

    @routes.post("/v1/desk-sign-ins", responses=problem_responses(403, 429))
    def take_over(body: TakeOver, principal: AtDesk) -> SignedIn:
        """Sign in by PIN at a desk where a colleague is signed in. Five tries in ten minutes for each person."""
        with limit.trying(str(body.person_id)):
            with cloud.database.reading() as session:
                pins.check_pin(session, body.person_id, body.pin)
            limit.forget(str(body.person_id))
            with cloud.database.transaction() as session:
                return desks.take_over(session, body.person_id, means="pin", at=principal, tokens=cloud.tokens)

    @routes.post("/v1/desk-card-sign-ins", responses=problem_responses(403, 429))
    def take_over_by_card(body: TakeOverByCard, principal: AtDesk) -> SignedIn:
        """Sign in by card at a desk where a colleague is signed in. Five wrong ones in ten minutes at that sign-in's person.

        A right one is no try, and starts no count anew: who has a card may not guess at another's with it.
        """
        with limit.trying(f"card {principal.subject}") as was_right:
            with cloud.database.reading() as session:
                person_id = desk_cards.person_of_card(session, desk_cards.hash_card(cloud.keys, body.card))
            was_right()
        with cloud.database.transaction() as session:
            return desks.take_over(session, person_id, means="card", at=principal, tokens=cloud.tokens)

    return routes
