"""The reports' room, against a real server: every number opens the rows behind it, and one that fails leaves the others."""

import csv
import io
import threading
from datetime import date, timedelta

import openpyxl
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest

from admin_desktop.charts.paper import Paper
from admin_desktop.exporting.files import Kind
from admin_desktop.exporting.sheet import ExportSheet
from admin_desktop.reports.contact import ContactSheet
from admin_desktop.reports.leaving import LeavingSheet
from admin_desktop.reports.month import load_month, month_up_to
from admin_desktop.reports.month_paper import paint_page, write_pdf
from admin_desktop.reports.monthly import MonthlySheet, document
from admin_desktop.reports.periods import Span, month_back, month_of, months_in, months_of, period_of
from admin_desktop.reports.rows_sheet import RowsSheet
from admin_desktop.reports.tiles import TILES
from admin_desktop.widgets.sheet import Sheet
from shared.contracts.report_rows import ContactOutcome
from shared.desktop.tokens import LIGHT
from shared.domain.roles import Group
from shared.errors import Unavailable
from tests.gui.desk.busy_day import have_a_busy_day
from tests.support.desk import a_desk
from tests.support.looking import cut_headings, cut_texts, unreadable_texts
from tests.support.paper import draw_pages, has_pixels, page_sizes_mm
from tests.support.past import LEAVING, have_a_past


@pytest.fixture(scope="module")
def grown(gym):
    """A gym with a past."""
    have_a_busy_day(gym)
    have_a_past(gym.live.settings)
    return gym


@pytest.fixture(scope="module")
def owner(grown, qapp, tmp_path_factory):
    """One desk for the tests that leave the room as it was."""
    with a_desk(grown, qapp, tmp_path_factory.mktemp("owner")) as desk:
        yield desk


@pytest.fixture
def desk(owner):
    yield owner
    for sheet in reversed([each for each in owner.window.findChildren(Sheet) if each.isVisible()]):
        sheet.leave()
    owner.frame.toasts.clear()
    owner.settle()


@pytest.fixture
def room(desk):
    room = desk.room("reports")
    if room.span is not Span.MONTH:
        desk.click(room.spans[Span.MONTH])
    return room


def on_top(desk, kind=Sheet):
    """The sheet that was opened last."""
    shown = [each for each in desk.window.findChildren(kind) if each.isVisible()]
    assert shown, f"no {kind.__name__} is open"
    return shown[-1]


def tile(room, name):
    return room.board.tiles.charts[TILES.index(name)]


def number_of(text):
    return int("".join(each for each in text if each.isdigit()) or 0)


def all_rows(desk, sheet):
    """The rows of a sheet, all pages of them."""
    while sheet.model.canFetchMore(sheet.table.rootIndex()):
        sheet.model.fetchMore(sheet.table.rootIndex())
        desk.settle()
    return sheet.model.rows


def press_enter(desk, chart):
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Return)
    desk.settle()


def test_the_six_numbers_are_said(desk, room):
    said = {chart.picture.label: chart.picture for chart in room.board.tiles.charts}
    assert list(said) == ["Visits", "Active members", "Revenue", "Overdue", "Refused", "Door open"]
    assert number_of(said["Visits"].number) > 100
    assert number_of(said["Active members"].number) > 5
    assert "DKK" in said["Revenue"].second
    assert said["Door open"].number.endswith("%")
    assert "min lost" in said["Door open"].second
    assert [part.title.text() for part in room.board.parts if part.has_failed] == []


@pytest.mark.parametrize("name", ["visits", "members", "revenue", "refused"])
def test_a_number_opens_as_many_rows_as_it_says(desk, room, name):
    chart = tile(room, name)
    press_enter(desk, chart)
    sheet = on_top(desk, RowsSheet)
    rows = all_rows(desk, sheet)
    if name == "revenue":
        total = sum(row.line.amount_minor for row in rows)
        assert round(total / 100) == number_of(chart.picture.number)
    elif name == "members":
        assert len({row.line.member_id for row in rows}) == number_of(chart.picture.number)
    else:
        assert len(rows) == number_of(chart.picture.number)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert desk.window.focusWidget() is chart


def test_doors_and_overdue_open_their_rows(desk, room):
    press_enter(desk, tile(room, "doors"))
    rows = on_top(desk, RowsSheet).model.rows
    assert {row.thing for row in rows} == {"Main entrance", "Back door"}
    on_top(desk).leave()
    press_enter(desk, tile(room, "overdue"))
    assert on_top(desk, RowsSheet).problem.text() == ""


