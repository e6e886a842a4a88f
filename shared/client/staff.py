"""What staff and owners do over the API, typed: one method a route, the messages of :mod:`shared.contracts`.

Every method may raise ``Unavailable`` (try again) and ``Rejected`` (the cloud's no, with a code for programs;
``NotRecognised`` for 401, 403 and 404).
"""

from collections.abc import Iterable
from uuid import UUID

from shared.client.session import Params, PersonSession
from shared.contracts import gym, identity, notifications, planned, qr
from shared.contracts.base import Message, Nothing
from shared.contracts.families import Family
from shared.contracts.kiosks import (
    DeviceInfo,
    DeviceList,
    EnrolmentCode,
    EventInfo,
    EventList,
    NewDevice,
    NewOpening,
    Opening,
)
from shared.contracts.members import MemberQuery
from shared.contracts.merging import DuplicateList, Duplicates, Merge
from shared.contracts.occupancy import InsideList, Occupancy
from shared.contracts.pauses import Thaw
from shared.contracts.remarks import NewRemark, RemarkList, RemarkView
from shared.domain.device import Direction


class StaffCloud:
    """The cloud as a signed-in person of the staff sees it. Thread-safe, as its session is."""

    def __init__(self, session: PersonSession) -> None:
        self.session = session
        self._call = session.call

    def account(self) -> identity.Person:
        """Who I am and what I may do."""
        return self._call("GET", "/v1/account", identity.Person)

    def change_password(self, change: identity.PasswordChange) -> None:
        """Signs out everywhere."""
        self._call("PUT", "/v1/account/password", Nothing, body=change)

    def set_pin(self, change: identity.PinChange) -> None:
        self._call("PUT", "/v1/account/pin", Nothing, body=change)

    def set_desk_card(self, change: identity.DeskCardChange) -> None:
        """Refused as ``card_too_short``, ``card_guessable``, ``card_changes``, ``card_taken``."""
        self._call("PUT", "/v1/account/desk-card", Nothing, body=change)

    def colleagues(self) -> list[identity.Colleague]:
        """Who can take over this desk, by PIN or by card."""
        return self._call("GET", "/v1/colleagues", identity.ColleagueList).items

    def people(self) -> list[identity.Person]:
        return self._call("GET", "/v1/people", identity.PersonList).root

    def create_person(self, draft: identity.NewPerson) -> identity.Invitation:
        return self._call("POST", "/v1/people", identity.Invitation, body=draft)

    def change_person(self, person_id: UUID, change: identity.PersonChange) -> identity.Person:
        return self._call("PATCH", f"/v1/people/{person_id}", identity.Person, body=change)

    def invite(self, person_id: UUID) -> identity.Invitation:
        """A new link for someone who lost the password."""
        return self._call("POST", f"/v1/people/{person_id}/invitations", identity.Invitation)

    def sign_out_everywhere(self, person_id: UUID) -> None:
        """End all sign-ins of someone; the password stays."""
        self._call("POST", f"/v1/people/{person_id}/sign-out", Nothing)

    def remove_person(self, person_id: UUID) -> None:
        self._call("DELETE", f"/v1/people/{person_id}", Nothing)

    def sites(self) -> list[gym.SiteView]:
        return self._call("GET", "/v1/sites", gym.SiteList).items

    def create_site(self, draft: gym.SiteDraft) -> gym.SiteView:
        return self._call("POST", "/v1/sites", gym.SiteView, body=draft)

    def change_site(self, site_id: UUID, draft: gym.SiteDraft) -> gym.SiteView:
        """A ``SiteChange`` is refused as ``site_changed`` when somebody else was faster."""
        return self._call("PUT", f"/v1/sites/{site_id}", gym.SiteView, body=draft)

    def plans(self) -> list[gym.PlanView]:
        return self._call("GET", "/v1/plans", gym.PlanList).items

    def create_plan(self, draft: gym.NewPlan) -> gym.PlanView:
        return self._call("POST", "/v1/plans", gym.PlanView, body=draft)

    def change_plan(self, plan_id: UUID, draft: gym.PlanChange) -> gym.PlanView:
        """Refused as ``plan_changed`` when somebody else was faster."""
        return self._call("PUT", f"/v1/plans/{plan_id}", gym.PlanView, body=draft)

    def planned_changes(self) -> list[planned.PlannedChange]:
        """The changes of plans and sites that are to come, the next first."""
        return self._call("GET", "/v1/planned-changes", planned.PlannedChangeList).items

    def plan_for_plan(self, plan_id: UUID, wanted: planned.PlannedPlan) -> planned.PlannedChange:
        """Have a plan changed on a day. Refused as ``plan_changed`` when somebody else was faster."""
        return self._call("PUT", f"/v1/plans/{plan_id}/planned-change", planned.PlannedChange, body=wanted)

    def plan_for_site(self, site_id: UUID, wanted: planned.PlannedSite) -> planned.PlannedChange:
        """Have a site changed on a day. Refused as ``site_changed`` when somebody else was faster."""
        return self._call("PUT", f"/v1/sites/{site_id}/planned-change", planned.PlannedChange, body=wanted)

    def withdraw_planned(self, kind: planned.PlannedKind, thing_id: UUID) -> None:
        self._call("DELETE", f"/v1/{kind.value}s/{thing_id}/planned-change", Nothing)

    def members(self, *, search: str | None = None, after: str | None = None, limit: int = 50) -> gym.MemberPage:
        """By name."""
        return self.find_members(MemberQuery(search=search, after=after, limit=limit))

    def find_members(self, wanted: MemberQuery) -> gym.MemberPage:
        return self._call("GET", "/v1/members", gym.MemberPage, params=_params(wanted))

    def member(self, member_id: UUID) -> gym.MemberView:
        return self._call("GET", f"/v1/members/{member_id}", gym.MemberView)

    def member_refs(self, member_ids: Iterable[UUID]) -> dict[UUID, gym.MemberRef]:
        """Who they are, by id; without those that are unknown. At most 200 at a time."""
        wanted = [str(member_id) for member_id in set(member_ids)]
        if not wanted:
            return {}
        found = self._call("GET", "/v1/member-refs", gym.MemberRefList, params={"ids": wanted})
        return {each.id: each for each in found.items}

    def create_member(self, draft: gym.NewMember) -> gym.MemberView:
        return self._call("POST", "/v1/members", gym.MemberView, body=draft)

    def change_member(self, member_id: UUID, draft: gym.MemberChange) -> gym.MemberView:
        """Refused as ``member_changed`` when somebody else was faster."""
        return self._call("PUT", f"/v1/members/{member_id}", gym.MemberView, body=draft)

    def block_member(self, member_id: UUID, request: gym.BlockRequest) -> gym.MemberView:
        return self._call("POST", f"/v1/members/{member_id}/block", gym.MemberView, body=request)

    def unblock_member(self, member_id: UUID) -> gym.MemberView:
        return self._call("POST", f"/v1/members/{member_id}/unblock", gym.MemberView)

    def erase_member(self, member_id: UUID) -> gym.MemberView:
        """For good: name, address, keys and passes go, visits stay under a bare id."""
        return self._call("DELETE", f"/v1/members/{member_id}", gym.MemberView)

    def notes(self, member_id: UUID) -> list[gym.StaffNote]:
        return self._call("GET", f"/v1/members/{member_id}/notes", gym.NoteList).items

    def duplicates(self) -> list[Duplicates]:
        """Members who may be one person, the likeliest first."""
        return self._call("GET", "/v1/member-duplicates", DuplicateList).items

    def merge(self, kept: gym.MemberView, other: gym.MemberView) -> gym.MemberView:
        """Let ``kept`` have all that ``other`` had. Refused as ``member_changed`` when one of them was changed."""
        body = Merge(other_id=other.id, version=kept.version, other_version=other.version)
        return self._call("POST", f"/v1/members/{kept.id}/merge", gym.MemberView, body=body)

    def family(self, member_id: UUID) -> Family:
        return self._call("GET", f"/v1/members/{member_id}/family", Family)

    def remarks(self, member_id: UUID) -> list[RemarkView]:
        """What staff wrote, newest first; medical remarks are closed."""
        return self._call("GET", f"/v1/members/{member_id}/remarks", RemarkList).items

    def write_remark(self, member_id: UUID, new: NewRemark) -> RemarkView:
        return self._call("POST", f"/v1/members/{member_id}/remarks", RemarkView, body=new)

    def open_remark(self, remark: RemarkView) -> RemarkView:
        """Read a medical one; that it was read is written down."""
        return self._call("POST", f"/v1/members/{remark.member_id}/remarks/{remark.id}/open", RemarkView)

    def remove_remark(self, remark: RemarkView) -> None:
        self._call("DELETE", f"/v1/members/{remark.member_id}/remarks/{remark.id}", Nothing)

    def sell(self, member_id: UUID, sale: gym.Sale) -> gym.MembershipView:
        """Give a membership without money (an Admin); what is paid for goes through ``PaymentsCloud``."""
        return self._call("POST", f"/v1/members/{member_id}/memberships", gym.MembershipView, body=sale)

    def membership(self, membership_id: UUID) -> gym.MembershipView:
        return self._call("GET", f"/v1/memberships/{membership_id}", gym.MembershipView)

    def renew(self, membership: gym.MembershipView) -> gym.MembershipView:
        """Give one more period without money, as it was seen; a second time is refused as ``membership_changed``."""
        return self._change_membership(membership.id, "renew", gym.Renewal(paid_through_on=membership.paid_through_on))

    def pause(self, membership_id: UUID, pause: gym.Pause) -> gym.MembershipView:
        return self._change_membership(membership_id, "pause", pause)

    def thaw(self, membership_id: UUID, thaw: Thaw) -> gym.MembershipView:
        """End a pause sooner; one that was changed meanwhile is refused as ``membership_changed``."""
        return self._change_membership(membership_id, "thaw", thaw)

    def cancel(self, membership_id: UUID) -> gym.MembershipView:
        """Let it end with its last paid day."""
        return self._change_membership(membership_id, "cancel")

    def resume(self, membership_id: UUID) -> gym.MembershipView:
        """Take a cancellation back."""
        return self._change_membership(membership_id, "resume")

    def visits(self, wanted: gym.EventQuery) -> gym.VisitPage:
        return self._call("GET", "/v1/visits", gym.VisitPage, params=_params(wanted))

    def attendance(self, wanted: gym.EventQuery) -> gym.AttendancePage:
        return self._call("GET", "/v1/attendance", gym.AttendancePage, params=_params(wanted))

    def check_in(self, request: gym.ManualCheckIn) -> gym.AttendanceView:
        return self._call("POST", "/v1/attendance", gym.AttendanceView, body=request)

    def take_back(self, event_id: UUID, *, note: str | None = None) -> gym.AttendanceView:
        body = gym.VoidRequest(note=note)
        return self._call("POST", f"/v1/attendance/{event_id}/void", gym.AttendanceView, body=body)

    def accept(self, event_ids: list[UUID]) -> gym.AttendancePage:
        """Let events count that a revoked kiosk handed in."""
        return self._call(
            "POST", "/v1/attendance-acceptances", gym.AttendancePage, body=gym.Acceptance(event_ids=event_ids)
        )

    def occupancy(self, site_id: UUID) -> Occupancy:
        return self._call("GET", f"/v1/sites/{site_id}/occupancy", Occupancy)

    def inside(self, site_id: UUID) -> InsideList:
        return self._call("GET", f"/v1/sites/{site_id}/inside", InsideList)

    def mails(self, member_id: UUID) -> list[notifications.MailView]:
        """What was mailed to a member, newest first."""
        return self._call("GET", f"/v1/members/{member_id}/mails", notifications.MailList).items

    def send_again(self, mail_id: UUID) -> notifications.MailView:
        return self._call("POST", f"/v1/mails/{mail_id}/send-again", notifications.MailView)

    def passes(self, member_id: UUID) -> list[qr.PassView]:
        return self._call("GET", f"/v1/members/{member_id}/passes", qr.PassList).items

    def issue_card(
        self, member_id: UUID, *, label: str = "", send_by_mail: bool = False, card_id: bytes | None = None
    ) -> qr.IssuedCard:
        """The card's text is told this once; by mail the member gets it, too. ``card_id``: asked twice, one card."""
        body = qr.CardRequest(label=label, send_by_mail=send_by_mail, card_id=card_id)
        return self._call("POST", f"/v1/members/{member_id}/cards", qr.IssuedCard, body=body)

    def register_phone(self, member_id: UUID, request: qr.PhoneRequest) -> qr.RegisteredPhone:
        return self._call("POST", f"/v1/members/{member_id}/phones", qr.RegisteredPhone, body=request)

    def add_barcode(self, member_id: UUID, request: qr.BarcodeRequest) -> qr.PassView:
        return self._call("POST", f"/v1/members/{member_id}/barcodes", qr.PassView, body=request)

    def import_barcodes(self, items: list[qr.BarcodeImport], *, dry_run: bool = False) -> list[qr.ImportResult]:
        """At most 1,000 at a time. A dry run says what would become of them, were all their members there."""
        body = qr.BarcodeImports(items=items, dry_run=dry_run)
        return self._call("POST", "/v1/barcode-imports", qr.ImportAnswer, body=body).results

    def revoke_pass(self, pass_id: UUID) -> qr.PassView:
        return self._call("POST", f"/v1/passes/{pass_id}/revoke", qr.PassView)

    def find_pass(self, text: str) -> qr.FoundPass:
        """Whose a scanned code is. Refused as ``pass_unknown``."""
        return self._call("POST", "/v1/pass-lookups", qr.FoundPass, body=qr.PassText(text=text))

    def pass_places(self, pass_id: UUID) -> list[qr.PassPlace]:
        """Where each site's roster has the pass as it is now."""
        return self._call("GET", f"/v1/passes/{pass_id}/roster-places", qr.PassPlaces).items

    def vouchers(self, member_id: UUID) -> list[qr.VoucherView]:
        return self._call("GET", f"/v1/members/{member_id}/vouchers", qr.VoucherList).items

    def issue_voucher(self, member_id: UUID, request: qr.VoucherRequest) -> qr.IssuedVoucher:
        return self._call("POST", f"/v1/members/{member_id}/vouchers", qr.IssuedVoucher, body=request)

    def revoke_voucher(self, voucher_id: str) -> qr.VoucherView:
        return self._call("POST", f"/v1/vouchers/{voucher_id}/revoke", qr.VoucherView)

    def issuer_keys(self) -> list[qr.IssuerKeyView]:
        return self._call("GET", "/v1/issuer-keys", qr.IssuerKeyList).items

    def rotate_issuer_key(self, *, compromised: bool = False) -> qr.IssuerKeyView:
        return self._call("POST", "/v1/issuer-keys", qr.IssuerKeyView, body=qr.Rotation(compromised=compromised))

    def create_device(
        self, site_id: UUID, name: str, *, direction: Direction = Direction.ENTRY, device_id: UUID | None = None
    ) -> EnrolmentCode:
        """A new kiosk, and the pairing text to give to it: it counts once, for 15 minutes."""
        body = NewDevice(id=device_id, site_id=site_id, name=name, direction=direction)
        return self._call("POST", "/v1/devices", EnrolmentCode, body=body)

    def new_code(self, device_id: UUID) -> EnrolmentCode:
        """Another pairing text for a kiosk that is to enrol again in place."""
        return self._call("POST", f"/v1/devices/{device_id}/codes", EnrolmentCode)

    def devices(self) -> list[DeviceInfo]:
        return self._call("GET", "/v1/devices", DeviceList).root

    def device_events(self, device_id: UUID, *, newest: int = 20) -> list[EventInfo]:
        """The last events that a kiosk handed in, newest first."""
        return self._call("GET", f"/v1/devices/{device_id}/events", EventList, params={"newest": newest}).root

    def open_door(self, device_id: UUID, opening_id: UUID) -> Opening:
        """Have a kiosk open its door now. Refused as ``no_door`` or ``no_contact``."""
        return self._call("POST", f"/v1/devices/{device_id}/openings", Opening, body=NewOpening(id=opening_id))

    def opening(self, device_id: UUID, opening_id: UUID) -> Opening:
        """How far an order to open is."""
        return self._call("GET", f"/v1/devices/{device_id}/openings/{opening_id}", Opening)

    def revoke_device(self, device_id: UUID) -> None:
        self._call("POST", f"/v1/devices/{device_id}/revocation", Nothing)

    def _change_membership(self, membership_id: UUID, what: str, body: Message | None = None) -> gym.MembershipView:
        return self._call("POST", f"/v1/memberships/{membership_id}/{what}", gym.MembershipView, body=body)


def _params(message: Message) -> Params:
    return _without_none(message.model_dump(mode="json"))


def _without_none(params: dict[str, str | int | None]) -> Params:
    return {name: value for name, value in params.items() if value is not None}
