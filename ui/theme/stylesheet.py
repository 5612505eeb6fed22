"""The one style sheet, generated from the tokens, the text size and the reading direction.

Widgets say what they are by properties (`kind`, `ink`, `tone`, `place`, `error`, `frame`); a style sheet does not
mirror its left and right (but for text-align, which it does), so whatever has sides is generated for the direction at hand.
"""

import dataclasses

from ui.theme.tokens import TONES, Tokens

RADIUS_CHIP, RADIUS_CONTROL, RADIUS_RAIL, RADIUS_CARD = 6, 7, 8, 10


@dataclasses.dataclass(frozen=True, slots=True)
class Measures:
    """What sizes depend on: text size, direction, and the line heights (px) of body and caption text."""

    scale: float
    rtl: bool
    body: int
    caption: int


def sides(top: int, end: int, bottom: int, start: int, *, rtl: bool) -> str:
    """A CSS four-side value in px (top, right, bottom, left), with start and end put where the direction wants."""
    right, left = (start, end) if rtl else (end, start)
    return f"{top}px {right}px {bottom}px {left}px"


def _buttons(t: Tokens) -> str:
    pad = 8 - (t.border - 1)
    return f"""
QPushButton {{ background: {t.surface}; color: {t.text}; border: {t.border}px solid {t.edge};
  border-radius: {RADIUS_CONTROL}px; padding: {pad}px 14px; }}
QPushButton:hover {{ background: {t.tint}; }}
QPushButton:pressed {{ border-color: {t.accent}; }}
QPushButton:disabled {{ background: {t.canvas}; color: {t.off}; border-color: {t.off}; }}
QPushButton::menu-indicator {{ image: none; width: 0; }}
QPushButton[kind="primary"] {{ background: {t.accent}; color: {t.on_accent}; border-color: {t.accent}; }}
QPushButton[kind="primary"]:hover {{ background: {t.accent_hover}; border-color: {t.accent_hover};
  color: {t.on_accent}; }}
QPushButton[kind="primary"]:disabled {{ background: {t.canvas}; color: {t.off}; border-color: {t.off}; }}
QPushButton[kind="ghost"] {{ background: transparent; color: {t.accent_text}; border-color: transparent;
  padding: {pad}px 10px; }}
QPushButton[kind="ghost"]:hover {{ background: {t.tint}; color: {t.accent_text}; }}
QPushButton[kind="ghost"]:disabled {{ background: transparent; color: {t.off}; border-color: transparent; }}
QPushButton[kind="danger"] {{ color: {t.danger}; border-color: {t.danger}; }}
QPushButton[kind="danger"]:hover {{ background: {t.danger_bg}; color: {t.danger}; }}
QPushButton[kind="danger"]:disabled {{ color: {t.off}; border-color: {t.off}; }}
QPushButton[kind="icon"] {{ background: transparent; border-color: transparent; padding: 5px; }}
QPushButton[kind="icon"]:hover {{ background: {t.tint}; }}
QPushButton[kind="missing"] {{ background: {t.idle_bg}; color: {t.idle}; border-width: 1px;
  text-align: left; padding: 8px 12px; }}
"""


