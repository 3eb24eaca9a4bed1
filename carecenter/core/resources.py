"""Where the files that ship beside the code lie: from a checkout, an installed package or a bundle."""

from __future__ import annotations

import sys
from pathlib import Path


def root() -> Path:
    """The folder that holds ``resources/`` and ``translations/``."""
    bundle = getattr(sys, "_MEIPASS", None)  # PyInstaller's
    return Path(bundle) if bundle else Path(__file__).parents[2]


def resource(*parts: str) -> Path:
    """A file or folder below ``resources/``."""
    return root().joinpath("resources", *parts)
