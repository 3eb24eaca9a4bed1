"""What is said about a reference while it is typed."""

import pytest

from carecenter.core.reference import from_payload, parse
from carecenter.ui.tickets.model import verdict


@pytest.mark.parametrize(
    ("typed", "said", "tone"),
    [
        ("", "", "neutral"),
        ("0472", "4 of 10 digits", "neutral"),
        ("my card", "A follow-up reference has digits only.", "danger"),
        ("0472 915 6440", "Too long: a follow-up reference has ten digits.", "danger"),
        (from_payload(4729156), "The check digits agree.", "success"),
    ],
)
def test_each_state_has_its_words_and_tone(typed: str, said: str, tone: str) -> None:
    told = verdict(parse(typed))
    assert (told.text, told.tone) == (said, tone)


def test_a_reference_wrong_in_many_places_is_asked_for_again() -> None:
    right = from_payload(12345678)
    hopeless = next(
        text
        for text in (f"{number:08}{right[8:]}" for number in range(87654321, 87655321))
        if "more than one place" in verdict(parse(text)).text
    )
    assert verdict(parse(hopeless)).tone == "danger"
