"""The palette for Fusion; its own fails WCAG AA for selections and placeholders."""

from PySide6.QtGui import QColor, QPalette

from ui.theme.tokens import Tokens

Role = QPalette.ColorRole


def _roles(tokens: Tokens) -> dict[QPalette.ColorRole, str]:
    return {
        Role.Window: tokens.canvas,
        Role.WindowText: tokens.text,
        Role.Base: tokens.surface,
        Role.AlternateBase: tokens.surface,  # tables have row lines, no stripes
        Role.Text: tokens.text,
        Role.PlaceholderText: tokens.text2,
        Role.Button: tokens.surface,
        Role.ButtonText: tokens.text,
        Role.BrightText: tokens.danger,
        Role.Highlight: tokens.accent,
        Role.HighlightedText: tokens.on_accent,
        Role.Accent: tokens.accent,
        Role.Link: tokens.accent_text,
        Role.LinkVisited: tokens.accent_text,
        Role.ToolTipBase: tokens.surface,
        Role.ToolTipText: tokens.text,
        Role.Light: tokens.surface,
        Role.Midlight: tokens.sunken,
        Role.Mid: tokens.line,
        Role.Dark: tokens.edge,
        Role.Shadow: tokens.edge,
    }


def make_palette(tokens: Tokens) -> QPalette:
    """Every role of every group that widgets without a style of their own draw with."""
    palette = QPalette()
    for role, color in _roles(tokens).items():
        palette.setColor(role, QColor(color))
    for role in (Role.WindowText, Role.Text, Role.ButtonText, Role.PlaceholderText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.off))
    return palette
