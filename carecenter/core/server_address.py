"""Where the centre of a hall is, as somebody typed it. Whether anybody answers there is the transport's matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from carecenter.core.config import Settings


@dataclass(frozen=True)
class ServerAddress:
    """`ca_bundle`: a file with the authorities to trust instead of the usual ones; `proxy`: its URL."""

    url: str
    ca_bundle: str | None = None
    proxy: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """None for a desk that works on its own."""
        return cls(settings.server_url, settings.ca_bundle, settings.proxy) if settings.server_url else None

    @property
    def name(self) -> str:
        """Host and port, for a person."""
        return urlsplit(self.url).netloc or self.url
