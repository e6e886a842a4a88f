"""The six numbers as cards in a row."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.charts.tile import Tile
from admin_desktop.charts.view import ChartView
from admin_desktop.shell.context import Context

TILES = ("visits", "members", "revenue", "overdue", "refused", "doors")
_TILE_HEIGHT = 88


class Tiles(QWidget):
    """The six numbers, each a card that opens its rows."""

    def __init__(self, context: Context, opened: Callable[[object], None]) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.charts: list[ChartView] = []
        for name in TILES:
            chart, card = ChartView(context.words(f"reports.{name}"), nothing=""), QFrame()
            card.setProperty("role", "panel")
            inner = QVBoxLayout(card)
            inner.setContentsMargins(11, 9, 11, 9)
            inner.addWidget(chart)
            chart.setFixedHeight(_TILE_HEIGHT)
            chart.opened.connect(opened)
            self.charts.append(chart)
            row.addWidget(card, 1)

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        for chart, tile in zip(self.charts, tiles, strict=True):
            chart.show_picture(tile)