def _marks(t: Tokens, m: Measures) -> str:
    pill = (m.body + 2 * 6) // 2
    width = 2 if not t.is_contrast else 1
    chips = "".join(
        f'QFrame[tone="{tone}"] {{ background: {t.color(tone + "_bg")}; border-radius: {RADIUS_CHIP}px; '
        f"border: {1 if t.is_contrast else 0}px solid {t.color(tone)}; }}\n"
        f'QLabel[ink="{tone}"] {{ color: {t.color(tone)}; }}\n'
        for tone in TONES
    )
    over = "".join(
        f'QFrame[tone="{tone}"][over="true"] {{ border: {t.border}px solid {t.color(tone)}; '
        f"border-radius: {RADIUS_CARD}px; }}\n"
        for tone in TONES
    )
    inks = "".join(
        f'QLabel[ink="{ink}"] {{ color: {t.color(ink)}; }}\n'
        for ink in ("text", "text2", "off", "accent", "accent_text", "on_accent")
    )
    outer = {"first": (1, 0), "last": (0, 1), "only": (1, 1)}
    ends = ""
    for place, (start, end) in outer.items():
        left, right = (end, start) if m.rtl else (start, end)
        for side, on in (("left", left), ("right", right)):
            radius = RADIUS_CONTROL * on
            ends += (
                f'QPushButton[kind="segment"][place="{place}"] {{ border-top-{side}-radius: {radius}px; '
                f"border-bottom-{side}-radius: {radius}px; }}\n"
            )
    r = RADIUS_CONTROL
    return f"""
{inks}{chips}{over}
QPushButton[kind="pill"] {{ border-width: 1px; border-radius: {pill}px; padding: 5px 12px; }}
QPushButton[kind="pill"]:checked {{ background: {t.selected_bg}; color: {t.selected_ink};
  border: 1px solid {t.accent}; }}
QPushButton[kind="segment"] {{ border-width: 1px; border-radius: 0; padding: 8px 12px; }}
QPushButton[kind="segment"]:checked {{ background: {t.selected_bg}; color: {t.selected_ink};
  border: {width}px solid {t.accent}; padding: {9 - width}px {13 - width}px; }}
QPushButton[kind="segment"]:disabled, QPushButton[kind="pill"]:disabled {{ color: {t.off}; border-color: {t.off}; }}
{ends}
QPushButton[kind="segment"][place="top"] {{ border-top-left-radius: {r}px; border-top-right-radius: {r}px; }}
QPushButton[kind="segment"][place="bottom"] {{ border-bottom-left-radius: {r}px; border-bottom-right-radius: {r}px; }}
QLabel[kind="key"] {{ background: {t.sunken}; color: {t.text2}; border: 1px solid {t.line}; border-radius: 4px;
  padding: 0px 7px; }}
"""


def _fields(t: Tokens, m: Measures) -> str:
    arrow = round(18 * m.scale) + 14
    combo = sides(7, arrow, 7, 9, rtl=m.rtl)
    kinds = "QLineEdit, QPlainTextEdit, QComboBox, QListView"
    wrong = ", ".join(f'{kind}[error="true"]' for kind in kinds.split(", "))
    off = ", ".join(f"{kind}:disabled" for kind in kinds.split(", "))
    return f"""
{kinds} {{ background: {t.surface}; color: {t.text}; border: 1px solid {t.edge};
  border-radius: {RADIUS_CONTROL}px; selection-background-color: {t.accent};
  selection-color: {t.on_accent}; }}
QListView {{ padding: 2px; }}
QLineEdit {{ padding: 7px 9px; placeholder-text-color: {t.text2}; }}
QPlainTextEdit {{ padding: 5px 6px; placeholder-text-color: {t.text2}; }}
QLineEdit:read-only {{ background: {t.canvas}; }}
QComboBox {{ padding: {combo}; placeholder-text-color: {t.text2}; }}
QComboBox::drop-down {{ border: none; width: {arrow}px; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox {{ combobox-popup: 0; }}
QFrame[frame="popup"] {{ background: transparent; border: none; }}
QComboBox QAbstractItemView {{ background: {t.surface}; color: {t.text}; border: {t.border}px solid {t.edge};
  border-radius: {RADIUS_CARD}px; padding: 5px; outline: none; }}
QComboBox QAbstractItemView::item {{ padding: 0px 8px; border-radius: {RADIUS_CHIP}px; color: {t.text};
  min-height: {max(24, m.body + 12)}px; }}
QComboBox QAbstractItemView::item:selected {{ background: {t.selected_bg}; color: {t.selected_ink}; }}
{wrong} {{ border: 2px solid {t.danger}; }}
QLineEdit[error="true"] {{ padding: 6px 8px; }}
QPlainTextEdit[error="true"] {{ padding: 4px 5px; }}
QComboBox[error="true"] {{ padding: {sides(6, arrow - 1, 6, 8, rtl=m.rtl)}; }}
QWidget[error="true"][frame="group"] {{ border: 2px solid {t.danger}; border-radius: {RADIUS_CONTROL}px; }}
{off} {{ background: {t.canvas}; color: {t.off}; border-color: {t.off}; }}
"""


