"""The centre asked what a question means, for as long as somebody is signed in and the centre answers.

Nothing of it is needed: whatever goes wrong, the answer is empty and search is what it is without.
"""

from __future__ import annotations

import logging

from carecenter.core import text
from carecenter.core.errors import NotFound, UserError
from carecenter.sync.network import Network
from carecenter.wire import LONGEST_QUESTION, MeaningRequest

log = logging.getLogger(__name__)


class Meaning:
    """Answers questions for one sign-in. A centre that cannot is asked once."""

    def __init__(self, network: Network, token: str) -> None:
        self._network, self._token = network, token
        self._able = True

    async def near(self, question: str) -> dict[str, float]:
        """Article → likeness, the nearest first."""
        asked = text.plain(question).strip()[-LONGEST_QUESTION:]
        if not self._able or not asked:
            return {}
        try:
            meaning = self._network.transport.meaning
            answer = await self._network.ask(meaning, self._token, MeaningRequest(question=asked))
        except NotFound:  # an older centre
            self._able = False
            return {}
        except UserError as error:
            log.info("meaning was not asked: %s", type(error).__name__)
            return {}
        self._able = answer.able
        return {near.id: near.likeness for near in answer.articles}
