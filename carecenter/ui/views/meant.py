"""What a question means, asked of the centre once somebody pauses; every search does it alike."""

from __future__ import annotations

import asyncio
from typing import Final

from carecenter.store.desk import Desk

PAUSE: Final = 0.06
"""Seconds without another key, so that the centre is not asked for each letter of a word."""

_LEAST_LETTERS: Final = 4


async def meant(desk: Desk, question: str) -> dict[str, float]:
    """Article → likeness; empty for numbers, for what is hardly begun, offline, and where the centre cannot."""
    if not says_enough(question):
        return {}
    await asyncio.sleep(PAUSE)
    return await desk.near(question)


def says_enough(question: str) -> bool:
    """Whether there is something to be asked about: no number, and more than the beginning of a word."""
    return sum(letter.isalpha() for letter in question) >= _LEAST_LETTERS
