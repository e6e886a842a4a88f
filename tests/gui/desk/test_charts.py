"""The desk's charts: what they say can be read, and every spot of them is reached by keys and opens."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip

from admin_desktop.charts.heat import Cohort, CohortTriangle, HeatCell, HeatMap
from admin_desktop.charts.paper import Paper
from admin_desktop.charts.rows import RowBar, RowBars
from admin_desktop.charts.stacked import Bar, Part, StackedBars
from admin_desktop.charts.tile import Tile
from admin_desktop.charts.view import ChartView
from admin_desktop.widgets.look import wear
from shared.desktop import tokens
from tests.support.looking import LEAST_CONTRAST, _contrast_in

MONTHS = ("Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov")


def a_part(month, plan, value):
    return Part(value, (month, plan), f"{plan} in {month}: {value}")


def a_bar(month, *values):
    parts = tuple(a_part(month, plan, value) for plan, value in zip("abc", values, strict=False))
    return Bar(month, f"{sum(values):,}", month, f"{month}: {sum(values)}", parts, strong=month == "Nov")


def a_cell(row, column, value, *, text=None):
    return HeatCell(value, text or f"{value:.0f}", (row, column), f"row {row}, column {column}: {value}")


STACKED = StackedBars(
    ("Full plans", "Packs", "Day and trial"),
    tuple(a_bar(month, 400 + 37 * n, 120 + 5 * n, 30) for n, month in enumerate(MONTHS)),
)
HEAT = HeatMap(
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    tuple(f"{hour:02}" if hour % 2 == 0 else "" for hour in range(6, 23)),
    tuple(tuple(a_cell(day, hour, (day * 7 + hour * 5) % 48) for hour in range(17)) for day in range(7)),
    "Fewer",
    "more",
)
COHORTS = CohortTriangle(
    tuple(
        Cohort(
            month,
            "48",
            tuple(a_cell(row, k, 1 - 0.07 * k, text=f"{100 - 7 * k}") for k in range(len(MONTHS) - row)),
        )
        for row, month in enumerate(MONTHS)
    ),
    tuple(str(k) for k in range(12)),
    "Joined",
    "New",
)
ROWS = RowBars(
    (
        RowBar("The membership has ended", 60, "60", "ended", "60 times", care=True),
        RowBar("Outside of the plan's hours", 12, "12", "hours", "12 times"),
        RowBar("Blocked", 0, "0", "blocked", "never"),
    )
)
TILE = Tile("Active members", "1,284,000.00 DKK", "8 % more than October", "granted", "active", "1,284")
PICTURES = {"stacked": STACKED, "heat": HEAT, "cohorts": COHORTS, "rows": ROWS, "tile": TILE}
EMPTY = {
    "stacked": StackedBars(("Full plans",), (a_bar("Nov", 0),)),
    "heat": HeatMap(("Mon",), ("06",), ((a_cell(0, 0, 0),),), "Fewer", "more"),
    "cohorts": CohortTriangle((), (), "Joined", "New"),
    "rows": RowBars(()),
}
NARROW, WIDE = 380, 700
"""What a card leaves to a chart in the smallest window and in the usual one."""
PALETTES = {"light": tokens.LIGHT, "dark": tokens.DARK}


def painted(picture, look, size):
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(QColor(look.surface))
    painter = QPainter(image)
    paper = Paper(painter, look)
    picture.paint(paper, QRectF(0, 0, *size))
    painter.end()
    return image, paper


def size_of(picture, width):
    return (150 if picture is TILE else width, max(picture.height, 90))


@pytest.fixture(autouse=True, scope="module")
def app(qapp):
    """Dressed once."""
    wear(qapp, tokens.LIGHT)
    return qapp


@pytest.fixture
def view(app):
    made = []

    def show(picture, *, width=WIDE):
        chart = ChartView("What it is", nothing="Nothing yet")
        chart.show_picture(picture)
        chart.resize(*size_of(picture, width))
        chart.show()
        chart.setFocus()
        made.append(chart)
        app.processEvents()
        return chart

    yield show
    for chart in made:
        chart.close()
        chart.deleteLater()


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("look", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_every_text_is_whole_and_can_be_read(app, picture, look, width):
    image, paper = painted(picture, look, size_of(picture, width))
    assert [each.text for each in paper.written if each.is_cut] == []
    whole = QRectF(image.rect())
    for each in paper.written:
        assert whole.contains(each.box.center()), each.text
        assert _contrast_in(image.copy(each.box.toAlignedRect().intersected(image.rect()))) >= LEAST_CONTRAST, each


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_no_two_texts_touch(app, picture, width):
    _, paper = painted(picture, tokens.LIGHT, size_of(picture, width))
    taken = []
    for each in paper.written:
        box = QRectF(0, 0, each.width, 10)
        box.moveCenter(each.box.center())
        if each.width < each.box.width() / 2:
            continue  # at one side of a wide box: nothing else is written into it
        assert not [other for other in taken if other.intersects(box)], each.text
        taken.append(box)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_every_spot_lies_on_the_chart_and_keys_reach_it(view, picture, width):
    chart = view(picture, width=width)
    assert all(QRectF(chart.rect()).contains(spot.box) for spot in chart.spots)
    assert len({spot.key for spot in chart.spots}) == len(chart.spots)
    reached, ahead = {chart.chosen.key}, [chart.chosen.key]
    while ahead:
        here = ahead.pop()
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            chart.choose(here)
            QTest.keyClick(chart, key)
            if chart.chosen.key not in reached:
                reached.add(chart.chosen.key)
                ahead.append(chart.chosen.key)
    assert reached == {spot.key for spot in chart.spots}


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_enter_and_a_click_open_what_is_behind(view, picture):
    chart, opened = view(picture), []
    chart.opened.connect(opened.append)
    QTest.keyClick(chart, Qt.Key.Key_Return)
    assert opened == [chart.spots[0].key]
    last = min(chart.spots[-1:], key=lambda spot: spot.row)
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=last.box.center().toPoint())
    assert opened[-1] == last.key


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_what_is_chosen_is_said_and_shown_under_the_pointer(view, picture):
    chart = view(picture)
    assert chart.accessibleName() == "What it is"
    assert chart.accessibleDescription() == chart.spots[0].said
    place = chart.spots[-1].box.center().toPoint()
    chart.event(QHelpEvent(QHelpEvent.Type.ToolTip, place, chart.mapToGlobal(place)))
    assert QToolTip.text() == chart.spots[-1].said
    QToolTip.hideText()


@pytest.mark.parametrize("picture", EMPTY.values(), ids=EMPTY)
def test_nothing_is_said_in_words(view, picture):
    chart = view(picture, width=NARROW)
    image = QImage(chart.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paper = Paper(painter, tokens.LIGHT)
    chart.paint_on(paper)
    painter.end()
    assert [each.text for each in paper.written] == ["Nothing yet"]
    assert not paper.written[0].is_cut
    assert chart.accessibleDescription() == "Nothing yet"
    assert chart.spots == []
    QTest.keyClick(chart, Qt.Key.Key_Return)
    QTest.keyClick(chart, Qt.Key.Key_Right)


def test_the_keys_of_a_grid_go_to_its_neighbours(view):
    chart = view(HEAT)
    chart.choose((3, 5))
    for key, there in (
        (Qt.Key.Key_Up, (2, 5)),
        (Qt.Key.Key_Right, (2, 6)),
        (Qt.Key.Key_Down, (3, 6)),
        (Qt.Key.Key_Left, (3, 5)),
    ):
        QTest.keyClick(chart, key)
        assert chart.chosen.key == there


def test_a_ring_shows_what_is_chosen_while_the_chart_has_the_focus(view):
    chart = view(HEAT)
    before = chart.grab().toImage()
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart.grab().toImage() != before
    chart.clearFocus()
    assert chart.chosen is not None


def test_another_picture_keeps_what_was_chosen(view):
    chart = view(HEAT)
    chart.choose((3, 5))
    chart.show_picture(HEAT)
    assert chart.chosen.key == (3, 5)


def test_another_picture_of_other_keys_keeps_the_place(view):
    chart = view(ROWS)
    chart.choose("hours")
    chart.show_picture(
        RowBars(tuple(RowBar(row.label, row.value, row.text, f"new {row.key}", "") for row in ROWS.rows))
    )
    assert chart.chosen.key == "new hours"


def test_a_number_stands_in_cells_from_the_readable_shade_on_and_only_where_it_has_room(app):
    hottest = max(cell.value for row in HEAT.cells for cell in row)
    expected = sum(cell.value >= 0.7 * hottest for row in HEAT.cells for cell in row)
    numbers = [each for each in painted(HEAT, tokens.LIGHT, (WIDE, 260))[1].written if each.text.isdigit()]
    assert len(numbers) == expected + len([text for text in HEAT.columns if text])
    tight = [each for each in painted(HEAT, tokens.LIGHT, (220, 260))[1].written if each.text.isdigit()]
    assert len(tight) == len([text for text in HEAT.columns if text])


def test_the_parts_of_a_bar_are_as_high_as_their_shares_and_less_than_nothing_has_no_height():
    bars = StackedBars(("a", "b"), (a_bar("Oct", 300, 100), a_bar("Nov", 200, -50)))
    spots = {spot.key: spot.box for spot in bars.spots(QRectF(0, 0, 400, 400))}
    assert spots["Oct", "a"].height() == pytest.approx(3 * spots["Oct", "b"].height(), rel=0.05)
    assert spots["Nov", "a"].height() == pytest.approx(spots["Oct", "a"].height() * 2 / 3, rel=0.05)
    assert ("Nov", "b") not in spots
    assert spots["Oct"].contains(spots["Oct", "a"])


def test_a_part_lies_before_its_bar_under_the_pointer(view):
    chart, opened = view(STACKED), []
    chart.opened.connect(opened.append)
    part = next(spot for spot in chart.spots if spot.key == ("Dec", "a"))
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=part.box.center().toPoint())
    above = part.box.center() - QPointF(0, part.box.height() * 2)
    bar = next(spot for spot in chart.spots if spot.key == "Dec")
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(round(above.x()), round(bar.box.top()) + 4))
    assert opened == [("Dec", "a"), "Dec"]


def test_the_darker_a_cell_the_more_there_was(app):
    image, _ = painted(HEAT, tokens.LIGHT, (WIDE, 260))
    order = sorted(
        (
            (HEAT.cells[spot.row][spot.column].value, image.pixelColor((spot.box.topLeft() + QPointF(8, 3)).toPoint()))
            for spot in HEAT.spots(QRectF(0, 0, WIDE, 260))
        ),
        key=lambda pair: pair[0],
    )
    shades = [colour.lightness() for _, colour in order]
    assert shades == sorted(shades, reverse=True)
