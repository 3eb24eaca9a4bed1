"""The one palette: each colour's role and its value, in the light and in the dark, and what must stand out on what.

A module and not a file of data: the first picture waits for it, and a parser of data would be loaded for it alone.
"""

from __future__ import annotations

from typing import Final

LIGHT: Final = {
    "window": "#f5f6f8",
    "surface": "#ffffff",
    "hover": "#e9edf0",
    "line": "#d5dbe1",
    "border": "#868f99",
    "text": "#1a232d",
    "muted": "#55606c",
    "disabled": "#8b95a0",
    "accent": "#0b6b72",
    "accent_hover": "#095a60",
    "on_accent": "#ffffff",
    "focus": "#0b6b72",
    "selection": "#d4eaec",
    "on_selection": "#10272a",
    "neutral": "#434e59",
    "neutral_soft": "#e6eaee",
    "info": "#1a5591",
    "info_soft": "#e0ecf8",
    "success": "#17663a",
    "success_soft": "#dcf1e4",
    "warning": "#764900",
    "warning_soft": "#fbecd0",
    "danger": "#a3211b",
    "danger_soft": "#fbe3e1",
}

DARK: Final = {
    "window": "#12171c",
    "surface": "#1a2027",
    "hover": "#262e37",
    "line": "#2f3842",
    "border": "#6c7885",
    "text": "#e6eaee",
    "muted": "#9ba7b3",
    "disabled": "#66717c",
    "accent": "#56c0c7",
    "accent_hover": "#78d0d6",
    "on_accent": "#07282b",
    "focus": "#56c0c7",
    "selection": "#1d474c",
    "on_selection": "#e9f6f7",
    "neutral": "#c2cbd4",
    "neutral_soft": "#2b343d",
    "info": "#93c1f5",
    "info_soft": "#1b3047",
    "success": "#83d3a0",
    "success_soft": "#183626",
    "warning": "#ecc06b",
    "warning_soft": "#3b2f14",
    "danger": "#f6a29b",
    "danger_soft": "#44201e",
}

TEXT_ON: Final = (
    ("text", "window"),
    ("text", "surface"),
    ("text", "hover"),
    ("muted", "window"),
    ("muted", "surface"),
    ("muted", "hover"),
    ("accent", "window"),
    ("accent", "surface"),
    ("accent", "selection"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_selection", "selection"),
    ("neutral", "neutral_soft"),
    ("info", "info_soft"),
    ("info", "window"),
    ("info", "surface"),
    ("success", "success_soft"),
    ("success", "window"),
    ("success", "surface"),
    ("warning", "warning_soft"),
    ("warning", "window"),
    ("warning", "surface"),
    ("danger", "danger_soft"),
    ("danger", "window"),
    ("danger", "surface"),
    ("window", "text"),
)
"""Text and its ground: a contrast of 4.5 at least."""

SHAPE_ON: Final = (
    ("focus", "window"),
    ("focus", "surface"),
    ("focus", "hover"),
    ("focus", "selection"),
    ("border", "window"),
    ("border", "surface"),
)
"""A shape and its ground: a contrast of 3 at least."""
