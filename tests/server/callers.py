"""Whoever asks the service over HTTP as any program may, and how a test waits for what it does then."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import requests

from carecenter.server.centre import Centre
from carecenter.wire import FeedRequest, Problem
from tests.houses import PASSWORD


class Caller:
    """Asks the service without the program's own transport."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.token = token

    def ask(self, endpoint: str, body: object = b"{}", **options: Any) -> requests.Response:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        headers |= options.pop("headers", {})
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        url = f"{self.url}/v1/{endpoint}"
        return self.session.post(url, content, headers=headers, timeout=60, **options)

    def feed(self, hold: float = 0, **after: int) -> requests.Response:
        return self.ask("feed", FeedRequest(after=after, hold=hold))

    def sign_in(self, name: str = "sara", password: str = PASSWORD) -> requests.Response:
        request = {"name": name, "password": password, "device_id": "desk", "device_name": "desk"}
        return self.ask("sign-in", request)


def problem(response: requests.Response, status: int) -> Problem:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    return msgspec.json.decode(response.content, type=Problem)


def wait_for(condition: Any) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def waits(centre: Centre, scope: str) -> bool:
    return scope in centre._bell._waiting
