"""The colours by the job they do, for light, dark and high contrast, and the contrast they owe each other."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Tokens:
    """One table of colours (`#RRGGBB`) and the widths, in pixels, that go with it."""

    name: str
    canvas: str
    surface: str
    sunken: str
    line: str
    edge: str
    text: str
    text2: str
    off: str
    accent: str
    accent_hover: str
    on_accent: str
    tint: str
    accent_text: str
    focus: str
    ok: str
    ok_bg: str
    warn: str
    warn_bg: str
    danger: str
    danger_bg: str
    info: str
    info_bg: str
    idle: str
    idle_bg: str
    border: int = 1  # of cards and buttons
    ring: int = 2

    @property
    def is_contrast(self) -> bool:
        """Whether selection is an accent fill and states carry borders instead of backgrounds."""
        return self.name == "contrast"

    @property
    def selected_bg(self) -> str:
        """What is chosen stands on this."""
        return self.accent if self.is_contrast else self.tint

    @property
    def selected_ink(self) -> str:
        """Text on `selected_bg`."""
        return self.on_accent if self.is_contrast else self.text

    def color(self, token: str) -> str:
        """The colour of a token named at run time, such as the tone of a chip."""
        value = getattr(self, token, None)
        if not isinstance(value, str):
            raise ValueError(token)  # noqa: TRY004  # the name is wrong, not a type
        return value


LIGHT = Tokens(
    name="light",
    canvas="#F4F3EF",
    surface="#FFFFFF",
    sunken="#ECEAE4",
    line="#DAD7CF",
    edge="#7D7A72",
    text="#1D2321",
    text2="#525A56",
    off="#6F7672",
    accent="#0B625E",
    accent_hover="#084C49",
    on_accent="#FFFFFF",
    tint="#DCEDEA",
    accent_text="#0A5955",
    focus="#1B4FD1",
    ok="#17663A",
    ok_bg="#E2F2E7",
    warn="#764700",
    warn_bg="#FBECCD",
    danger="#A01E17",
    danger_bg="#FBE5E2",
    info="#1E4C94",
    info_bg="#E4ECF9",
    idle="#49504C",
    idle_bg="#EAE8E3",
)

DARK = Tokens(
    name="dark",
    canvas="#151918",
    surface="#1E2322",
    sunken="#111514",
    line="#363D3B",
    edge="#7F8A86",
    text="#E9EDEB",
    text2="#AAB4B0",
    off="#8A9490",
    accent="#5BC2B6",
    accent_hover="#7BD2C7",
    on_accent="#06201E",
    tint="#1D3A37",
    accent_text="#7FD4C9",
    focus="#8DB6FF",
    ok="#82D69D",
    ok_bg="#1C3325",
    warn="#F0C46C",
    warn_bg="#392D14",
    danger="#FFA198",
    danger_bg="#42211E",
    info="#9FC4FF",
    info_bg="#1F2E47",
    idle="#BCC5C1",
    idle_bg="#2B3230",
)

CONTRAST = Tokens(
    name="contrast",
    canvas="#000000",
    surface="#000000",
    sunken="#000000",
    line="#FFFFFF",
    edge="#FFFFFF",
    text="#FFFFFF",
    text2="#FFFFFF",
    off="#C4C4C4",
    accent="#4FE3FF",
    accent_hover="#B8F4FF",
    on_accent="#000000",
    tint="#00343F",
    accent_text="#8CEDFF",
    focus="#FFD60A",
    ok="#7CFFB0",
    ok_bg="#000000",
    warn="#FFD60A",
    warn_bg="#000000",
    danger="#FFA8A8",
    danger_bg="#000000",
    info="#9CD2FF",
    info_bg="#000000",
    idle="#FFFFFF",
    idle_bg="#000000",
    border=2,
    ring=3,
)

TABLES = (LIGHT, DARK, CONTRAST)

TONES = ("ok", "warn", "danger", "info", "idle")
"""The states that have an ink and a background of their own."""

CONTRAST_NEEDS: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("text", ("surface", "canvas", "sunken", "tint"), 4.5),
    ("text2", ("surface", "canvas", "sunken", "tint"), 4.5),
    ("off", ("surface", "canvas"), 3.0),
    ("accent_text", ("surface", "canvas", "tint"), 4.5),
    ("on_accent", ("accent", "accent_hover"), 4.5),
    ("ok", ("ok_bg", "surface", "canvas", "tint"), 4.5),
    ("warn", ("warn_bg", "surface", "canvas", "tint"), 4.5),
    ("danger", ("danger_bg", "surface", "canvas", "tint"), 4.5),
    ("info", ("info_bg", "surface", "canvas", "tint"), 4.5),
    ("idle", ("idle_bg",), 4.5),
    ("edge", ("surface", "canvas", "sunken"), 3.0),
    ("accent", ("surface", "canvas"), 3.0),
    ("focus", ("surface", "canvas", "sunken", "tint"), 3.0),
)
"""Ink, the backgrounds it is drawn on, and the least ratio (WCAG 2.2: 1.4.3 text, 1.4.11 shapes)."""


def _luminance(color: str) -> float:
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(one: str, other: str) -> float:
    """The contrast of two opaque colours `#RRGGBB`, from 1 to 21 (WCAG 2.2, relative luminance)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)