def _frames(t: Tokens) -> str:
    ink = t.on_accent if t.is_contrast else t.text
    return f"""
QFrame[frame="card"] {{ background: {t.surface}; border: {t.border}px solid {t.line};
  border-radius: {RADIUS_CARD}px; }}
QFrame[frame="card"][selected="true"] {{ background: {t.selected_bg}; border: 2px solid {t.accent}; }}
QFrame[frame="card"][selected="true"] QLabel[ink="text"] {{ color: {ink}; }}
QFrame[frame="surface"] {{ background: {t.surface}; }}
QFrame[frame="rail"] {{ background: {t.canvas}; }}
QFrame[frame="status"] {{ background: {t.sunken}; }}
QFrame[frame="training"] {{ background: {t.warn_bg}; border-bottom: {1 if t.is_contrast else 0}px solid {t.warn}; }}
QFrame[frame="line"] {{ background: {t.line}; }}
QDialog, QMainWindow {{ background: {t.canvas}; }}
QScrollArea, QScrollArea > QWidget > QWidget[frame="scroll"] {{ background: transparent; border: none; }}
QToolTip {{ background: {t.surface}; color: {t.text}; border: 1px solid {t.edge}; padding: 4px 6px; }}
QMenu {{ background: {t.surface}; color: {t.text}; border: {t.border}px solid {t.edge}; padding: 4px; }}
QMenu::item {{ padding: 7px 16px; border-radius: {RADIUS_CHIP}px; }}
QMenu::item:selected {{ background: {t.selected_bg}; color: {t.selected_ink}; }}
QMenu::item:disabled {{ color: {t.off}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 8px; }}
QProgressBar {{ background: {t.sunken}; border: 1px solid {t.edge}; border-radius: 5px; min-height: 8px;
  max-height: 8px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 4px; }}
"""


def _tables(t: Tokens, m: Measures) -> str:
    bar = 12
    return f"""
QTableView {{ padding: 3px; background: {t.surface}; color: {t.text}; border: {t.border}px solid {t.line};
  border-radius: {RADIUS_CARD}px; gridline-color: transparent; selection-background-color: {t.selected_bg};
  selection-color: {t.selected_ink}; }}
QTableView QTableCornerButton::section {{ background: {t.surface}; border: none; }}
QHeaderView {{ background: transparent; border: none; }}
QFileDialog QHeaderView::section {{ background: {t.surface}; color: {t.text2}; border: none; padding: 6px; }}
QTabBar::tab {{ background: transparent; color: {t.text2}; padding: 8px 4px;
  margin: {sides(0, 16, 0, 0, rtl=m.rtl)}; border: none; border-bottom: 3px solid transparent; }}
QTabBar::tab:selected {{ color: {t.text}; border-bottom: 3px solid {t.accent}; }}
QTabBar::tab:hover {{ color: {t.text}; }}
QTabBar::tab:disabled {{ color: {t.off}; }}
QScrollBar {{ background: transparent; border: none; margin: 0; }}
QScrollBar:vertical {{ width: {bar}px; }}
QScrollBar:horizontal {{ height: {bar}px; }}
QScrollBar::handle {{ background: {t.edge}; border: 3px solid {t.canvas}; border-radius: 6px; }}
QScrollBar::handle:hover {{ background: {t.text2}; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSplitter::handle {{ background: {t.line}; }}
"""


def make_stylesheet(tokens: Tokens, measures: Measures) -> str:
    """The application's style sheet."""
    buttons = _buttons(tokens)
    rest = (_marks(tokens, measures), _fields(tokens, measures), _frames(tokens), _tables(tokens, measures))
    return "* { outline: none; }\n" + buttons + "".join(rest)
