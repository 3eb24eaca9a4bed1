"""The transport to a centre over HTTPS. It blocks, so it runs on network threads; several may use one transport.

Proxies and certificates come from the settings, never from the environment; redirects are refused; what does not
answer as a centre would is ``Unreachable``, with a ``reason`` in its parameters for the settings page.
"""

from __future__ import annotations

import contextlib
import gzip
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit
from weakref import WeakSet

import msgspec
import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

import carecenter
from carecenter.core.decoding import decoded
from carecenter.core.errors import Busy, TooLarge, Unreachable, UserError
from carecenter.core.i18n import N_
from carecenter.wire import (
    Block,
    BlockRequest,
    Challenge,
    ChallengeRequest,
    FeedPage,
    FeedRequest,
    Greeting,
    Hello,
    LookupAnswer,
    LookupRequest,
    Manifest,
    ManifestRequest,
    MeaningAnswer,
    MeaningRequest,
    Message,
    OpenFound,
    Problem,
    Push,
    Pushed,
    SealedKeys,
    SignedIn,
    SignIn,
    UnsealedKeys,
)
from carecenter.wire.problems import error_of
from carecenter.wire.transport import HallTransport

M = TypeVar("M")

CONNECT_SECONDS: Final = 5.0
SILENCE_SECONDS: Final = 20.0
"""How long nothing may come; a held feed gives a sign of life every two seconds."""
ANSWER_SECONDS: Final = 60.0
"""How long an answer may take as a whole, besides the time it is held."""
LARGEST_ANSWER: Final = 256 * 1024 * 1024

_WORTH_PACKING = 1024
_CHUNK = 64 * 1024
_RETRY_SECONDS = 5
_CONNECTIONS = 8


