"""The centre asked what a question means, for as long as somebody is signed in and the centre answers.

Nothing of it is needed: whatever goes wrong, the answer is empty and search is what it is without.
"""

from __future__ import annotations

import asyncio
import logging

from carecenter.core import text
from carecenter.core.errors import NotFound, UserError
from carecenter.sync.network import Network
from carecenter.wire import LONGEST_QUESTION, MeaningAnswer, MeaningRequest

log = logging.getLogger(__name__)

_NOTHING = MeaningAnswer()


class Meaning:
    """Answers questions for one sign-in, one at a time; a centre that cannot is asked once."""

    def __init__(self, network: Network, token: str) -> None:
        self._network, self._token = network, token
        self._able = True
        self._under_way: asyncio.Task[MeaningAnswer] | None = None

    async def near(self, question: str) -> dict[str, float]:
        """Article → likeness, the nearest first. Who is cancelled while the centre answers leaves no queue."""
        asked = text.plain(question).strip()[-LONGEST_QUESTION:]
        if not self._able or not asked:
            return {}
        while self._under_way is not None and not self._under_way.done():
            await asyncio.wait([self._under_way])
        self._under_way = asyncio.get_running_loop().create_task(self._ask(asked))
        answer = await asyncio.shield(self._under_way)
        return {near.id: near.likeness for near in answer.articles}

    async def _ask(self, question: str) -> MeaningAnswer:
        try:
            meaning = self._network.transport.meaning
            answer = await self._network.ask(meaning, self._token, MeaningRequest(question=question))
        except NotFound:  # an older centre
            self._able = False
            return _NOTHING
        except UserError as error:
            log.info("meaning was not asked: %s", type(error).__name__)
            return _NOTHING
        except Exception as error:  # a defect of what nobody needs; what an error says may be what was asked
            log.error("meaning was not asked: %s", type(error).__name__)
            return _NOTHING
        self._able = answer.able
        return answer