def test_a_cell_of_the_heat_map_opens_its_visits(desk, room):
    chart = room.board.heat.chart
    spot = max(chart.spots, key=lambda spot: chart.picture.cells[spot.row][spot.column].value)
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=spot.box.center().toPoint())
    desk.settle()
    rows = all_rows(desk, on_top(desk, RowsSheet))
    (question,) = spot.key.questions
    assert rows
    assert {(row.line.on.weekday(), row.line.hour) for row in rows} == {(question.weekday, question.hour)}
    days = [(question.first + timedelta(days=k)).weekday() for k in range((question.last - question.first).days + 1)]
    average = chart.picture.cells[spot.row][spot.column].value
    assert len(rows) / days.count(question.weekday) == pytest.approx(average)


def test_a_bar_and_a_part_of_it_open_their_receipts(desk, room):
    chart = room.board.revenue.chart
    assert [bar.label for bar in chart.picture.bars] == [
        month.strftime("%b") for month in months_in(period_of_revenue(room))
    ]
    bar = chart.picture.bars[-2]
    assert len(bar.parts[-1].key.questions) > 1, "the smaller plans together"
    for spot in (bar, *bar.parts):
        room.open_rows(spot.key)
        desk.settle()
        rows = all_rows(desk, on_top(desk, RowsSheet))
        assert sum(row.line.amount_minor for row in rows) == spot.value
        assert {row.line.on.strftime("%b") for row in rows} == {bar.label}
        on_top(desk).leave()


def period_of_revenue(room):
    return months_of(room.span, room.period.last)


def test_refusals_plans_and_cohorts_open_their_rows(desk, room):
    for part in (room.board.refusals, room.board.plans, room.board.retention):
        spot = part.chart.spots[0]
        press_enter(desk, part.chart)
        rows = all_rows(desk, on_top(desk, RowsSheet))
        said = [number_of(word) for word in spot.said.split() if any(each.isdigit() for each in word)]
        assert len(rows) in said, (spot.said, len(rows))
        on_top(desk).leave()


def test_the_sites_share_the_visits_and_each_opens_its_own(desk, room):
    chart = room.board.sites.chart
    assert sum(row.value for row in chart.picture.rows) == number_of(tile(room, "visits").picture.number)
    press_enter(desk, chart)
    sheet = on_top(desk, RowsSheet)
    rows = all_rows(desk, sheet)
    assert len(rows) == chart.picture.rows[0].value
    assert {desk.frame.context.sites.name_of(row.line.site_id) for row in rows} == {chart.picture.rows[0].label}


def test_machines_open_their_faults_and_a_fault_its_machine(desk, room):
    chart = room.board.machines.chart
    assert {row.label for row in chart.picture.rows} <= {
        "Treadmill 1",
        "Treadmill 2",
        "Rower",
        "Leg press",
        "Cable tower",
    }
    press_enter(desk, chart)
    sheet = on_top(desk, RowsSheet)
    assert {row.thing for row in sheet.model.rows} == {chart.picture.rows[0].label}
    QTest.keyClick(sheet.table, Qt.Key.Key_Return)
    desk.settle()
    assert desk.frame.room_name == "machines"


def test_a_row_opens_the_member(desk, room):
    press_enter(desk, tile(room, "visits"))
    sheet = on_top(desk, RowsSheet)
    name = sheet.model.rows[0].member.name
    QTest.keyClick(sheet.table, Qt.Key.Key_Return)
    desk.settle()
    assert desk.frame.room_name == "members"
    assert desk.frame.room.card.name.text() == name


def test_the_rows_go_into_a_file(desk, room, tmp_path):
    press_enter(desk, tile(room, "revenue"))
    sheet = on_top(desk, RowsSheet)
    count, total = len(all_rows(desk, sheet)), sum(row.line.amount_minor for row in sheet.model.rows)
    desk.click(sheet.export)
    on_top(desk, ExportSheet).save_to(tmp_path / "revenue.xlsx")
    desk.settle()
    head, *rows = openpyxl.load_workbook(tmp_path / "revenue.xlsx").active.iter_rows(values_only=True)
    assert len(rows) == count
    assert round(sum(row[head.index("Amount")] for row in rows) * 100) == total
    assert on_top(desk) is sheet


