"""The owner at the desk: signs in by the one-time link and does everything over the public API."""

import ssl
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from shared.client.session import PersonSession
from shared.client.staff import StaffCloud
from shared.client.transport import Timeouts, Transport, open_client
from shared.contracts import gym, qr
from shared.contracts.reports import VisitsReport

EMAIL, PASSWORD = "owner@demo.example", "correct horse battery staple"


def sign_in(port: int, certificate: Path, link: str) -> StaffCloud:
    """Become the first Owner with the link that ``fit-cloud init`` printed."""
    pinned = ssl.PEM_cert_to_DER_cert(certificate.read_text())
    session = PersonSession(Transport(open_client(f"https://127.0.0.1:{port}", pinned, Timeouts())))
    token = parse_qs(urlsplit(link).query)["token"][0]
    session.redeem(token, password=PASSWORD, name="Olivia Owner", email=EMAIL)
    session.sign_in(EMAIL, PASSWORD)
    return StaffCloud(session)


def sell_a_month(cloud: StaffCloud, home_site_id: UUID, *, given_name: str, family_name: str) -> tuple[UUID, str]:
    """A new member buys a month right now; returns the member's id and the text of the purchase code."""
    monthly = next(plan for plan in cloud.plans() if plan.name == "Monthly")
    draft = gym.NewMember(given_name=given_name, family_name=family_name, home_site_id=home_site_id)
    member = cloud.create_member(draft)
    bought = cloud.sell(member.id, gym.Sale(plan_id=monthly.id))
    voucher = cloud.issue_voucher(member.id, qr.VoucherRequest(membership_id=bought.id))
    return member.id, voucher.code.text


def read_symbologies(cloud: StaffCloud, site_id: UUID, symbologies: list[str]) -> None:
    """Switch on what the gym's old tags are printed as."""
    site = next(site for site in cloud.sites() if site.id == site_id)
    policy = site.policy.model_dump() | {"linear_symbologies": symbologies}
    cloud.change_site(site_id, gym.SiteDraft.model_validate(site.model_dump() | {"policy": policy}))


def import_codes(cloud: StaffCloud, codes: list[qr.BarcodeImport]) -> str:
    """Give members the codes they already have; says how many of them were what."""
    counts = Counter(result.status.value for result in cloud.import_barcodes(codes))
    return ", ".join(f"{count} {status}" for status, count in counts.items())


def attendance(cloud: StaffCloud, site_id: UUID) -> Iterator[gym.AttendanceView]:
    """Every event at the site's doors, oldest first."""
    wanted = gym.EventQuery(site_id=site_id, limit=500)
    while True:
        page = cloud.attendance(wanted)
        yield from page.items
        if page.next is None:
            return
        wanted = wanted.model_copy(update={"after": page.next})


def by_hour(report: VisitsReport) -> list[tuple[int, int]]:
    """Hour of the site's day and visits begun in it."""
    hours: Counter[int] = Counter()
    for entry in report.hours:
        hours[entry.hour] += entry.visits
    return sorted(hours.items())
