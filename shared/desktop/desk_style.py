"""The desk's one style sheet, made of the tokens: what Fusion and a palette alone do not give."""

from shared.desktop.tokens import DESK, DESK_TYPE, Palette


def desk_style(palette: Palette) -> str:
    """QSS for a palette."""
    p, size = palette, DESK
    name, head, body = DESK_TYPE.name[0], DESK_TYPE.head[0], DESK_TYPE.body[0]
    return f"""
QLabel {{ color: {p.text}; background: transparent; }}
QLabel[role="title"] {{ font-size: {DESK_TYPE.title[0]}px; font-weight: {DESK_TYPE.title[1]}; }}
QLabel[role="card"] {{ font-size: {DESK_TYPE.card_title[0]}px; font-weight: {DESK_TYPE.card_title[1]}; }}
QLabel[role="number"] {{ font-size: {DESK_TYPE.number[0]}px; font-weight: {DESK_TYPE.number[1]}; }}
QLabel[role="name"] {{ font-size: {name}px; font-weight: {DESK_TYPE.name[1]}; }}
QLabel[role="head"] {{ font-size: {head}px; font-weight: {DESK_TYPE.head[1]}; color: {p.muted}; }}
QLabel[role="muted"] {{ font-size: {DESK_TYPE.second[0]}px; color: {p.muted}; }}
QLabel[role="error"] {{ font-size: {DESK_TYPE.second[0]}px; color: {p.denied}; }}
QLabel[role="care_value"] {{ font-size: {name}px; font-weight: {DESK_TYPE.name[1]}; color: {p.notice}; }}
QLabel[role="bad_value"] {{ font-size: {name}px; font-weight: {DESK_TYPE.name[1]}; color: {p.denied}; }}
QFrame[role="line"] {{ border: 0; border-bottom: 1px solid {p.line}; background: transparent; }}
QFrame[role="line"][tinted="true"] {{ background: {p.accent_soft}; border-radius: {size.radius_control}px; }}
QFrame[role="note"] {{ background: {p.sunken}; border: 0; border-radius: {size.radius_control}px; }}
QFrame[role="panel"] {{ background: {p.surface}; border: 1px solid {p.line}; border-radius: {size.radius_card}px; }}
QFrame[role="panel"][chosen="true"] {{ border: 2px solid {p.accent}; }}
QFrame[role="panel"]:focus {{ border: 2px solid {p.focus}; }}
QFrame[role="nav"] {{ background: {p.surface}; border: 0; border-right: 1px solid {p.line}; }}
QFrame[role="top"] {{ background: {p.surface}; border: 0; border-bottom: 1px solid {p.line}; }}
QFrame[role="rule"] {{ background: {p.line}; border: 0; max-height: 1px; }}
QFrame[role="banner"] {{ background: {p.notice_soft}; border: 0; }}
QFrame[role="sum"] {{ background: {p.sunken}; border: 0; border-radius: {size.radius_card}px; }}
QFrame[role="care"] {{ background: {p.notice_soft}; border: 0; border-radius: {size.radius_control}px; }}
QFrame[role="danger"] {{ background: {p.denied_soft}; border: 0; border-radius: {size.radius_control}px; }}
QFrame[role="sheet"], QDialog {{ background: {p.raised}; border: 1px solid {p.line}; border-radius: {size.radius_card}px; }}
QPushButton {{
    min-height: {size.control - 2}px; padding: 0 14px; border: 1px solid {p.edge};
    border-radius: {size.radius_control}px; background: {p.surface}; color: {p.text};
    font-size: {body}px; font-weight: 600;
}}
QPushButton:hover {{ background: {p.sunken}; }}
QPushButton:pressed {{ background: {p.accent_soft}; }}
QPushButton:focus {{ border: 2px solid {p.focus}; }}
QPushButton:disabled {{ color: {p.muted}; background: {p.sunken}; border-color: {p.line}; }}
QPushButton[kind="main"] {{ background: {p.accent}; color: {p.on_accent}; border-color: {p.accent}; }}
QPushButton[kind="main"]:focus {{ border: 2px solid {p.text}; }}
QPushButton[kind="main"]:disabled {{ color: {p.muted}; background: {p.sunken}; border-color: {p.line}; }}
QPushButton[kind="care"] {{ background: {p.notice_soft}; border-color: {p.notice}; }}
QPushButton[kind="danger"] {{ color: {p.denied}; border-color: {p.denied}; }}
QPushButton[kind="quiet"] {{ border-color: transparent; background: transparent; color: {p.accent}; }}
QPushButton[kind="quiet"]:disabled, QPushButton[kind="danger"]:disabled {{ color: {p.muted}; border-color: {p.line}; }}
QPushButton[kind="quiet"]:focus {{ border: 2px solid {p.focus}; }}
QPushButton[kind="nav"] {{
    text-align: left; border: 0; border-radius: {size.radius_control}px; padding: 0 10px;
    background: transparent; font-weight: 500; min-height: {size.control}px;
}}
QPushButton[kind="nav"]:hover {{ background: {p.sunken}; }}
QPushButton[kind="nav"]:checked {{ background: {p.accent_soft}; font-weight: 700; }}
QPushButton[kind="nav"]:focus {{ border: 2px solid {p.focus}; }}
QPushButton[kind="choice"]:checked {{
    background: {p.accent_soft}; border: 2px solid {p.accent}; color: {p.text};
    min-height: {size.control - 4}px; padding: 0 13px;
}}
QPushButton[kind="choice"]:focus {{ border: 2px solid {p.focus}; }}
QPushButton[kind="filter"] {{
    min-height: 30px; border-radius: 15px; padding: 0 12px; font-size: {DESK_TYPE.second[0]}px;
}}
QPushButton[kind="filter"]:checked {{ background: {p.accent_soft}; border-color: {p.accent}; }}
QPushButton[kind="thumb"] {{ padding: 0; min-height: 0; }}
QPushButton[kind="thumb"]:checked {{ border: 2px solid {p.accent}; background: {p.accent_soft}; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {p.edge}; }}
QSlider::handle:horizontal {{
    width: 18px; height: 18px; margin: -8px 0; border: 1px solid {p.accent}; border-radius: 9px; background: {p.accent};
}}
QSlider::handle:horizontal:focus {{ border: 3px solid {p.text}; }}
QLineEdit, QPlainTextEdit, QComboBox, QDateEdit, QSpinBox, QTimeEdit {{
    min-height: {size.control - 2}px; padding: 0 10px; border: 1px solid {p.edge};
    border-radius: {size.radius_control}px; background: {p.surface}; color: {p.text}; font-size: {body}px;
    selection-background-color: {p.accent}; selection-color: {p.on_accent};
}}
QPlainTextEdit {{ padding: 8px 6px; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QDateEdit:focus, QSpinBox:focus, QTimeEdit:focus {{
    border: 2px solid {p.focus}; padding: 0 9px;
}}
QPlainTextEdit:focus {{ padding: 7px 5px; }}
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"] {{ border: 2px solid {p.denied}; }}
QLineEdit:disabled, QComboBox:disabled, QDateEdit:disabled, QSpinBox:disabled {{ background: {p.sunken}; color: {p.muted}; }}
QSpinBox::up-button, QSpinBox::down-button, QTimeEdit::up-button, QTimeEdit::down-button {{ border: 0; width: 0; }}
QComboBox::drop-down, QDateEdit::drop-down {{ border: 0; width: 24px; }}
QComboBox QAbstractItemView {{
    background: {p.raised}; color: {p.text}; border: 1px solid {p.line};
    selection-background-color: {p.accent_soft}; selection-color: {p.text};
}}
QCheckBox, QRadioButton {{ color: {p.text}; spacing: 8px; min-height: 32px; }}
QTableView {{
    background: {p.surface}; border: 1px solid {p.line}; border-radius: {size.radius_card}px;
    gridline-color: transparent; outline: 0;
}}
QTableView:focus {{ border: 2px solid {p.focus}; }}
QHeaderView {{ background: transparent; }}
QHeaderView::section {{
    background: {p.surface}; color: {p.muted}; border: 0; border-bottom: 1px solid {p.line};
    padding: 0 12px; min-height: {size.head}px; font-size: {head}px; font-weight: 600;
}}
QScrollBar:vertical {{ width: 12px; background: transparent; margin: 0; }}
QScrollBar::handle:vertical {{ background: {p.edge}; border-radius: 4px; min-height: 32px; margin: 2px; }}
QScrollBar:horizontal {{ height: 12px; background: transparent; }}
QScrollBar::handle:horizontal {{ background: {p.edge}; border-radius: 4px; min-width: 32px; margin: 2px; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; border: 0; height: 0; width: 0; }}
QScrollArea, QWidget[role="bare"] {{ border: 0; background: transparent; }}
QToolTip {{ background: {p.text}; color: {p.bg}; border: 0; padding: 6px 8px; }}
QProgressBar {{ border: 0; border-radius: 4px; background: {p.sunken}; max-height: 8px; min-height: 8px; }}
QProgressBar::chunk {{ background: {p.accent}; border-radius: 4px; }}
QListWidget {{
    background: {p.surface}; border: 1px solid {p.edge}; border-radius: {size.radius_control}px; outline: 0;
    font-size: {body}px;
}}
QListWidget[role="bare"] {{ border: 0; background: transparent; }}
QListWidget::item {{ min-height: 28px; padding: 2px 8px; border-radius: 6px; color: {p.text}; }}
QListWidget[role="bare"]::item {{ padding: 0; }}
QListWidget::item:selected {{ background: {p.accent_soft}; color: {p.text}; }}
QListWidget:focus {{ border: 2px solid {p.focus}; }}
QMenu {{
    background: {p.raised}; color: {p.text}; border: 1px solid {p.line}; border-radius: {size.radius_control}px;
    padding: 6px; font-size: {body}px;
}}
QMenu::item {{ padding: 8px 24px 8px 12px; border-radius: 6px; }}
QMenu::item:selected {{ background: {p.accent_soft}; }}
QMenu::item:disabled {{ color: {p.muted}; }}
QTabBar::tab {{ padding: 8px 8px; margin-right: 6px; font-size: {DESK_TYPE.second[0]}px; color: {p.muted}; border: 0; border-bottom: 2px solid transparent; font-weight: 600; }}
QTabBar::tab:selected {{ color: {p.text}; border-bottom: 2px solid {p.accent}; }}
QTabBar::tab:focus {{ border: 2px solid {p.focus}; }}
"""