def test_another_period_keeps_the_place(desk, room):
    bar, chart = room.page.verticalScrollBar(), room.board.heat.chart
    bar.setValue(180)
    chart.choose(chart.spots[40].key)
    place = (chart.chosen.row, chart.chosen.column)
    visits = tile(room, "visits").picture.number
    desk.click(room.spans[Span.YEAR])
    assert number_of(tile(room, "visits").picture.number) > number_of(visits)
    assert bar.value() == 180
    assert (chart.chosen.row, chart.chosen.column) == place
    assert len(room.board.revenue.chart.picture.bars) == 12
    desk.click(room.spans[Span.TODAY])
    assert tile(room, "visits").picture.second.endswith("inside now")


def test_another_site_has_other_numbers(desk, room):
    everywhere = number_of(tile(room, "visits").picture.number)
    assert [room.site.itemText(place) for place in range(room.site.count())][:2] == ["All sites", "Harbour"]
    room.site.setCurrentIndex(2)
    room.site.activated.emit(2)
    desk.settle()
    assert number_of(tile(room, "visits").picture.number) < everywhere
    assert room.sentence.text().startswith(room.site.itemText(2))
    assert not room.board.sites.isVisible()
    room.site.activated.emit(0)
    desk.settle()
    assert number_of(tile(room, "visits").picture.number) == everywhere


def test_one_report_that_fails_leaves_the_others_and_is_tried_again(desk, room, monkeypatch):
    reports = desk.window.desk.reports
    real = reports.refusals

    def away(_):
        raise Unavailable("away")

    monkeypatch.setattr(reports, "refusals", away)
    desk.click(room.spans[Span.WEEK])
    assert [part.title.text() for part in room.board.parts if part.has_failed] == ["Refused, by reason"]
    assert "of before" in room.board.refusals.problem.text()
    assert room.board.refusals.chart.spots, "what was there stays"
    assert room.board.refusals.chart.isVisibleTo(room.board)
    assert number_of(tile(room, "visits").picture.number) > 0
    monkeypatch.setattr(reports, "refusals", real)
    desk.click(room.board.refusals.again)
    assert not room.board.refusals.has_failed


def test_a_part_that_never_came_says_so_in_its_place(open_desk, grown, monkeypatch):
    desk = open_desk()
    reports = desk.window.desk.reports

    def away(_):
        raise Unavailable("away")

    monkeypatch.setattr(reports, "retention", away)
    room = desk.room("reports")
    part = room.board.retention
    assert part.has_failed
    assert "does not answer" in part.problem.text()
    assert not part.body.isVisible()
    assert "of before" not in part.problem.text()
    assert not room.board.plans.has_failed


def test_while_it_waits_it_says_so(open_desk, grown, monkeypatch):
    desk = open_desk()
    go_on, reports = threading.Event(), desk.window.desk.reports
    real = reports.doors

    def slow(wanted):
        assert go_on.wait(30)
        return real(wanted)

    monkeypatch.setattr(reports, "doors", slow)
    room = desk.frame.open("reports")
    desk.wait_until(lambda: room.board.doors.second.text() == "Asking the server …")
    desk.wait_until(lambda: bool(room.board.heat.chart.spots))
    go_on.set()
    desk.settle()
    assert room.board.doors.second.text() != "Asking the server …"


def test_who_comes_less_than_usual_is_listed_and_contacted_with_an_undo(desk, room):
    listed = room.board.list.model.rows
    assert len(listed) >= LEAVING - 3
    assert all(row.risk.recent / 4 <= row.risk.before / 12 / 2 for row in listed)
    first = listed[0]
    room.board.list.table.setFocus()
    room.board.list.table.choose(0)
    desk.key(Qt.Key.Key_Return)
    sheet = on_top(desk, ContactSheet)
    assert sheet.heading.text() == first.member.name
    assert "Nobody has been in touch yet." in sheet.history.text()
    desk.type(sheet.form.fields["note"].line, "on holiday")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert first.member.name in desk.toast
    row = next(each for each in room.board.list.model.rows if each.risk.member_id == first.risk.member_id)
    assert (row.risk.contact.note, row.risk.contact.outcome) == ("on holiday", ContactOutcome.OPEN)
    desk.click(desk.button("Undo"))
    row = next(each for each in room.board.list.model.rows if each.risk.member_id == first.risk.member_id)
    assert row.risk.contact is None


