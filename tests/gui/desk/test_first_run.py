"""A gym that was made a minute ago: the owner's link, the steps, and that they go on where they were left."""

import contextlib

import pytest
from PySide6.QtCore import Qt

from admin_desktop.first_run.assistant import Assistant
from admin_desktop.first_run.site import SiteFactsSheet
from admin_desktop.kiosks.making import KioskSheet
from admin_desktop.plans.editing import PlanSheet
from admin_desktop.shell.sign_in import SignInPage
from cloud_api.operate.desk_files import make_desk_file
from cloud_api.operate.initialising import new_owner_link
from shared.domain.roles import Group
from tests.support.desk import PASSWORD, DeskGym, a_desk
from tests.support.live import LiveGym


class NewGym(DeskGym):
    """As ``fit-cloud init`` left it: one site, nobody in it."""

    def __init__(self, folder, stack):
        self.folder = folder
        self.live = LiveGym(folder / "cloud", stack)
        self.live.start()
        self.connection = folder / "gym.fitdesk"
        self.connection.write_text(make_desk_file(self.live.settings).text(), encoding="utf-8")


@pytest.fixture
def new_gym(tmp_path):
    with contextlib.ExitStack() as stack:
        yield NewGym(tmp_path, stack)


@pytest.fixture
def empty_desk(new_gym, qapp, tmp_path):
    with a_desk(new_gym, qapp, tmp_path / "desk", role=None) as at_work:
        yield at_work


def found(desk, kind):
    shown = [each for each in desk.window.findChildren(kind) if each.isVisible()]
    return shown[-1] if shown else None


def test_from_the_link_to_the_first_kiosk(new_gym, empty_desk):
    desk, link = empty_desk, new_owner_link(new_gym.live.settings)
    desk.click(desk.window.centralWidget().link_button)
    page = desk.window.centralWidget()
    desk.type(page.link.line, link)
    assert page.email.isVisible()
    desk.type(page.name.line, "Ulla Holm")
    desk.type(page.email.line, "ulla")
    desk.type(page.password.line, "too short")
    desk.click(page.press)
    assert page.form.fields["password"].complaint or page.email.complaint
    desk.type(page.email.line, "ulla@fit.test")
    desk.type(page.password.line, PASSWORD)
    desk.click(page.press)
    page = desk.window.centralWidget()
    assert isinstance(page, SignInPage)
    assert page.email.line.text() == "ulla@fit.test"
    desk.type(page.password.line, PASSWORD)
    desk.click(page.press)
    desk.wait_until(lambda: found(desk, Assistant) is not None)
    assistant = found(desk, Assistant)
    assert [name for name, step in assistant.steps.items() if step.is_done] == ["owner", "site"]
    a_site(desk, assistant)
    a_plan(desk, assistant)
    desk.click(assistant.steps["kiosk"].press)
    desk.type(found(desk, KioskSheet).form.fields["name"].editor, "Front door")
    desk.click(found(desk, KioskSheet).main)
    assert desk.frame.room.pairing.isVisible()
    assert [plan.name for plan in desk.frame.context.desk.staff.plans()] == ["Monthly"]


def a_site(desk, assistant):
    desk.click(assistant.steps["site"].press)
    sheet = found(desk, SiteFactsSheet)
    desk.type(sheet.form.fields["zone"].editor, "Europe/Nowhere")
    desk.click(sheet.main)
    assert "time zone" in sheet.form.fields["zone"].complaint
    desk.type(sheet.form.fields["zone"].editor, "Atlantic/Faroe")
    desk.type(sheet.form.fields["name"].editor, "Harbour East")
    desk.click(sheet.main)
    assert "Harbour East, clock of Atlantic/Faroe" in assistant.steps["site"].state.text()
    assert desk.frame.top.site.findText("Harbour East") >= 0


def a_plan(desk, assistant):
    desk.click(assistant.steps["plan"].press)
    fields = found(desk, PlanSheet).form.fields
    desk.type(fields["name"].editor, "Monthly")
    desk.type(fields["price_minor"].editor, "299")
    desk.type(fields["currency"].editor, "DKK")
    desk.click(found(desk, PlanSheet).main)
    desk.wait_until(lambda: assistant.steps["plan"].is_done)
    assert "299" in assistant.steps["plan"].state.text()


def test_a_link_that_was_used_is_said_and_nothing_typed_is_lost(new_gym, empty_desk):
    desk, link = empty_desk, new_owner_link(new_gym.live.settings)
    for _ in range(2):
        if isinstance(desk.window.centralWidget(), SignInPage):
            desk.click(desk.window.centralWidget().link_button)
        page = desk.window.centralWidget()
        for field, text in ((page.link, link), (page.name, "Ulla"), (page.email, "u@fit.test")):
            desk.type(field.line, text)
        desk.type(page.password.line, PASSWORD)
        desk.click(page.press)
    assert page.problem.isVisible()
    assert "link" in page.problem.text()
    assert page.link.line.text() == link
    desk.click(page.back)
    assert isinstance(desk.window.centralWidget(), SignInPage)


def test_what_is_no_link_is_said_at_its_field(empty_desk):
    desk = empty_desk
    desk.click(desk.window.centralWidget().link_button)
    page = desk.window.centralWidget()
    desk.type(page.link.line, "https://[gym/welcome")
    desk.type(page.password.line, PASSWORD)
    desk.click(page.press)
    assert "not a one-time link" in page.form.fields["link"].complaint


def test_later_leaves_it_and_the_palette_has_it_again(new_gym, qapp, tmp_path):
    with a_desk(new_gym, qapp, tmp_path / "owner") as desk:
        desk.wait_until(lambda: found(desk, Assistant) is not None)
        desk.key(Qt.Key.Key_Escape)
        assert found(desk, Assistant) is None
        palette = desk.frame.open_palette()
        desk.type(palette.line, "set up")
        desk.key(Qt.Key.Key_Return)
        desk.wait_until(lambda: found(desk, Assistant) is not None)


def test_staff_are_not_led_through_what_they_may_not_do(new_gym, qapp, tmp_path):
    with a_desk(new_gym, qapp, tmp_path / "staff", role=Group.STAFF) as desk:
        assert found(desk, Assistant) is None
        assert "Set up" not in " ".join(offer.text for offer in desk.frame.open_palette().offers)
