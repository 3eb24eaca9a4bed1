"""What the program says to the person while a test goes on."""

from __future__ import annotations

from carecenter.ui.messages import Message, Messages


def heard(messages: Messages) -> list[str]:
    """Every sentence said from now on, oldest first, in the language of its moment."""
    sentences: list[str] = []

    def hear(message: Message) -> None:
        sentences.append(message.say())

    messages.said.connect(hear)
    return sentences