def test_an_outcome_is_written_to_the_contact_it_is_of(desk, room):
    member = room.board.list.model.rows[1].risk.member_id

    def now():
        return next(each for each in room.board.list.model.rows if each.risk.member_id == member)

    def open_sheet():
        room.board.list.table.choose(room.board.list.model.rows.index(now()))
        QTest.keyClick(room.board.list.table, Qt.Key.Key_Return)
        desk.settle()
        return on_top(desk, ContactSheet)

    desk.click(open_sheet().main)
    contact = now().risk.contact
    sheet = open_sheet()
    assert "No answer yet" in sheet.history.text()
    outcomes = list(ContactOutcome)
    sheet.form.fields["outcome"].combo.setCurrentIndex(outcomes.index(ContactOutcome.COMES_BACK))
    desk.click(sheet.main)
    assert now().risk.contact.id == contact.id
    assert now().risk.contact.outcome is ContactOutcome.COMES_BACK
    desk.click(desk.button("Undo"))
    assert now().risk.contact.outcome is ContactOutcome.OPEN


def test_a_contact_that_could_not_be_sent_stays_typed_and_is_sent_once(desk, room, monkeypatch):
    reports, kept = desk.window.desk.reports, []
    real = reports.keep_contact

    def lost(contact):
        kept.append(contact)
        real(contact)
        raise Unavailable("the answer was lost")

    room.board.list.table.choose(2)
    member = room.board.list.model.rows[2].risk.member_id
    QTest.keyClick(room.board.list.table, Qt.Key.Key_Return)
    desk.settle()
    sheet = on_top(desk, ContactSheet)
    desk.type(sheet.form.fields["note"].line, "wrote twice")
    monkeypatch.setattr(reports, "keep_contact", lost)
    desk.click(sheet.main)
    assert "does not answer" in sheet.problem.text()
    assert sheet.form.fields["note"].line.text() == "wrote twice"
    monkeypatch.setattr(reports, "keep_contact", real)
    desk.click(sheet.main)
    row = next(each for each in room.board.list.model.rows if each.risk.member_id == member)
    assert row.risk.contact.id == kept[0].id


def test_all_who_come_less_go_into_a_file(desk, room, tmp_path):
    desk.click(desk.button("See all", room.board.leaving))
    sheet = on_top(desk, LeavingSheet)
    desk.click(sheet.export)
    export = on_top(desk, ExportSheet)
    export.kind.combo.setCurrentIndex(list(Kind).index(Kind.CSV))
    export.save_to(tmp_path / "leaving.csv")
    desk.settle()
    rows = list(csv.DictReader(io.StringIO((tmp_path / "leaving.csv").read_text(encoding="utf-8-sig"), newline="")))
    assert [row["Member"] for row in rows] == [row.member.name for row in sheet.list.model.rows]


def test_the_month_goes_on_paper_as_vectors(desk, room, tmp_path):
    desk.click(room.monthly)
    sheet = on_top(desk, MonthlySheet)
    assert sheet.month.value() == month_back(room.period.last, 1)
    path = tmp_path / "month.pdf"
    sheet.save_to(path)
    desk.settle()
    assert path.name in desk.toast
    content = path.read_bytes()
    assert set(page_sizes_mm(content)) == {(210, 297)}
    assert not has_pixels(content)
    inked = [_ink(page) for page in draw_pages(content, dpi=60)]
    assert all(share > 0.01 for share in inked), inked
    assert list(tmp_path.glob("month*")) == [path]


def _ink(page):
    """How much of a page is not white."""
    white, width, height = QColor("white").rgb(), page.width(), page.height()
    seen = [page.pixel(x, y) != white for x in range(0, width, 3) for y in range(0, height, 3)]
    return sum(seen) / len(seen)


