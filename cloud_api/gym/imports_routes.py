"""Moving in: lines of another system's list as members, which imports there were, undoing one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from cloud_api.common.cloud import Cloud
from cloud_api.common.paging import After, Limit
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import new_router
from cloud_api.gym import imports, imports_listing, imports_undoing
from shared.contracts.imports import ImportLinePage, ImportList, ImportPortion, LineOutcome, PortionAnswer, UndoStep

_Mover = Annotated[Principal, Depends(allow("import.run"))]


def router(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["imports"])

    @routes.post("/v1/imports/{import_id}/portions", responses=problem_responses(409))
    def take_in(import_id: UUID, body: ImportPortion, by: _Mover) -> PortionAnswer:
        """Take in up to 500 lines of a file; one answer a line.

        The import begins with its first portion, under an id that its client minted. A portion may be sent again: what
        was made is made once.
        """
        if body.dry_run:
            with cloud.database.reading() as session:
                return imports.try_out(session, import_id, body)
        with cloud.database.transaction() as session:
            return imports.take_in(session, cloud.keys, import_id, body, by=by)

    @routes.get("/v1/imports", dependencies=[Depends(allow("import.run"))])
    def read_imports() -> ImportList:
        """The newest hundred imports, newest first."""
        with cloud.database.reading() as session:
            return imports_listing.list_imports(session)

    @routes.get(
        "/v1/imports/{import_id}/lines",
        dependencies=[Depends(allow("import.run"))],
        responses=problem_responses(404),
    )
    def read_lines(
        import_id: UUID, outcome: LineOutcome | None = None, after: After = None, limit: Limit = 100
    ) -> ImportLinePage:
        """What became of an import's lines, such as of those that undoing kept."""
        with cloud.database.reading() as session:
            return imports_listing.list_lines(session, import_id, outcome=outcome, after=after, limit=limit)

    @routes.post("/v1/imports/{import_id}/undo", responses=problem_responses(404, 409))
    def undo(import_id: UUID, by: _Mover) -> UndoStep:
        """Undo some more of an import, within 30 days: ask again until nothing is left.

        Who has visited, paid, got a pass or was changed since is kept.
        """
        with cloud.database.transaction() as session:
            return imports_undoing.undo_some(session, cloud.journal, import_id, by=by)

    return routes
