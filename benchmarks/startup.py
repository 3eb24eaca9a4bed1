"""How long from the start of the process to the first picture, beside an empty window of the same Qt.

`python -m benchmarks.startup --json`: fresh processes, the two kinds in turn, without a screen; medians in ms.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Final

_EMPTY: Final = """
import os, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
def on_painted():
    print(time.time(), flush=True)
    os._exit(0)
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, on_painted)  # where CareCenter tells it too: the whole picture stands
app = QApplication([])
window = Window()
window.resize(1280, 800)
window.show()
app.exec()
"""

_CARECENTER: Final = """
import os, time
from carecenter.__main__ import hurry
hurry()
from carecenter.core.config import Paths
from carecenter.app import Application
from carecenter.ui.theme import new_application
app = new_application()
application = Application(app, Paths.standard())
def on_painted():
    print(time.time(), flush=True)
    os._exit(0)
application.window.painted.connect(on_painted)
application.paint()
"""


def first_paint_ms(program: str, home: str) -> float:
    """Milliseconds from starting the interpreter to the window's first paint event having been handled."""
    environ = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "CARECENTER_HOME": f"{home}/desk",
        "PYTHONPYCACHEPREFIX": f"{home}/compiled",  # compiled once, as an installed program is
    }
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.time()
    told = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)
    return (float(told.stdout.split()[-1]) - begun) * 1000


def measure(runs: int) -> dict[str, float]:
    """Medians of `runs` starts of each kind, after one of each that is not counted (it fills the disk cache)."""
    empty: list[float] = []
    ours: list[float] = []
    with tempfile.TemporaryDirectory() as home:
        for _run in range(runs + 1):
            empty.append(first_paint_ms(_EMPTY, home))
            ours.append(first_paint_ms(_CARECENTER, home))
    floor, first_paint = statistics.median(empty[1:]), statistics.median(ours[1:])
    return {
        "first_paint_ms": round(first_paint, 1),
        "floor_ms": round(floor, 1),
        "ratio": round(first_paint / floor, 2),
    }


def main() -> None:
    """Print the figures; with `--json` the last line is one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = measure(asked.runs)
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:16}{figure:8}")


if __name__ == "__main__":
    main()