@pytest.mark.parametrize("language", ["en", "da"])
def test_the_paper_says_whose_month_it_is_and_cuts_nothing(open_desk, grown, language):
    desk = open_desk(language=language)
    context, made = desk.frame.context, []
    today = context.clock.now().astimezone(context.sites.zone).date()
    period = month_up_to(today, today)
    context.ask(lambda: load_month(context.desk, None, period, lambda *_: None), made.append)
    desk.settle()
    paper = document(made[0], "Harbour Gym, Harbour", context, today=context.words.date(today))
    image = QImage(794, 1123, QImage.Format.Format_RGB32)
    said = []
    pages = paper.laid_out()
    for number, rows in enumerate(pages, start=1):
        painter = QPainter(image)
        written = Paper(painter, LIGHT)
        paint_page(written, paper, rows, number, len(pages))
        painter.end()
        assert [each.text for each in written.written if each.is_cut] == []
        assert all(QRectF(image.rect()).contains(each.box) for each in written.written)
        said += [each.text for each in written.written]
    assert "Harbour Gym, Harbour" in said
    assert any(str(today.year) in text for text in said[:1])
    assert [text for text in said if text.startswith(("Page", "Side"))] != []
    assert write_pdf(paper).startswith(b"%PDF")


def test_a_month_that_cannot_be_asked_or_written_is_said_and_tried_again(desk, room, tmp_path, monkeypatch):
    desk.click(room.monthly)
    sheet = on_top(desk, MonthlySheet)
    sheet.save_to(tmp_path / "gone" / "month.pdf")
    desk.settle()
    assert "the folder is not there any more" in sheet.problem.text()
    reports = desk.window.desk.reports
    real = reports.refusals

    def away(_):
        raise Unavailable("away")

    monkeypatch.setattr(reports, "refusals", away)
    sheet.save_to(tmp_path / "month.pdf")
    desk.settle()
    assert "does not answer" in sheet.problem.text()
    monkeypatch.setattr(reports, "refusals", real)
    sheet.save_to(tmp_path / "month.pdf")
    desk.settle()
    assert (tmp_path / "month.pdf").exists()


def test_a_month_that_is_being_made_can_be_stopped(desk, room, tmp_path, monkeypatch):
    go_on, reports = threading.Event(), desk.window.desk.reports
    real = reports.retention

    def slow(wanted):
        assert go_on.wait(30)
        return real(wanted)

    monkeypatch.setattr(reports, "retention", slow)
    desk.click(room.monthly)
    sheet = on_top(desk, MonthlySheet)
    sheet.save_to(tmp_path / "month.pdf")
    desk.wait_until(lambda: sheet.progress is not None and sheet.progress.percent > 50)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    go_on.set()
    desk.settle()
    assert "No file was written" in sheet.problem.text()
    assert list(tmp_path.glob("month*")) == []


@pytest.mark.parametrize(("theme", "language", "size"), [("light", "da", (1180, 720)), ("dark", "en", (1440, 900))])
def test_no_sheet_of_the_room_cuts_a_text(open_desk, grown, theme, language, size):
    desk = open_desk(theme=theme, language=language, size=size)
    room = desk.room("reports")
    for open_it in (
        lambda: room.open_rows(tile(room, "revenue").spots[0].key),
        lambda: room.open_rows(tile(room, "doors").spots[0].key),
        lambda: room.open_rows(room.board.machines.chart.spots[0].key),
        room.see_all,
        lambda: room.board.list._open(room.board.list.model.rows[0]),
        room.monthly.click,
    ):
        open_it()
        desk.settle()
        sheet = on_top(desk)
        assert cut_texts(sheet) == []
        assert cut_headings(sheet) == []
        sheet.leave()
    desk.settle()
    assert unreadable_texts(desk.window) == []
    painted = QImage(size[0], size[1], QImage.Format.Format_RGB32)
    for part in room.board.parts:
        for chart in room.board.tiles.charts if part is room.board.numbers else [getattr(part, "chart", None)]:
            if chart is None:
                continue
            painter = QPainter(painted)
            paper = Paper(painter, LIGHT)
            chart.paint_on(paper)
            painter.end()
            assert [each.text for each in paper.written if each.is_cut] == []


def test_owners_alone_have_the_room(open_desk, grown):
    assert "reports" not in open_desk(role=Group.ADMIN).frame.navigation.buttons


def test_a_month_is_whole_and_months_follow_one_another():
    assert month_of(date(2026, 2, 14)).last == date(2026, 2, 28)
    assert month_of(date(2026, 12, 1)).last == date(2026, 12, 31)
    assert month_back(date(2026, 1, 31), 1) == date(2025, 12, 1)
    assert period_of(Span.WEEK, date(2026, 11, 20)).days == 7
    assert len(months_in(period_of(Span.YEAR, date(2026, 11, 20)))) == 13
