"""The routes of ``identity``."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from cloud_api.common.cloud import Cloud
from cloud_api.common.limits import sender_of
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import join, new_router
from cloud_api.common.session import transaction_time
from cloud_api.common.tries import Tries
from cloud_api.identity import invitations, people, pin_routes, sessions, welcome
from cloud_api.identity.messages import (
    Invitation,
    NewPerson,
    PasswordChange,
    Person,
    PersonChange,
    Redeem,
    Redeemed,
    Refresh,
    SignedIn,
    SignIn,
)
from cloud_api.identity.passwords import hash_password
from shared.errors import Rejected

SIGN_IN_TRIES, SIGN_IN_TRIES_OF_SENDER = 10, 100
SIGN_IN_WINDOW = timedelta(minutes=5)


def router(cloud: Cloud) -> APIRouter:
    routes = new_router()
    for part in (_signing_in(cloud), _account(cloud), _people(cloud), pin_routes.router(cloud), welcome.router(cloud)):
        join(routes, part)
    return routes


def _signing_in(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["signing in"])
    shared, window = cloud.tries, SIGN_IN_WINDOW
    limit = Tries(cloud.clock, shared, name="sign-in", tries=SIGN_IN_TRIES, window=window)
    limit_of_sender = Tries(cloud.clock, shared, name="sign-in of sender", tries=SIGN_IN_TRIES_OF_SENDER, window=window)

    @routes.post("/v1/sign-in", responses=problem_responses(401, 429))
    def sign_in(body: SignIn, request: Request) -> SignedIn:
        """Sign in with e-mail address and password. Ten tries in five minutes per address and sender, 100 per sender."""
        key = f"{sender_of(request)} {body.email.strip().lower()}"
        with limit_of_sender.trying(sender_of(request)), limit.trying(key):
            with cloud.database.reading() as session:
                person_id = sessions.check_password(session, email=body.email, password=body.password)
            limit.forget(key)
            with cloud.database.transaction() as session:
                return sessions.open_session(session, person_id, tokens=cloud.tokens, desk=body.desk)

    @routes.post("/v1/token-refreshes", responses=problem_responses(401))
    def refresh(body: Refresh) -> SignedIn:
        """Trade a refresh token for the next pair. One that was used before ends the sign-in: somebody has a copy."""
        with cloud.database.transaction() as session:
            signed_in = sessions.refresh(session, body.refresh_token, tokens=cloud.tokens)
        if signed_in is None:
            raise Rejected("This sign-in was ended, because its token was used twice.", code="not_signed_in")
        return signed_in

    @routes.post("/v1/sign-out", status_code=204)
    def sign_out(body: Refresh) -> None:
        """End a sign-in: its access tokens stop counting at once."""
        with cloud.database.transaction() as session:
            sessions.close_session(session, body.refresh_token)

    @routes.get("/.well-known/jwks.json")
    def read_jwks() -> dict[str, Any]:
        """The public keys of access tokens (RFC 7517)."""
        return cloud.tokens.jwks()

    @routes.post("/v1/invitations/redeem", status_code=201, responses=problem_responses(404, 409, 410))
    def redeem(body: Redeem) -> Redeemed:
        """Use a one-time link: the first Owner's, or one to set a password."""
        password_hash = invitations.hash_for(body)
        with cloud.database.transaction() as session:
            return Redeemed(person_id=invitations.redeem(session, body, password_hash=password_hash))

    return routes


def _account(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["account"])

    @routes.get("/v1/account")
    def read_account(principal: Annotated[Principal, Depends(allow("account.read"))]) -> Person:
        """Who I am and what I may do."""
        with cloud.database.reading() as session:
            return people.read_person(session, principal.subject)

    @routes.put("/v1/account/password", status_code=204)
    def change_password(
        body: PasswordChange, principal: Annotated[Principal, Depends(allow("account.change"))]
    ) -> None:
        """Change my password. Signs out everywhere."""
        with cloud.database.reading() as session:
            sessions.check_current_password(session, principal.subject, body.current)
        password_hash = hash_password(body.new)
        with cloud.database.transaction() as session:
            sessions.set_password(session, principal.subject, password_hash, by=principal)

    return routes


def _people(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["people"])

    @routes.get("/v1/people")
    def list_people(_principal: Annotated[Principal, Depends(allow("person.list"))]) -> list[Person]:
        """Everybody who may sign in."""
        with cloud.database.reading() as session:
            return people.list_people(session)

    @routes.post("/v1/people", status_code=201, responses=problem_responses(409))
    def create_person(body: NewPerson, principal: Annotated[Principal, Depends(allow("person.create"))]) -> Invitation:
        """Add someone; the answer has the link by which they set their password. Owners are made by Owners."""
        with cloud.database.transaction() as session:
            person_id = people.create_person(session, body, actor=principal)
            secret = invitations.invite(session, person_id, actor=principal)
            expires_at = transaction_time(session) + invitations.LINK_LIFE
        return Invitation(person_id=person_id, link=welcome.link(cloud, secret), expires_at=expires_at)

    @routes.post("/v1/people/{person_id}/invitations", status_code=201, responses=problem_responses(404))
    def invite(person_id: UUID, principal: Annotated[Principal, Depends(allow("person.change"))]) -> Invitation:
        """A new link to set a password, for someone who lost theirs. The old password counts until it is used."""
        with cloud.database.transaction() as session:
            secret = invitations.invite(session, person_id, actor=principal)
            expires_at = transaction_time(session) + invitations.LINK_LIFE
        return Invitation(person_id=person_id, link=welcome.link(cloud, secret), expires_at=expires_at)

    @routes.patch("/v1/people/{person_id}", responses=problem_responses(404, 409))
    def change_person(
        person_id: UUID, body: PersonChange, principal: Annotated[Principal, Depends(allow("person.change"))]
    ) -> Person:
        """Change name, groups, or whether they may sign in. The last Owner stays (409 ``last_owner``)."""
        with cloud.database.transaction() as session:
            people.change_person(session, person_id, body, actor=principal, journal=cloud.journal)
            session.flush()
            return people.read_person(session, person_id)

    @routes.post("/v1/people/{person_id}/sign-out", status_code=204, responses=problem_responses(404))
    def sign_out_everywhere(person_id: UUID, principal: Annotated[Principal, Depends(allow("person.change"))]) -> None:
        """Sign someone out on every PC, at once. The password stays as it is."""
        with cloud.database.transaction() as session:
            people.sign_out_everywhere(session, person_id, actor=principal)

    @routes.delete("/v1/people/{person_id}", status_code=204, responses=problem_responses(404, 409))
    def remove_person(person_id: UUID, principal: Annotated[Principal, Depends(allow("person.change"))]) -> None:
        """Take someone out for good. The last Owner stays (409 ``last_owner``)."""
        with cloud.database.transaction() as session:
            people.remove_person(session, person_id, actor=principal, journal=cloud.journal)

    return routes
