"""The page behind a one-time link: the one thing this server shows in a browser without a program of ours."""

from html import escape
from http import HTTPStatus
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from cloud_api.common.cloud import Cloud
from cloud_api.common.problems import status_of
from cloud_api.common.routing import new_router
from cloud_api.identity import invitations
from cloud_api.identity.messages import MIN_PASSWORD, Redeem
from shared.errors import InvalidInput, Rejected

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body{{font:18px/1.5 system-ui,sans-serif;max-width:26rem;margin:12vh auto;padding:0 1rem;color:#16202a;background:#f5f7f8}}
label{{display:block;margin:1rem 0 .25rem}}input,button{{font:inherit;width:100%;padding:.6rem;box-sizing:border-box}}
button{{margin-top:1.5rem}}.note{{color:#8a1c1c}}</style></head><body><h1>{title}</h1>{body}</body></html>"""
_FORM = """<p class="note">{note}</p><form method="post" action="/welcome" autocomplete="off">
<input type="hidden" name="token" value="{token}">{who}
<label for="password">Password, at least {length} characters</label>
<input id="password" name="password" type="password" minlength="{length}" maxlength="200" required autocomplete="new-password">
<button>Set password</button></form>"""
_WHO = """<label for="name">Your name</label><input id="name" name="name" maxlength="200" required>
<label for="email">Your e-mail address</label><input id="email" name="email" type="email" maxlength="254" required>"""


def link(cloud: Cloud, secret: str) -> str:
    """The link for a person who is there already."""
    return f"{cloud.base_url}/welcome?token={secret}"


def owner_link(base_url: str, secret: str) -> str:
    """The link of the first Owner, who is asked for name and e-mail address too."""
    return f"{base_url}/welcome?token={secret}&first=1"


def router(cloud: Cloud) -> APIRouter:
    routes = new_router(include_in_schema=False)

    @routes.get("/welcome")
    def show(token: str = "", first: str = "") -> HTMLResponse:
        return _page(f"Welcome to {cloud.keys.gym_name}", _form(token, first=bool(first)))

    @routes.post("/welcome")
    async def redeem(request: Request) -> HTMLResponse:
        fields = {key: values[0] for key, values in parse_qs((await request.body()).decode(errors="replace")).items()}
        return await run_in_threadpool(_redeem, cloud, fields)

    return routes


def _redeem(cloud: Cloud, fields: dict[str, str]) -> HTMLResponse:
    token, first = fields.get("token", ""), "email" in fields
    try:
        asked = Redeem.model_validate(fields)
        password_hash = invitations.hash_for(asked)
        with cloud.database.transaction() as session:
            invitations.redeem(session, asked, password_hash=password_hash)
    except ValidationError as error:
        problem = error.errors()[0]
        note = f"{problem['loc'][0]}: {problem['msg']}"
        return _page("Not yet", _form(token, first=first, note=note), HTTPStatus.UNPROCESSABLE_ENTITY)
    except InvalidInput as error:
        form = _form(token, first=True, note=str(error))
        return _page("Not yet", form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except Rejected as error:
        return _page("Sorry", f'<p class="note">{escape(str(error))}</p>', HTTPStatus(status_of(error)))
    return _page("Done", "<p>Your password is set. You can sign in now and close this page.</p>")


def _form(token: str, *, first: bool, note: str = "") -> str:
    who = _WHO if first else ""
    return _FORM.format(note=escape(note), token=escape(token), who=who, length=MIN_PASSWORD)


def _page(title: str, body: str, status: HTTPStatus = HTTPStatus.OK) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=escape(title), body=body), status_code=status, headers=_HEADERS)
