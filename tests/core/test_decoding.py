"""Types that several threads meet at once, as they do when a service or a desk has just started."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from carecenter.core.decoding import converted, decoded, decoder

_MEETING = """
import sys, threading
from typing import Any
sys.setswitchinterval(1e-6)
import msgspec
from carecenter.core.decoding import decoded

def rounds():
    for number in range(60):
        inner = msgspec.defstruct(f"Inner{number}", [(f"field{n}", dict[str, list[int]]) for n in range(20)])
        yield msgspec.defstruct(f"Outer{number}", [("one", inner), ("many", tuple[inner, ...])])

fields = {f"field{n}": {"a": [1]} for n in range(20)}
content = msgspec.json.encode({"one": fields, "many": [fields]})
for kind in rounds():
    together = threading.Barrier(8)
    def meet():
        together.wait()
        DECODED
    threads = [threading.Thread(target=meet) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""


class _Page(msgspec.Struct):
    rows: tuple[int, ...]


def _meet(how: str) -> int:
    """How the process of these threads ended."""
    program = _MEETING.replace("DECODED", how)
    return subprocess.run([sys.executable, "-c", program], check=False).returncode


def test_threads_that_meet_a_type_at_once_all_learn_it() -> None:
    assert _meet("decoded(content, kind)") == 0


def test_without_waiting_for_each_other_the_process_would_die() -> None:
    assert any(_meet("msgspec.json.decode(content, type=kind)") < 0 for _ in range(20))


def test_what_comes_back_is_of_the_type() -> None:
    assert decoded(b'{"rows":[1,2]}', _Page) == converted({"rows": [1, 2]}, _Page) == _Page((1, 2))
    assert decoder(_Page) is decoder(_Page)
    for wrong in (b'{"rows":1}', b"{"):
        with pytest.raises(msgspec.DecodeError):
            decoded(wrong, _Page)
    with pytest.raises(msgspec.ValidationError):
        converted({"rows": "1"}, _Page)
