"""What an exchange hands over, and what a hostile page may try to."""

import pytest

from carecenter.core.terms import Channel, Language
from carecenter.telephony.links import IncomingCall, UnreadableLink, read


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("carecenter:call?from=99887766", "99887766"),
        ("CareCenter:call?from=%2B96599887766", "+96599887766"),
        ("carecenter:call?from=+96599887766", "+96599887766"),
        ("carecenter://call?from=0096599887766", "0096599887766"),
        ("carecenter:call?from=٩٩٨٨٧٧٦٦", "99887766"),
        ("9988 7766", "99887766"),
    ],
)
def test_the_number_of_a_ringing_phone_is_read(text: str, number: str) -> None:
    assert read(text) == IncomingCall(number)


def test_a_withheld_number_is_a_call_all_the_same() -> None:
    assert read("carecenter:call?from=anonymous") == IncomingCall("", withheld=True)


def test_channel_and_language_come_along() -> None:
    call = read("carecenter:call?from=99887766&channel=online_call&language=en")
    assert (call.channel, call.language) == (Channel.ONLINE_CALL, Language.ENGLISH)


@pytest.mark.parametrize(
    "text",
    [
        "carecenter:",
        "carecenter:call",
        "carecenter:call?to=99887766",
        "carecenter:call?from=99887766&then=delete",
        "carecenter:call?from=1&from=2",
        "carecenter:call?from=99887766#x",
        "carecenter:open?from=99887766",
        "carecenter:call?from=<b>1</b>",
        "carecenter:call?from=99887766&channel=telepathy",
        "carecenter:call?from=" + "9" * 21,
        "carecenter:call?from=99887766&language=" + "e" * 600,
        "http://example.org/",
        "--help",
        "1; DROP TABLE call",
    ],
)
def test_anything_else_is_not_acted_on(text: str) -> None:
    with pytest.raises(UnreadableLink):
        read(text)
