"""The owner and the staff at their desks: everything they do in the demo goes over the public API."""

import ssl
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shared.client.transport import Timeouts, open_client

_EMAIL, _PASSWORD = "owner@demo.example", "correct horse battery staple"


class Owner:
    """A signed-in Owner. Every method is one or a few calls; an answer that is no success raises."""

    def __init__(self, port: int, certificate: Path, link: str) -> None:
        pem = certificate.read_text()
        self._http = open_client(f"https://127.0.0.1:{port}", ssl.PEM_cert_to_DER_cert(pem), Timeouts())
        token = parse_qs(urlsplit(link).query)["token"][0]
        redeem = {"token": token, "password": _PASSWORD, "name": "Olivia Owner", "email": _EMAIL}
        self._ask("POST", "/v1/invitations/redeem", redeem)
        signed_in = self._ask("POST", "/v1/sign-in", {"email": _EMAIL, "password": _PASSWORD})
        self._http.headers["Authorization"] = f"Bearer {signed_in['access_token']}"

    def close(self) -> None:
        self._http.close()

    def sell_at_the_other_site(self, home_site_id: str, *, given_name: str, family_name: str) -> tuple[str, str]:
        """A new member buys a month right now; returns the member's id and the purchase code's text."""
        plans = self._ask("GET", "/v1/plans")["items"]
        monthly = next(plan for plan in plans if plan["name"] == "Monthly")
        draft = {"given_name": given_name, "family_name": family_name, "home_site_id": home_site_id}
        member_id = self._ask("POST", "/v1/members", draft)["id"]
        self._ask("POST", f"/v1/members/{member_id}/memberships", {"plan_id": monthly["id"]})
        voucher = self._ask("POST", f"/v1/members/{member_id}/vouchers", {})
        return member_id, voucher["code"]["text"]

    def revoke(self, pass_id: str) -> None:
        """The one click that ends a pass."""
        self._ask("POST", f"/v1/passes/{pass_id}/revoke", {})

    def read_symbologies(self, site_id: str, symbologies: list[str]) -> None:
        """Switch on what the gym's old tags are printed as."""
        site = next(site for site in self._ask("GET", "/v1/sites")["items"] if site["id"] == site_id)
        site["policy"]["linear_symbologies"] = symbologies
        self._ask("PUT", f"/v1/sites/{site_id}", site)

    def import_codes(self, codes: list[dict[str, str]]) -> str:
        """Give members the codes they already have; says how many of them were what."""
        results = self._ask("POST", "/v1/barcode-imports", {"items": codes})["results"]
        counts = Counter(result["status"] for result in results)
        return ", ".join(f"{count} {status}" for status, count in counts.items())

    def attendance(self, site_id: str) -> list[dict[str, Any]]:
        """Every event at the site's doors, oldest first."""
        return list(self._pages("/v1/attendance", site_id))

    def visits(self, site_id: str) -> list[dict[str, Any]]:
        """Who came, and when."""
        return list(self._pages("/v1/visits", site_id))

    def report(self, name: str, site_id: str, day: date) -> dict[str, Any]:
        """An owner's report for one day."""
        path = f"/v1/reports/{name}?site_id={site_id}&first={day}&last={day}"
        answer: dict[str, Any] = self._ask("GET", path)
        return answer

    def _pages(self, path: str, site_id: str) -> Iterator[dict[str, Any]]:
        after = ""
        while True:
            page = self._ask("GET", f"{path}?site_id={site_id}&limit=500{after}")
            yield from page["items"]
            if page["next"] is None:
                return
            after = f"&after={page['next']}"

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._http.request(method, path, json=body)
        if not answer.is_success:
            message = f"{method} {path}: {answer.status_code} {answer.text[:400]}"
            raise RuntimeError(message)
        return answer.json() if answer.content else None


def by_hour(report: dict[str, Any]) -> list[tuple[int, int]]:
    """Hour of the site's day and visits begun in it."""
    hours: Counter[int] = Counter()
    for entry in report["hours"]:
        hours[entry["hour"]] += entry["visits"]
    return sorted(hours.items())
