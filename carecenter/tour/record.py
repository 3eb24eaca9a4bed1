"""What is left of a tour: a line and a numbered screenshot for every step, and ``tour.json``."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, Final

from PySide6.QtWidgets import QWidget

from carecenter.core.config import Settings

FILE: Final = "tour.json"


class Record:
    """Counts the seconds of a step from the end of the one before it, so that they add up to the whole."""

    def __init__(self, folder: Path, window: QWidget) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._window = folder, window
        self._steps: list[dict[str, Any]] = []
        self._began = self._last = time.monotonic()
        self.reference = ""
        self.problem = ""

    def step(self, name: str) -> None:
        """A step was taken: the window as it stands now."""
        now = time.monotonic()
        seconds, self._last = round(now - self._last, 2), now
        screenshot = self._shoot(name)
        self._steps.append({"name": name, "seconds": seconds, "screenshot": screenshot})
        _say(f"{len(self._steps):02}  {seconds:5.2f} s  {name}")

    def fail(self, missing: str) -> None:
        """The tour ends here; the picture shows what stood there instead."""
        after = self._steps[-1]["name"] if self._steps else "the start"
        self.problem = f"not seen after {after}: {missing}"
        self._shoot("not-seen")

    def write(self, settings: Settings) -> None:
        """``tour.json``, and the last line."""
        told = {
            "language": settings.language,
            "digits": settings.digits,
            "theme": settings.theme,
            "steps": self._steps,
            "seconds": round(time.monotonic() - self._began, 1),
            "reference": self.reference,
            "problem": self.problem,
        }
        (self._folder / FILE).write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
        summary = f"{len(self._steps)} steps in {told['seconds']} s, reference {self.reference}"
        _say(f"tour: {self.problem or summary}")

    def _shoot(self, name: str) -> str:
        # Nothing here may process events: a task of the program stepped inside this one would be lost.
        file = f"{len(self._steps) + 1:02}-{name}.png"
        self._window.grab().save(str(self._folder / file))
        return file


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