class HttpTransport(HallTransport):
    """Speaks to the centre at ``base_url``.

    ``ca_bundle``: a file with the certificates to trust instead of the usual ones; ``proxy``: its URL.
    Raises ``UserError`` for an address that is none, or that would carry passwords in the clear.
    """

    def __init__(self, base_url: str, ca_bundle: str | None = None, proxy: str | None = None) -> None:
        self._base, self._server = _checked(base_url)
        self._lines = _Lines()
        self._closed = threading.Event()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = ca_bundle or True
        self._session.proxies = {} if proxy is None else {"http": proxy, "https": proxy}
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.update(
            {
                "User-Agent": f"CareCenter/{carecenter.__version__}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "Content-Type": "application/json",
            }
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(self._lines))

    def challenge(self, request: ChallengeRequest) -> Challenge:
        return self._ask("challenge", "", request, Challenge)

    def sign_in(self, request: SignIn) -> SignedIn:
        return self._ask("sign-in", "", request, SignedIn)

    def hello(self, token: str, request: Hello) -> Greeting:
        return self._ask("hello", token, request, Greeting)

    def sign_out(self, token: str) -> None:
        self._ask("sign-out", token, None, dict[str, Any])

    def push(self, token: str, request: Push) -> Pushed:
        return self._ask("operations", token, request, Pushed)

    def feed(self, token: str, request: FeedRequest) -> FeedPage:
        return self._ask("feed", token, request, FeedPage, held=request.hold)

    def manifest(self, token: str, request: ManifestRequest) -> Manifest:
        return self._ask("manifest", token, request, Manifest)

    def lookup(self, token: str, request: LookupRequest) -> LookupAnswer:
        return self._ask("lookup", token, request, LookupAnswer)

    def open_found(self, token: str, request: OpenFound) -> None:
        self._ask("open-found", token, request, dict[str, Any])

    def meaning(self, token: str, request: MeaningRequest) -> MeaningAnswer:
        return self._ask("meaning", token, request, MeaningAnswer)

    def references(self, token: str, request: BlockRequest) -> Block:
        return self._ask("reference-blocks", token, request, Block)

    def unseal(self, token: str, request: SealedKeys) -> UnsealedKeys:
        return self._ask("keys", token, request, UnsealedKeys)

    def close(self) -> None:
        """Every line is cut: what is under way raises ``Unreachable`` at once."""
        self._closed.set()
        self._lines.cut()
        self._session.close()

    def _ask(self, endpoint: str, token: str, request: Message | None, kind: type[M], held: float = 0.0) -> M:
        body = b"{}" if request is None else msgspec.json.encode(request)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if len(body) > _WORTH_PACKING:
            body = gzip.compress(body, 1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        until = time.monotonic() + ANSWER_SECONDS + held
        try:
            if self._closed.is_set():
                raise requests.ConnectionError
            with self._session.post(
                f"{self._base}/v1/{endpoint}",
                data=body,
                headers=headers,
                timeout=(CONNECT_SECONDS, SILENCE_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                if response.headers.get("Content-Encoding", "").strip().lower() not in {"", "identity", "gzip"}:
                    raise self._stranger()  # packed twice, a little becomes more than there is memory
                content = b"".join(self._received(response, until))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError, AttributeError) as e:
            # The last two: what a line that is cut under a reader may raise.
            raise self._unreachable(e) from e
        if response.status_code != requests.codes.ok:
            raise self._problem(response, content)
        try:
            return decoded(content, kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._stranger() from error

    def _received(self, response: requests.Response, until: float) -> Iterator[bytes]:
        """The body as it comes in. White space ahead of the JSON is a sign of life and not kept."""
        size = 0
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            if self._closed.is_set():
                raise requests.ConnectionError
            if time.monotonic() > until:
                raise requests.Timeout
            if size == 0 and chunk.isspace():
                continue
            size += len(chunk)
            if size > LARGEST_ANSWER:
                raise TooLarge(N_("The centre's answer is larger than this workstation takes."))
            yield chunk

    def _problem(self, response: requests.Response, content: bytes) -> UserError:
        """The centre's own word where there is one; else what the status of somebody in between means."""
        status = response.status_code
        try:
            problem = decoded(content, Problem)
            return error_of(problem)
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
            pass
        if status in {429, 502, 503, 504}:
            pause = response.headers.get("Retry-After", "")
            seconds = int(pause) if pause.isdigit() else _RETRY_SECONDS
            text = N_("{server} cannot answer just now.")
            return Busy(text, server=self._server, reason="busy", retry_after=seconds)
        if status == 413:
            return TooLarge(N_("{server} does not take so much at once."), server=self._server)
        if 300 <= status < 400:
            text = N_("{server} sends elsewhere. Enter the address of the centre itself.")
            return Unreachable(text, server=self._server, reason="redirect")
        return self._stranger()

    def _stranger(self) -> Unreachable:
        text = N_("What answers at {server} is not a CareCenter centre.")
        return Unreachable(text, server=self._server, reason="stranger")

    def _unreachable(self, error: Exception) -> Unreachable:
        if self._closed.is_set():
            return Unreachable(N_("The connection to {server} was closed."), server=self._server, reason="closed")
        reason, message, detail = _explained(error)
        host = urlsplit(self._base).hostname
        return Unreachable(message, server=self._server, host=host, reason=reason, **detail)


def _checked(base_url: str) -> tuple[str, str]:
    """The address without what follows, and how to name it to a person."""
    parts = urlsplit(base_url.strip())
    try:
        port = parts.port
    except ValueError:
        port = -1
    odd = parts.username or parts.password or parts.query or parts.fragment
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == -1 or odd:
        raise UserError(N_("{address} is no address such as https://centre.example:8164."), address=base_url)
    if parts.scheme == "http" and not _is_this_computer(parts.hostname):
        raise UserError(N_("The address must begin with https://, so that nobody on the way can read along."))
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}", parts.netloc


def _is_this_computer(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _explained(error: BaseException) -> tuple[str, str, dict[str, str]]:
    """Why there was no answer: for the program, for a person, and with what detail."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            text = N_("The certificate of {server} is not trusted here: {detail}.")
            return "certificate", text, {"detail": cause.verify_message}
    for reason, kinds, text in _REASONS:
        if any(isinstance(cause, kinds) for cause in causes):
            return reason, text, {}
    if isinstance(error, OSError) and "certificate" in str(error):  # how requests tells of a missing file
        return "ca_bundle", N_("The file of trusted certificates cannot be read."), {}
    return "broken", _BROKEN, {}


_BROKEN: Final = N_("The connection to {server} broke off.")
_REASONS: Final[tuple[tuple[str, type | tuple[type, ...], str], ...]] = (
    ("broken", (ssl.SSLEOFError, ssl.SSLZeroReturnError), _BROKEN),
    ("tls", ssl.SSLError, N_("{server} does not speak TLS as expected. Check the address and its port.")),
    (
        "proxy",
        (requests.exceptions.ProxyError, urllib3.exceptions.ProxyError),
        N_("The proxy does not let us through."),
    ),
    ("name", (socket.gaierror, UnicodeError), N_("There is no computer named {host}.")),
    ("refused", ConnectionRefusedError, N_("Nothing listens at {server}.")),
    (
        "timeout",
        (TimeoutError, requests.Timeout, urllib3.exceptions.TimeoutError),
        N_("{server} does not answer in time."),
    ),
)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and all it was made of: requests and urllib3 keep them in three places."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop()
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]


class _Lines:
    """The open connections, so that another thread can cut them: closing a session does not end a read."""

    def __init__(self) -> None:
        self._sockets: WeakSet[Any] = WeakSet()
        self._lock = threading.Lock()
        self._cut = False

    def opened(self, line: Any) -> None:
        """A connection that may have to be cut."""
        with self._lock:
            self._sockets.add(line)
            if self._cut:
                _shut(line)

    def cut(self) -> None:
        """Whoever reads or writes is told at once that the other side is gone."""
        with self._lock:
            self._cut = True
            for line in self._sockets:
                _shut(line)


def _shut(line: Any) -> None:
    # Below TLS, whose own shutdown takes the connection apart under the thread that reads.
    plain = line if isinstance(line, socket.socket) else line.socket  # TLS to a proxy carries another TLS
    with contextlib.suppress(OSError):  # gone already
        socket.socket.shutdown(plain, socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """Tells the lines of each connection it makes."""

    def __init__(self, lines: _Lines) -> None:
        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                lines.opened(self.sock)

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                lines.opened(self.sock)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self._pools = {"http": PlainPool, "https": SecurePool}
        super().__init__(pool_connections=_CONNECTIONS, pool_maxsize=_CONNECTIONS)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """requests makes its pools here."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """And here those through a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager
