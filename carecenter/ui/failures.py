"""What nobody caught, in a slot, a thread, the event loop or Qt, is logged and told; the program goes on."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QtMsgType, qInstallMessageHandler

if TYPE_CHECKING:
    import asyncio

    from carecenter.ui.messages import Messages

log = logging.getLogger(__name__)


def catch(messages: Messages) -> None:
    """From now on for the whole process."""
    import threading

    sys.excepthook = lambda _kind, failure, _trace: messages.failure(failure)
    threading.excepthook = lambda told: messages.failure(told.exc_value or told.exc_type())
    qInstallMessageHandler(_on_qt_message)


def catch_of_loop(loop: asyncio.AbstractEventLoop, messages: Messages) -> None:
    """From now on for this event loop."""

    def on_failure(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        failure = context.get("exception")
        if isinstance(failure, BaseException):
            messages.failure(failure)
        else:
            log.error("the event loop: %s", context.get("message"))

    loop.set_exception_handler(on_failure)


def _on_qt_message(kind: QtMsgType, _context: object, text: str) -> None:
    if text.startswith("This plugin does not support "):  # a platform without a screen says so at every turn
        return
    logging.getLogger("qt").log(logging.INFO if kind == QtMsgType.QtInfoMsg else logging.WARNING, "%s", text)
