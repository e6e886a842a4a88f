"""The staff's typed client against the real app in process: every method, and staying signed in."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.client.errors import NotRecognised
from shared.client.reports import ReportsCloud
from shared.client.session import PersonSession
from shared.client.staff import StaffCloud
from shared.client.transport import Transport
from shared.contracts import gym as messages
from shared.contracts import qr
from shared.contracts.identity import NewPerson
from shared.contracts.notifications import MailKind, MailState
from shared.contracts.pauses import Thaw
from shared.contracts.reports import ReportQuery
from shared.contracts.roster import KeyAlgorithm
from shared.domain.attendance import EventKind
from shared.domain.device import DeviceStatus, Direction
from shared.domain.membership import Standing
from shared.domain.passes import PassStatus
from shared.domain.roles import Group
from shared.errors import Rejected
from tests.support.builders import TODAY, an_id, days
from tests.support.reception import arrival

EMAIL, PASSWORD = "owner@fit.test", "a long enough password"


@pytest.fixture
def session(gym):
    """The first Owner, who came by the one-time link."""
    session = PersonSession(Transport(gym.client()), monotonic=lambda: gym.clock.boot_ns() / 1e9)
    session.redeem(gym.owner_secret, password=PASSWORD, name="Ona", email=EMAIL)
    session.sign_in(EMAIL, PASSWORD)
    return session


@pytest.fixture
def cloud(session):
    return StaffCloud(session)


def _plan(**changes):
    facts = {"name": "Monthly", "months": 1, "price_minor": 34_900, "currency": "DKK", "renews": True}
    return messages.NewPlan(**{**facts, **changes})


def _member(cloud, **changes):
    draft = messages.NewMember(given_name="Nora", family_name="Berg", home_site_id=cloud.sites()[0].id, **changes)
    return cloud.create_member(draft)


def test_an_owner_signs_in_by_the_one_time_link_and_out_again(gym, session):
    assert session.is_signed_in
    with pytest.raises(Rejected):
        session.redeem(gym.owner_secret, password=PASSWORD, name="Ona", email=EMAIL)
    session.sign_out()
    session.sign_out()
    assert not session.is_signed_in
    with pytest.raises(Rejected) as refused:
        StaffCloud(session).sites()
    assert refused.value.code == "not_signed_in"
    with pytest.raises(NotRecognised):
        session.sign_in(EMAIL, "another long password")


def test_a_token_is_renewed_before_it_ends_and_when_it_is_refused(gym, session, cloud):
    gym.clock.advance(timedelta(minutes=14, seconds=30))
    assert cloud.sites()
    stuck = PersonSession(Transport(gym.client()), monotonic=lambda: 0.0)  # a clock that never sees an end
    stuck.sign_in(EMAIL, PASSWORD)
    gym.clock.advance(timedelta(minutes=40))
    assert StaffCloud(stuck).sites()
    gym.clock.advance(timedelta(days=400))
    with pytest.raises(NotRecognised):
        StaffCloud(stuck).sites()
    assert not stuck.is_signed_in


def test_sites_and_plans(cloud):
    (site,) = cloud.sites()
    made = cloud.create_site(messages.SiteDraft(name="Second", zone="Europe/Oslo", capacity=80))
    changed = cloud.change_site(made.id, messages.SiteDraft(name="Third", zone="Europe/Oslo"))
    assert (changed.name, changed.capacity, changed.version) == ("Third", None, 2)
    assert [item.number for item in cloud.sites()] == [site.number, made.number]
    plan = cloud.create_plan(_plan(site_ids=[made.id]))
    change = messages.PlanChange(**_plan(name="Better").model_dump(exclude={"id"}), version=plan.version)
    assert cloud.change_plan(plan.id, change).site_ids is None
    assert cloud.change_plan(plan.id, change).version == plan.version + 1  # the same again, as after a lost answer
    with pytest.raises(Rejected, match="meanwhile"):
        cloud.change_plan(plan.id, change.model_copy(update={"name": "Worse"}))
    assert [item.name for item in cloud.plans()] == ["Better"]


def test_a_site_that_was_changed_meanwhile_is_not_changed(cloud):
    (site,) = cloud.sites()
    change = messages.SiteChange(name="Harbour Hall", zone=site.zone, version=site.version)
    cloud.change_site(site.id, change)
    assert cloud.change_site(site.id, change).version == site.version + 1  # the same again, as after a lost answer
    with pytest.raises(Rejected) as refused:
        cloud.change_site(site.id, change.model_copy(update={"name": "Harbour Gym"}))
    assert refused.value.code == "site_changed"


def test_a_card_asked_for_twice_is_one_card_and_no_one_elses(cloud):
    (site,) = cloud.sites()
    nora, emil = (cloud.create_member(messages.NewMember(given_name=name, home_site_id=site.id)) for name in "NE")
    card_id = bytes(range(16))
    first, again = (cloud.issue_card(nora.id, label="key ring", card_id=card_id) for _ in range(2))
    assert first.code.text == again.code.text
    assert [each.id for each in cloud.passes(nora.id)] == [first.member_pass.id]
    with pytest.raises(Rejected) as refused:
        cloud.issue_card(emil.id, card_id=card_id)
    assert refused.value.code == "code_taken"
    cloud.revoke_pass(first.member_pass.id)
    with pytest.raises(Rejected) as refused:
        cloud.issue_card(nora.id, card_id=card_id)
    assert refused.value.code == "code_taken"


def test_somebody_added_twice_is_one_person_with_a_new_link(cloud):
    new = NewPerson(id=an_id(4711), name="Jonas", email="jonas@fit.test", groups=[Group.STAFF])
    first, again = cloud.create_person(new), cloud.create_person(new)
    assert (first.person_id, again.person_id) == (new.id, new.id)
    assert first.link != again.link
    with pytest.raises(Rejected) as refused:
        cloud.create_person(new.model_copy(update={"email": "other@fit.test"}))
    assert refused.value.code == "id_taken"


def test_an_owner_who_signs_out_everywhere_is_out(session, cloud):
    cloud.sign_out_everywhere(cloud.account().id)
    with pytest.raises(Rejected) as refused:
        cloud.sites()
    assert refused.value.code == "not_signed_in"


def test_members_and_memberships(gym, cloud):
    plan, member = cloud.create_plan(_plan()), _member(cloud)
    assert cloud.member_refs([member.id])[member.id].name == "Nora Berg"
    draft = messages.MemberDraft(given_name="Nina", home_site_id=member.home_site_id)
    assert cloud.change_member(member.id, draft).given_name == "Nina"
    assert [item.id for item in cloud.members(search="nina").items] == [member.id]
    held = cloud.sell(member.id, messages.Sale(plan_id=plan.id))
    renewed = cloud.renew(held)
    assert renewed.paid_through_on > held.paid_through_on
    with pytest.raises(Rejected) as refused:
        cloud.renew(held)
    assert refused.value.code == "membership_changed"
    seen = messages.Pause(first=TODAY, end=TODAY + days(3))
    paused = cloud.pause(held.id, seen)
    assert paused.standing is Standing.FROZEN
    back = cloud.thaw(held.id, Thaw(**seen.model_dump(), back_on=TODAY))
    assert (back.freezes, back.paid_through_on) == ([], renewed.paid_through_on)
    paused = cloud.pause(held.id, seen)
    assert cloud.cancel(held.id).ends_on == paused.paid_through_on
    assert cloud.resume(held.id).ends_on is None
    assert cloud.membership(held.id).id == cloud.member(member.id).memberships[0].id
    assert cloud.block_member(member.id, messages.BlockRequest(note="x")).blocked
    assert not cloud.unblock_member(member.id).blocked
    assert cloud.notes(member.id) == []
    assert cloud.erase_member(member.id).erased
    with pytest.raises(NotRecognised) as unknown:
        cloud.member(an_id())
    assert unknown.value.code == "member_unknown"


def test_passes_and_vouchers(gym, cloud):
    member = _member(cloud)
    card = cloud.issue_card(member.id, label="fob")
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    phone = cloud.register_phone(member.id, qr.PhoneRequest(algorithm=KeyAlgorithm.ED25519, public_key=key))
    tag = cloud.add_barcode(member.id, qr.BarcodeRequest(symbology=qr.Symbology.CODE_128, text="T1"))
    lines = [qr.BarcodeImport(member_id=member.id, symbology=qr.Symbology.EAN_8, text="12345670")]
    assert [item.status for item in cloud.import_barcodes(lines)] == [qr.ImportStatus.IMPORTED]
    assert cloud.find_pass(card.code.text).pass_id == card.member_pass.id
    assert [place.site_id for place in cloud.pass_places(card.member_pass.id)]
    assert {item.id for item in cloud.passes(member.id)} >= {card.member_pass.id, phone.member_pass.id, tag.id}
    assert cloud.revoke_pass(tag.id).status is PassStatus.REVOKED
    voucher = cloud.issue_voucher(member.id, qr.VoucherRequest()).voucher
    assert cloud.vouchers(member.id) == [voucher]
    assert cloud.revoke_voucher(voucher.id).status is PassStatus.REVOKED
    assert not cloud.rotate_issuer_key().signs
    assert [item.number for item in cloud.issuer_keys()] == [2, 1]


def test_attendance_and_reports(gym, desk, cloud):
    member = _member(cloud)
    event = cloud.check_in(messages.ManualCheckIn(member_id=member.id, site_id=gym.site_id))
    desk.record(arrival(gym.site_id, at=gym.clock.at - timedelta(hours=5), member_id=member.id, flags=["salvaged"]))
    (held,) = cloud.attendance(messages.EventQuery(held=True)).items
    assert not cloud.accept([held.id]).items[0].held
    assert len(cloud.visits(messages.EventQuery(member_id=member.id, first=TODAY, last=TODAY)).items) == 2
    assert cloud.take_back(event.id, note="wrong one").voided
    assert {item.kind for item in cloud.attendance(messages.EventQuery()).items} >= {EventKind.MANUAL, EventKind.VOID}
    gym.dispatch()
    reports = ReportsCloud(cloud.session)
    wanted = ReportQuery(site_id=gym.site_id, first=TODAY, last=TODAY)
    assert reports.visits(wanted).total == 1
    assert reports.refusals(wanted).reasons == []


def test_mails_and_who_is_inside(gym, cloud):
    member = _member(cloud, email="nora@example.org")
    cloud.issue_card(member.id, send_by_mail=True)
    gym.dispatch()
    (mail,) = cloud.mails(member.id)
    assert (mail.kind, mail.state) == (MailKind.PASS, MailState.QUEUED)
    assert cloud.send_again(mail.id) == mail
    cloud.check_in(messages.ManualCheckIn(member_id=member.id, site_id=gym.site_id))
    assert cloud.occupancy(gym.site_id).inside == 1
    assert [item.name for item in cloud.inside(gym.site_id).items] == ["Nora Berg"]


def test_a_kiosk_is_made_paired_again_and_revoked(gym, cloud):
    made = cloud.create_device(gym.site_id, "Back door", direction=Direction.EXIT)
    gym.enrol(made.code, Ed25519PrivateKey.generate())
    assert cloud.new_code(made.device_id).pairing.startswith("FIT1 ")
    assert cloud.device_events(made.device_id) == []
    cloud.revoke_device(made.device_id)
    (device,) = cloud.devices()
    assert (device.name, device.status) == ("Back door", DeviceStatus.REVOKED)
