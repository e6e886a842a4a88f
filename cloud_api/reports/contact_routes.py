"""Who was contacted, of those who come less than usual."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import new_router
from cloud_api.reports import contacts
from shared.contracts.report_rows import ContactList, ContactView, NewContact

_Owner = Annotated[Principal, Depends(allow("report.contact"))]


def router(cloud: Cloud) -> APIRouter:
    routes = new_router(prefix="/v1/reports", tags=["reports"])

    @routes.get("/members/{member_id}/contacts", dependencies=[Depends(allow("report.read"))])
    def read_contacts(member_id: UUID) -> ContactList:
        """When a member was contacted and what came of it, newest first."""
        with cloud.database.reading() as session:
            return contacts.list_of(session, member_id)

    @routes.post("/contacts", status_code=201, responses=problem_responses(404, 409))
    def keep_contact(body: NewContact, by: _Owner) -> ContactView:
        """Write down that a member was contacted. Sent again with the same id it puts that right."""
        with cloud.database.transaction() as session:
            return contacts.keep(session, body, by=by)

    @routes.delete("/contacts/{contact_id}", status_code=204)
    def forget_contact(contact_id: UUID, by: _Owner) -> None:
        """Take one back that was written down by mistake. Doing it twice is fine."""
        with cloud.database.transaction() as session:
            contacts.forget(session, contact_id, by=by)

    return routes
