"""The log files of a workstation: rotated, readable by their user alone, and free of what callers said.

What is logged is each module's own matter; this one leaves out the texts of exceptions, because they quote rows
and arguments, and keeps their kinds and places.
"""

from __future__ import annotations

import logging
import os
import time
import traceback
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

FILE: Final = "carecenter.log"
BYTES: Final = 1_000_000
KEPT: Final = 5
"""Files before the present one."""


def start(folder: Path) -> None:
    """Log into `folder` from now on, which must exist. A disk that refuses is told to stderr and nobody waits."""
    handler = _PrivateFile(folder / FILE, maxBytes=BYTES, backupCount=KEPT, encoding="utf-8", delay=True)
    formatter = WithoutTexts("%(asctime)sZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    root = logging.getLogger()
    stop()
    root.addHandler(handler)
    root.setLevel(logging.INFO)


def stop() -> None:
    """Close the log file."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _PrivateFile)]:
        root.removeHandler(handler)
        handler.close()


class WithoutTexts(logging.Formatter):
    """Writes exceptions as kinds and places."""

    def format(self, record: logging.LogRecord) -> str:
        """Passes over the text that another formatter has left on the record, and leaves none."""
        left, record.exc_text = record.exc_text, None
        try:
            return super().format(record)
        finally:
            record.exc_text = left

    def formatException(  # noqa: N802 - logging's name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """The chain, the newest first."""
        lines: list[str] = []
        link, seen = ei[1], set[int]()
        while link is not None and id(link) not in seen:
            seen.add(id(link))
            lines.append(f"{type(link).__module__}.{type(link).__qualname__}")
            places = traceback.extract_tb(link.__traceback__)
            lines += [f"  {place.filename}:{place.lineno} {place.name}" for place in places]
            link = link.__cause__ or link.__context__
        return "\n".join(lines)


class _PrivateFile(RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return open(handle, "a", encoding=self.encoding)  # noqa: PTH123 - a descriptor has no path
