"""The real service around a centre of the test: uvicorn on a port of its own, on a thread, with or without TLS."""

from __future__ import annotations

import datetime as dt
import ipaddress
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from carecenter.server.centre import Centre
from carecenter.server.http import Face
from carecenter.server.service import Server, Service, listening_at

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Certificate:
    """A self-made authority and a certificate that it gave this machine, as files."""

    authority: Path
    chain: Path
    key: Path


def certificate(folder: Path, name: str = "127.0.0.1", until: dt.timedelta = _DAY) -> Certificate:
    """For a name or address, valid until then; ``-_DAY`` makes one that has expired."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _signed("Test authority", root_key.public_key(), "Test authority", root_key, until=_DAY, names=None)
    try:
        subject: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        subject = x509.DNSName(name)
    leaf = _signed(name, key.public_key(), "Test authority", root_key, until=until, names=[subject])
    files = Certificate(folder / "authority.pem", folder / "chain.pem", folder / "key.pem")
    files.authority.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    files.chain.write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files


def _signed(
    subject: str,
    key: ec.EllipticCurvePublicKey,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    *,
    until: dt.timedelta,
    names: list[x509.GeneralName] | None,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 3 * _DAY)
        .not_valid_after(now + until)
        .add_extension(x509.BasicConstraints(ca=names is None, path_length=None), critical=True)
    )
    if names is not None:
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return made.sign(by, hashes.SHA256())


@dataclass(frozen=True)
class Running:
    """Where the service is asked, and how it is stopped as an administrator would: by asking it to."""

    url: str
    server: Server

    def stop(self) -> None:
        """Returns at once; ``serving`` waits."""
        self.server.should_exit = True

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


@contextmanager
def serving(centre: Centre, tls: Certificate | None = None, threads: int = 4, port: int = 0) -> Iterator[Running]:
    """The centre answers until the end; it stays open afterwards. ``port``: 0 for any that is free."""
    chain, key = (None, None) if tls is None else (tls.chain, tls.key)
    service = Service("", "127.0.0.1", 0, chain, key, threads=threads)
    with listening_at(service.host, port) as listening:
        ready = threading.Event()
        server = Server(Face(centre, threads), service, ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="service")
        thread.start()
        try:
            while not ready.wait(0.1):
                assert thread.is_alive(), "the service did not start"
            yield Running(service.url(listening.getsockname()[1]), server)
        finally:
            server.should_exit = True
            thread.join()
