"""Every sheet of the desk that saves: how one gets to it, what is typed, and how often the cloud has it afterwards."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from admin_desktop.widgets.sheet import Sheet
from tests.support.desk import PASSWORD, DeskAtWork, DeskGym
from tests.support.live import eventually

_numbers = itertools.count(1)
_PRICE = 34_900


@dataclass(frozen=True, slots=True)
class Filled:
    """Something filled in: its fields, the button that sends it, and how often it is done in the cloud by now."""

    fields: QWidget
    send: QPushButton
    done: Callable[[], int]


class Scene:
    """A desk at a gym, and what a sheet needs to be about. Names are new each time."""

    def __init__(self, desk: DeskAtWork, gym: DeskGym) -> None:
        self.desk, self.gym = desk, gym

    def call(self, method: str, path: str, **options: Any) -> Any:
        return self.gym.live.call(method, path, **options)

    @property
    def site(self) -> str:
        return str(self.gym.live.site_id)

    def name(self) -> str:
        return f"Thing {next(_numbers)}"

    def sheet(self) -> Sheet:
        """The topmost."""
        return next(each for each in reversed(self.desk.window.findChildren(Sheet)) if each.isVisible())

    def filled(self, done: Callable[[], int], **texts: str) -> Filled:
        """The topmost sheet, with texts in its fields by their names."""
        sheet = self.sheet()
        for name, text in texts.items():
            self.desk.type(sheet.form.fields[name].line, text)  # type: ignore[attr-defined]
        assert sheet.main is not None
        return Filled(sheet, sheet.main, done)

    def member(self, **facts: Any) -> Any:
        new = {"given_name": self.name(), "home_site_id": self.site, **facts}
        return self.call("POST", "/v1/members", json=new)

    def paying(self) -> Any:
        member, plan = self.member(), self.plan()
        self.call("POST", f"/v1/members/{member['id']}/memberships", json={"plan_id": plan["id"]})
        return self.call("GET", f"/v1/members/{member['id']}")

    def plan(self, **facts: Any) -> Any:
        draft = {"name": self.name(), "months": 1, "price_minor": _PRICE, "currency": "DKK", **facts}
        return self.call("POST", "/v1/plans", json=draft)

    def receipt(self) -> Any:
        """Of a new member, paid by transfer."""
        member, plan = self.member(), self.plan()
        line = {"kind": "sale", "plan_id": plan["id"], "membership_id": str(uuid4())}
        order = {"id": str(uuid4()), "site_id": self.site, "member_id": member["id"], "lines": [line]}
        eventually(lambda: self.gym.live.owner.post("/v1/orders", json=order).is_success)  # the plan is known there
        payment = {"id": str(uuid4()), "method": "transfer"}
        return self.call("POST", f"/v1/orders/{order['id']}/payments", json=payment)

    def machine(self) -> Any:
        new = {"site_id": self.site, "name": self.name(), "category": "Cardio"}
        return self.call("POST", "/v1/machines", json=new)

    def find(self, path: str, **facts: Any) -> int:
        """How many of a list are like this."""
        items = self.call("GET", path)
        items = items["items"] if isinstance(items, dict) else items
        return sum(all(each[name] == value for name, value in facts.items()) for each in items)

    def show_member(self, member: Any, room: str = "members") -> Any:
        page = self.desk.room(room)
        self.desk.type(page.search, member["number"])
        card = page.card if room == "members" else page.panel
        self.desk.wait_until(lambda: card.member is not None and str(card.member.id) == member["id"])
        self.desk.settle()
        return page

    def show_receipt(self) -> tuple[Any, Any]:
        receipt, page = self.receipt(), self.desk.room("payments")
        page.tabs.setCurrentIndex(0)
        self.desk.settle()
        numbers = [row.receipt.number for row in page.receipts.model.rows]
        page.receipts.table.choose(numbers.index(receipt["number"]))
        self.desk.settle()
        return receipt, page.receipts.card

    def show_machine(self) -> tuple[Any, Any]:
        machine = self.machine()
        return machine, self.show_card(machine)

    def show_card(self, machine: Any) -> Any:
        page = self.desk.room("machines")
        before = page.card
        page.go_to(UUID(machine["id"]))
        self.desk.wait_until(lambda: page.card not in (None, before) and page.card.report_button.isVisible())
        self.desk.settle()
        return page.card


def new_member(scene: Scene) -> Filled:
    name = scene.name()
    scene.desk.click(scene.desk.room("members").new)
    found = {"params": {"search": name}}
    return scene.filled(lambda: len(scene.call("GET", "/v1/members", **found)["items"]), given_name=name, phone="12 34")


def member_changed(scene: Scene) -> Filled:
    member, name = scene.member(), scene.name()
    scene.desk.click(scene.show_member(member).card.edit_button)
    path = f"/v1/members/{member['id']}"
    return scene.filled(lambda: int(scene.call("GET", path)["given_name"] == name), given_name=name)


def membership_frozen(scene: Scene) -> Filled:
    member = scene.paying()
    (before,) = member["memberships"]
    scene.desk.click(scene.show_member(member).card.memberships.freeze)

    def fortnights() -> int:
        (now,) = scene.call("GET", f"/v1/members/{member['id']}")["memberships"]
        days = date.fromisoformat(now["paid_through_on"]) - date.fromisoformat(before["paid_through_on"])
        return days.days // 14

    return scene.filled(fortnights)


def freeze_ended(scene: Scene) -> Filled:
    member = scene.paying()
    (held,) = member["memberships"]
    pause = {"first": held["starts_on"], "end": held["paid_through_on"]}
    scene.call("POST", f"/v1/memberships/{held['id']}/pause", json=pause)
    scene.desk.click(scene.show_member(member).card.plans.thaws[0])
    path = f"/v1/members/{member['id']}"
    return scene.filled(lambda: int(scene.call("GET", path)["memberships"][0]["freezes"] == []))


def membership_ended(scene: Scene) -> Filled:
    member = scene.paying()
    scene.desk.click(scene.show_member(member).card.memberships.end)
    path = f"/v1/members/{member['id']}"
    return scene.filled(lambda: int(scene.call("GET", path)["memberships"][0]["ends_on"] is not None))


def plan_sold(scene: Scene) -> Filled:
    plan, member = scene.plan(), scene.member()
    scene.desk.click(scene.show_member(member).card.memberships.sell)
    sheet: Any = scene.sheet()
    names = [offer.plan.name for offer in sheet._offers]
    scene.desk.click(sheet.plans.rows[names.index(plan["name"])])
    scene.desk.click(list(sheet.tender.presses.values())[1])
    scene.desk.type(sheet.tender.reference.line, "slip 4711")
    return scene.filled(lambda: scene.find(f"/v1/members/{member['id']}/receipts"))


def till_opened(scene: Scene) -> Filled:
    page = scene.desk.room("payments")
    page.tabs.setCurrentIndex(page.pages.indexOf(page.till))
    scene.desk.settle()
    path = "/v1/tills"
    scene.desk.wait_until(page.till.open.isVisible)
    scene.desk.click(page.till.open)
    return scene.filled(lambda: scene.find(path, closed_at=None), float="500")


def till_closed(scene: Scene) -> Filled:
    tills = [each for each in scene.call("GET", "/v1/tills")["items"] if each["closed_at"] is None]
    till = tills[0] if tills else _open_till(scene)
    page = scene.desk.room("payments")
    page.tabs.setCurrentIndex(page.pages.indexOf(page.till))
    page.entered()
    scene.desk.wait_until(page.till.close_till.isVisible)
    scene.desk.click(page.till.close_till)
    sheet: Any = scene.sheet()
    scene.desk.type(sheet.counted.line, str(till["expected_minor"] // 100 + 1))
    scene.desk.type(sheet.reason.line, "not known")
    return scene.filled(lambda: int(scene.call("GET", f"/v1/tills/{till['id']}")["closed_at"] is not None))


def _open_till(scene: Scene) -> Any:
    new = {"id": str(uuid4()), "site_id": scene.site, "currency": "DKK", "float_minor": 50_000}
    return scene.call("POST", "/v1/tills", json=new)


def money_given_back(scene: Scene) -> Filled:
    receipt, card = scene.show_receipt()
    scene.desk.click(card.refund)
    sheet: Any = scene.sheet()
    scene.desk.type(sheet.form.fields["reason"].line, "moves away")
    scene.desk.click(list(sheet.tender.presses.values())[-1])
    path = f"/v1/members/{receipt['member_id']}/receipts"
    return scene.filled(lambda: scene.find(path, kind="refund"))


def receipt_corrected(scene: Scene) -> Filled:
    receipt, card = scene.show_receipt()
    scene.desk.click(card.correct)
    sheet: Any = scene.sheet()
    scene.desk.type(sheet.form.fields["reason"].line, "wrong button")
    scene.desk.click(list(sheet.tender.presses.values())[1])
    scene.desk.type(sheet.tender.reference.line, "slip 4711")
    path = f"/v1/members/{receipt['member_id']}/receipts"
    return scene.filled(lambda: scene.find(path, kind="reversal"))


def card_issued(scene: Scene) -> Filled:
    member = scene.member()
    scene.desk.click(scene.show_member(member, "passes").panel.issue_button)
    return scene.filled(lambda: scene.find(f"/v1/members/{member['id']}/passes"), label="key ring")


def old_tag_added(scene: Scene) -> Filled:
    member = scene.member()
    scene.desk.click(scene.show_member(member, "passes").panel.tag_button)
    code = f"TAG-{uuid4().hex[:8]}"
    return scene.filled(lambda: scene.find(f"/v1/members/{member['id']}/passes"), text=code, label="old")


def new_machine(scene: Scene) -> Filled:
    name = scene.name()
    scene.desk.click(scene.desk.room("machines").new)
    return scene.filled(lambda: scene.find("/v1/machines", name=name), name=name, category="Cardio")


def machine_changed(scene: Scene) -> Filled:
    machine, card = scene.show_machine()
    name = scene.name()
    scene.desk.click(card.edit_button)
    return scene.filled(lambda: scene.call("GET", f"/v1/machines/{machine['id']}")["version"] - 1, name=name)


def machine_out_of_order(scene: Scene) -> Filled:
    machine, card = scene.show_machine()
    scene.desk.click(card.status_button)
    sheet: Any = scene.sheet()
    sheet.form.fields["status"].combo.setCurrentIndex(2)
    sheet.form.fields["reason"].box.setPlainText("no oil")
    return scene.filled(lambda: scene.call("GET", f"/v1/machines/{machine['id']}")["version"] - 1)


def fault_reported(scene: Scene) -> Filled:
    machine, card = scene.show_machine()
    scene.desk.click(card.report_button)
    scene.sheet().form.fields["description"].box.setPlainText("the belt slips")  # type: ignore[attr-defined]
    return scene.filled(lambda: len(scene.call("GET", f"/v1/machines/{machine['id']}")["faults"]))


def fault_resolved(scene: Scene) -> Filled:
    machine = scene.machine()
    report = {"id": str(uuid4()), "description": "the belt slips", "status": "out_of_order"}
    scene.call("POST", f"/v1/machines/{machine['id']}/faults", json=report)
    scene.desk.click(scene.desk.button("Resolved", scene.show_card(machine)))
    scene.sheet().form.fields["note"].box.setPlainText("new belt")  # type: ignore[attr-defined]

    def resolved() -> int:
        faults = scene.call("GET", f"/v1/machines/{machine['id']}")["faults"]
        return sum(fault["resolution"] == "new belt" for fault in faults)

    return scene.filled(resolved)


def service_done(scene: Scene) -> Filled:
    machine, card = scene.show_machine()
    scene.desk.click(card.maintain_button)
    scene.sheet().form.fields["note"].box.setPlainText("oiled")  # type: ignore[attr-defined]
    return scene.filled(lambda: len(scene.call("GET", f"/v1/machines/{machine['id']}")["maintenance"]))


def kiosk_paired(scene: Scene) -> Filled:
    name = scene.name()
    scene.desk.click(scene.desk.room("kiosks").new)
    return scene.filled(lambda: scene.find("/v1/devices", name=name), name=name)


def new_plan(scene: Scene) -> Filled:
    name = scene.name()
    scene.desk.click(scene.desk.room("plans").new)
    return scene.filled(lambda: scene.find("/v1/plans", name=name), name=name, price_minor="299")


def plan_changed(scene: Scene) -> Filled:
    plan, page = scene.plan(), scene.desk.room("plans")
    page.go_to(plan["id"])
    rows = [str(row.id) for row in page.model.rows]
    page.table.choose(rows.index(plan["id"]))
    scene.desk.settle()
    scene.desk.click(page.card.edit_button)
    name = scene.name()
    return scene.filled(lambda: scene.find("/v1/plans", name=name), name=name)


def price_from_a_day(scene: Scene) -> Filled:
    plan, page = scene.plan(), scene.desk.room("plans")
    page.go_to(plan["id"])
    page.table.choose([str(row.id) for row in page.model.rows].index(plan["id"]))
    scene.desk.settle()
    scene.desk.click(page.card.edit_button)
    sheet: Any = scene.sheet()
    scene.desk.type(sheet.form.fields["price_minor"].editor, "349,50")
    scene.desk.click(sheet.later)
    return scene.filled(lambda: scene.find("/v1/planned-changes", thing_id=plan["id"]))


def put_on_a_staff_plan(scene: Scene) -> Filled:
    scene.plan(for_staff=True, price_minor=0)
    member = scene.member()
    more = scene.show_member(member).card.more.acts.actions()
    next(act for act in more if act.text().startswith("Put on a staff plan")).trigger()
    scene.desk.settle()
    path = f"/v1/members/{member['id']}"
    return scene.filled(lambda: len(scene.call("GET", path)["memberships"]))


def guardian_chosen(scene: Scene) -> Filled:
    child, guardian = scene.member(), scene.member()
    more = scene.show_member(child).card.more.acts.actions()
    next(act for act in more if act.text().startswith("Choose a guardian")).trigger()
    scene.desk.settle()
    sheet: Any = scene.sheet()
    scene.desk.type(sheet.who.picker.line, guardian["number"])
    scene.desk.wait_until(lambda: sheet.who.picker.list.count() == 1)
    scene.desk.key(Qt.Key.Key_Return)
    path = f"/v1/members/{child['id']}"
    return scene.filled(lambda: int(scene.call("GET", path)["guardian_id"] == guardian["id"]))


def own_pin_set(scene: Scene) -> Filled:
    me = str(scene.desk.frame.context.me.person.id)
    scene.desk.frame.set_pin()
    scene.desk.settle()

    def has_one() -> int:
        return sum(each["id"] == me and each["pin"] for each in scene.call("GET", "/v1/colleagues")["items"])

    return scene.filled(has_one, password=PASSWORD, pin="4711")


def member_erased(scene: Scene) -> Filled:
    member = scene.member()
    more = scene.show_member(member).card.more.acts.actions()
    next(act for act in more if act.text().startswith("Erase")).trigger()
    scene.desk.settle()
    path = f"/v1/members/{member['id']}"
    return scene.filled(lambda: int(scene.call("GET", path)["erased"]), name=member["given_name"])


def colleague_invited(scene: Scene) -> Filled:
    email = f"{uuid4().hex}@fit.test"
    scene.desk.click(scene.desk.room("staff").new)
    return scene.filled(lambda: scene.find("/v1/people", email=email), name="Jonas", email=email)


def colleague_changed(scene: Scene) -> Filled:
    email, name = f"{uuid4().hex}@fit.test", scene.name()
    person = scene.call("POST", "/v1/people", json={"name": "Jonas", "email": email, "groups": ["Staff"]})
    page = scene.desk.room("staff")
    scene.desk.type(page.search, email)
    page.table.choose(0)
    scene.desk.settle()
    assert person
    scene.desk.click(page.card.buttons["change"])
    return scene.filled(lambda: scene.find("/v1/people", name=name), name=name)


def new_site(scene: Scene) -> Filled:
    name = scene.name()
    scene.desk.click(scene.desk.room("sites").new)
    return scene.filled(lambda: scene.find("/v1/sites", name=name), name=name)


def rule_of_a_site(scene: Scene) -> Filled:
    """No sheet: the rules stand in the room."""
    page = scene.desk.room("sites")
    name = scene.name()
    page.editor.tabs.setCurrentIndex(2)
    scene.desk.type(page.editor.lines["name"].editor.line, name)
    return Filled(page.editor, page.editor.send_button, lambda: scene.find("/v1/sites", name=name))


def entry_taken_back(scene: Scene) -> Filled:
    member, page = scene.paying(), scene.desk.room("door")
    entry = {"id": str(uuid4()), "member_id": member["id"], "site_id": scene.site, "note": "forgot the pass"}
    scene.call("POST", "/v1/attendance", json=entry)
    page.live.look()
    scene.desk.settle()
    event = next(each for each in page.live.picture.entries if str(each.id) == entry["id"])
    page.does.take_back(event)
    path = "/v1/attendance"
    return scene.filled(lambda: scene.find(path, id=entry["id"], voided=True), note="was not here")


SHEETS: tuple[Callable[[Scene], Filled], ...] = (
    new_member,
    member_changed,
    membership_frozen,
    freeze_ended,
    membership_ended,
    plan_sold,
    till_opened,
    till_closed,
    money_given_back,
    receipt_corrected,
    card_issued,
    old_tag_added,
    new_machine,
    machine_changed,
    machine_out_of_order,
    fault_reported,
    fault_resolved,
    service_done,
    kiosk_paired,
    new_plan,
    plan_changed,
    price_from_a_day,
    put_on_a_staff_plan,
    guardian_chosen,
    own_pin_set,
    member_erased,
    colleague_invited,
    colleague_changed,
    new_site,
    rule_of_a_site,
    entry_taken_back,
)
