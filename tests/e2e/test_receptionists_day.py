"""A day at the desk, by pointer and keyboard in a window on a display, beside a kiosk at the door, with the cloud on MySQL.

The desk, both kiosks and the cloud are the programs themselves, each a process of its own. Every step ends with what
the cloud says of it.
"""

import contextlib
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage

from cloud_api.common.database import Database
from cloud_api.identity import people, sessions
from cloud_api.identity.messages import NewPerson
from cloud_api.identity.passwords import hash_password
from cloud_api.operate.desk_files import make_desk_file
from shared.domain.roles import Group
from tests.support.desk import PASSWORD
from tests.support.kiosk_at_door import KioskAtDoor, card_with, grey
from tests.support.live import LiveGym, eventually
from tests.support.paper import draw_pages, page_sizes_mm, read_codes
from tests.support.screen.display import a_display
from tests.support.screen.sight import DeskOnScreen
from tests.support.servers import shared as servers
from tests.support.servers.base import MissingProgramError
from tests.support.steps import Journey

EMAIL = "ulla.holm@fit.test"
SIZE = (1440, 900)
FLOAT_MINOR, PRICE_MINOR = 50_000, 34_900


class Day:
    """The gym in the morning: a plan, a machine, a kiosk at the front door, and Nora, who has paid and has a card.

    The steps are methods, in the order of the day.
    """

    def __init__(self, folder: Path, stack: contextlib.ExitStack, *, database: str, display: str) -> None:
        self.folder, self.stack = folder, stack
        self.gym = LiveGym(folder / "cloud", stack, environ={"FIT_DATABASE_URL": database})
        self.gym.start()
        self.gym.plan_id  # noqa: B018  # the month that is sold
        machine = {"site_id": str(self.gym.site_id), "name": "Treadmill 1", "category": "Cardio", "serial": "TM-1"}
        self.machine_id = self.gym.call("POST", "/v1/machines", json=machine)["id"]
        self.nora = self.gym.member("Nora")
        self.noras_card = self.gym.card(self.nora)[1]
        self.noras_entry = self.soren = ""
        self.ulla = self._hire()
        self.door = KioskAtDoor(folder / "door", stack)
        self.door.pair(self.gym.pairing("Front door"))
        self.door.start()
        connection = folder / "harbour.fitdesk"
        connection.write_text(make_desk_file(self.gym.settings).text(), encoding="utf-8")
        look = ["--theme", "light", "--language", "en"]
        self.desk = DeskOnScreen(folder, display, stack, [str(connection), "--data", str(folder / "pc"), *look])

    def _hire(self) -> str:
        """Somebody who may give money back and pair kiosks."""
        database = Database(self.gym.settings.database_url)
        with database.transaction() as session:
            new = NewPerson(name="Ulla Holm", email=EMAIL, groups=[Group.ADMIN])
            person_id = people.create_person(session, new, actor="system")
            sessions.set_password(session, person_id, hash_password(PASSWORD))
        database.close()
        return str(person_id)

    def open(self) -> None:
        desk = self.desk
        desk.type("E-mail address", EMAIL)
        desk.type("Password", PASSWORD)
        desk.hands.press("Return")
        desk.sees("Entries as they happen")
        desk.sees("Ulla Holm", "text")
        desk.sees("Admin", "thing")
        assert list((self.folder / "pc" / "secrets").iterdir()), "the sign-in is not kept"

    def see_who_is_in(self) -> None:
        self.door.wait_for_roster(self.gym)
        answer = self.door.answer_to(card_with(self.noras_card))
        assert answer["shown"] == "granted"
        self.desk.sees("Nora", "row")
        self.noras_entry = answer["id"]
        [visit] = self.visits(self.nora)
        assert (visit["id"], visit["closed_at"]) == (self.noras_entry, None)

    def add_a_member_with_a_photo(self) -> None:
        desk, file = self.desk, self.folder / "photo.png"
        _paint(file)
        desk.click("Members")
        desk.sees("Choose a member to see the card")
        desk.hands.press("Control", "n")
        desk.type("Given name", "Søren")
        desk.type("Family name", "Ågård")
        desk.hands.press("Control", "Return")
        desk.sees("Søren Ågård is a member now.")
        [found] = self.gym.call("GET", "/v1/members", params={"search": "Ågård"})["items"]
        self.soren = found["id"]
        desk.click("Søren Ågård", "thing")
        desk.click("Choose a file")
        desk.name_file(file)
        desk.click("Use this picture")
        desk.sees("has a new photo")
        assert self.gym.owner.get(f"/v1/members/{self.soren}/photo", params={"size": "large"}).is_success

    def sell_a_plan(self) -> None:
        """For cash, which needs a till: it is opened on the way."""
        desk = self.desk
        desk.hands.press("F2")
        desk.click("Monthly, 349.00")
        desk.hands.press("1")
        desk.click("Take 349.00")
        desk.click("Open the till …")
        desk.type("Change at the start", "500")
        desk.hands.press("Control", "Return")
        desk.does_not_see("Change at the start")
        desk.click("Take 349.00")
        desk.sees("Paid: receipt 1")
        [receipt] = self.receipts()
        assert (receipt["amount_minor"], receipt["method"]) == (PRICE_MINOR, "cash")
        eventually(lambda: self.standings() == ["active"])
        desk.click("Close")
        desk.sees("Active", "thing")

    def print_a_card(self) -> None:
        desk = self.desk
        desk.click("Passes", place=1)  # the one on the member's card
        desk.click("New card")
        desk.type("Name of the card", "plastic")
        desk.click("Make the card")
        desk.click("Print")
        desk.click("Save as PDF …")
        desk.name_file(self.folder / "card.pdf")
        desk.sees("Saved as card.pdf.")
        [member_pass] = self.gym.call("GET", f"/v1/members/{self.soren}/passes")["items"]
        assert (member_pass["label"], member_pass["kind"], member_pass["status"]) == ("plastic", "card", "active")

    def scan_it_at_the_kiosk(self) -> None:
        """What a printer would make of the file is held before the kiosk's camera."""
        pdf = (self.folder / "card.pdf").read_bytes()
        assert page_sizes_mm(pdf) == [(86, 54)]
        self.door.wait_for_roster(self.gym)
        answer = self.door.answer_to(grey(draw_pages(pdf)[0]))
        assert (answer["shown"], answer["offline"]) == ("granted", False)
        self.desk.click("Door")
        self.desk.sees("Søren Ågård", "row")
        [visit] = self.visits(self.soren)
        assert visit["id"] == answer["id"]

    def freeze(self) -> None:
        desk = self.desk
        desk.click("Members")
        desk.click("Søren Ågård", "row")
        desk.click("Freeze")
        desk.sees("days without training are given back")
        desk.hands.press("Control", "Return")
        desk.sees("Frozen", "thing")
        assert self.standings() == ["frozen"]

    def refund(self) -> None:
        desk = self.desk
        desk.click("Payments")
        desk.click("Søren Ågård", "row")
        desk.click("Give back …")
        desk.type("Reason, printed on the receipt", "Moves away")
        desk.click("Cash")
        desk.click("Give back 349.00")
        desk.sees("was given back: receipt 2")
        back, taken = self.receipts()
        assert (back["kind"], back["amount_minor"], back["refers_to"]) == ("refund", PRICE_MINOR, taken["number"])
        order = self.gym.call("GET", f"/v1/orders/{taken['order_id']}")
        assert order["refunded_minor"] == PRICE_MINOR

    def correct_a_visit(self) -> None:
        """Nora turned round in the door."""
        desk = self.desk
        desk.click("Door")
        row = desk.find("Nora No.", "row")
        assert row.last is not None
        desk.hands.click(*row.last)
        desk.click("Take back …", "entry")
        desk.choose("Reason", "Did not go in")
        desk.click("Take back")
        desk.sees("The check-in of Nora is taken back.")
        [scan] = [each for each in self.gym.pages("/v1/attendance") if each["id"] == self.noras_entry]
        assert (scan["kind"], scan["voided"]) == ("scan", True)
        assert self.visits(self.nora) == []

    def fix_a_machine(self) -> None:
        desk = self.desk
        desk.click("Machines")
        desk.click("Treadmill 1", "row")
        desk.click("Report a fault")
        desk.type("What is wrong", "The belt slips")
        desk.choose("May people go on using it?", "No, it is out of order")
        desk.click("Save")
        desk.sees("Out of order", "thing")
        assert self.machine()["status"] == "out_of_order"
        desk.click("Resolved")
        desk.type("What was done", "New belt")
        desk.click("Save")
        desk.sees("In order", "thing")
        assert self.machine()["status"] == "in_order"
        assert [fault["resolution"] for fault in self.machine()["faults"]] == ["New belt"]
        desk.click("Close")

    def pair_a_kiosk(self) -> None:
        """Its code is read from the screen, as a phone's camera or another kiosk's would."""
        desk = self.desk
        desk.click("Kiosks")
        desk.click("Pair a kiosk")
        desk.type("Name", "Back door")
        desk.click("Make the code")
        desk.sees("The pairing text as a QR code")
        [text] = read_codes(QImage(str(desk.shoot(self.folder / "code.png"))))
        kiosk = KioskAtDoor(self.folder / "back", self.stack)
        kiosk.pair(text)
        desk.sees("“Back door” has joined.")
        kiosk.start()
        kiosk.wait_for_roster(self.gym)
        devices = self.gym.call("GET", "/v1/devices")
        assert {each["name"] for each in devices if each["status"] == "active"} == {"Front door", "Back door"}

    def close_the_till(self) -> None:
        desk = self.desk
        desk.click("Payments")
        desk.click("Till", "tab")
        desk.click("Close the till …")
        desk.type("Counted", "500")
        desk.click("Close the till")
        desk.sees("The till is closed. Difference: 0.00")
        [till] = self.gym.call("GET", "/v1/tills", params={"site_id": str(self.gym.site_id)})["items"]
        assert till["closed_at"] is not None
        assert (till["counted_minor"], till["difference_minor"]) == (FLOAT_MINOR, 0)

    def visits(self, member_id: str) -> list[dict[str, Any]]:
        return [each for each in self.gym.pages("/v1/visits") if each["member"]["id"] == member_id]

    def receipts(self) -> list[dict[str, Any]]:
        """Søren's, newest first."""
        items: list[dict[str, Any]] = self.gym.call("GET", f"/v1/members/{self.soren}/receipts")["items"]
        return items

    def standings(self) -> list[str]:
        return [each["standing"] for each in self.gym.call("GET", f"/v1/members/{self.soren}")["memberships"]]

    def machine(self) -> dict[str, Any]:
        found: dict[str, Any] = self.gym.call("GET", f"/v1/machines/{self.machine_id}")
        return found


def _paint(file: Path) -> None:
    image = QImage(900, 700, QImage.Format.Format_RGB32)
    image.fill(QColor("#2a6f97"))
    assert image.save(str(file))


@pytest.fixture
def day(tmp_path, stack):
    try:
        display = stack.enter_context(a_display(tmp_path, size=SIZE))
        database = stack.enter_context(servers.a_mysql_database())
        yield Day(tmp_path, stack, database=database, display=display)
    except MissingProgramError as error:
        pytest.skip(f"cannot be had on this machine: {error}")


def test_the_day_of_a_receptionist(day, tmp_path):
    journey = Journey(tmp_path, day.desk.shoot)
    for step in (
        day.open,
        day.see_who_is_in,
        day.add_a_member_with_a_photo,
        day.sell_a_plan,
        day.print_a_card,
        day.scan_it_at_the_kiosk,
        day.freeze,
        day.refund,
        day.correct_a_visit,
        day.fix_a_machine,
        day.pair_a_kiosk,
        day.close_the_till,
    ):
        with journey.step(step.__name__.replace("_", " ")):
            step()
