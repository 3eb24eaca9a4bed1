"""One running program for each data folder: a second start hands over what it was started for, and leaves.

Only this user can speak to the running one. What a handed-over text means is not known here.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

LONGEST: Final = 1024
_LONGEST_PATH: Final = 100
"""Of a Unix socket; the system's limit is a few bytes above."""
_ANSWER_MS: Final = 1_500
_THANKS: Final = b"ok\n"


def address(data: Path) -> str:
    """Where the program that uses this folder listens: in the folder itself, which is closed to others."""
    inside = str(data.absolute() / "running")
    if os.name == "posix" and len(os.fsencode(inside)) <= _LONGEST_PATH:
        return inside
    from hashlib import blake2b

    name = f"carecenter-{blake2b(inside.encode(), digest_size=12).hexdigest()}"
    if os.name != "posix":
        return name  # a named pipe, closed to others by the socket option below
    import tempfile

    home = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return str(Path(home) / name)


def may_be_running(data: Path) -> bool:
    """Cheap: False when certainly nobody listens. Nothing of Qt's network is loaded for it."""
    return os.name != "posix" or Path(address(data)).is_socket()


def hand_over(data: Path, text: str) -> bool:
    """Tell the running program what this one was started for; False when nobody answers."""
    from PySide6.QtNetwork import QLocalSocket

    socket = QLocalSocket()
    socket.connectToServer(address(data))
    if not socket.waitForConnected(_ANSWER_MS):
        return False
    socket.write(text.replace("\n", " ").encode()[: LONGEST - 1] + b"\n")
    socket.flush()
    answered = socket.waitForReadyRead(_ANSWER_MS) and bytes(socket.readAll().data()) == _THANKS
    socket.disconnectFromServer()
    return bool(answered)


class Listener(QObject):
    """Listens for later starts. Make it only while holding the folder: it takes a dead one's place.

    `called` carries what the other start was given; empty for a plain start.
    """

    called = Signal(str)

    def __init__(self, data: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._address = address(data)
        self._server: QLocalServer | None = None

    def listen(self) -> bool:
        """Begin; False when the system refuses, and later starts then only meet the lock."""
        from PySide6.QtNetwork import QLocalServer

        QLocalServer.removeServer(self._address)  # of a program that was killed
        server = self._server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._on_connection)
        return bool(server.listen(self._address))

    def close(self) -> None:
        """Listen no longer."""
        if self._server is not None:
            self._server.close()

    def _on_connection(self) -> None:
        if self._server is None:
            return
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.setReadBufferSize(LONGEST)
            socket.readyRead.connect(lambda socket=socket: self._on_text(socket))
            socket.disconnected.connect(socket.deleteLater)
            self._on_text(socket)

    def _on_text(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() >= LONGEST:
                socket.abort()
            return
        line = bytes(socket.readLine().data()).decode(errors="replace").strip()
        socket.write(_THANKS)
        socket.flush()
        self.called.emit(line)
