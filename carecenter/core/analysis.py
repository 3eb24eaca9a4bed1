"""The analysis chain of search: from a text or a question to the terms by which they meet.

Both sides go the same way: ``text.tokens`` folds what people write differently, then each word loses what its
language hangs on to it (light stemming for Arabic, Snowball for English). A question also loses the words that
say nothing, in standard Arabic, Gulf and other dialects, and English. Ranking is `queries.search_ranking`'s
matter; names of people have a chain of their own.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Final

import snowballstemmer

from carecenter.core.text import tokens, words

CHAIN: Final = 2
"""Counted up whenever the same text would come out otherwise; an index of another chain is built anew."""

GRAM: Final = 4
_LONGEST: Final = 64  # letters of a word that are looked at; nobody asks for a longer one

_english = snowballstemmer.stemmer("english")

_PREFIXES: Final = ("وبال", "وال", "بال", "كال", "فال", "ولل")
_ENDINGS_OF_OWNERS: Final = ("هما", "كما", "تها", "تهم", "تنا", "هم", "نا", "كم", "وا", "تي")
_ENDINGS: Final = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي", "ت")

_SAYS_NOTHING: Final = frozenset(
    tokens(
        """
        من في على عن إلى ما ماذا متى هل كيف لماذا أين أي هو هي هم هذا هذه ذلك تلك الذي التي الذين أن إن كان كانت
        يكون تكون و أو ثم لا لم لن قد كم كل بعض مع بعد قبل عند عندما حتى حيث كما لقد أنا أنت نحن هناك هنا أيضا لو
        إذا بين خلال منذ حول ضد تم يتم قام إلا غير ليس لدي له لها لهم به بها فيه فيها منه منها عليه عليها
        شو شنو شلون ليش وين وش ايش هاي هاد هذي اللي بدي ابي ابغى أبغي لازم مو مش عم شي اشي يعني عشان علشان بس ممكن
        لسا لسه للحين هلا هلأ الحين وايد كتير كثير مال حق حقي اكو فيني عندي عندك
        the a an of to in on at for and or is are was were be been being do does did how what when where who whom
        which why i me my we our you your it its this that these those can could will would should may might must
        have has had am not no with from by as if so there their they them he she his her about into any some
        please want need get got im ive
        """
    )
)


def says_nothing(word: str) -> bool:
    """Whether a folded word of a question may be left out because nearly every question has it."""
    return word in _SAYS_NOTHING


def question_words(question: str) -> list[str]:
    """The folded words of a question that say something; all of its words where none does."""
    words = [word[:_LONGEST] for word in tokens(question)]
    return [word for word in words if word not in _SAYS_NOTHING] or words


def stems(text: str) -> list[str]:
    """The stems of a text's words, in their order, repeated as often as they occur."""
    return [stem(word) for word in tokens(text)]


def places(text: str, sought: Collection[str]) -> tuple[tuple[int, int], ...]:
    """Where the words of `text` stand whose stems are sought: begin and end of each, whole words alone."""
    if not sought:
        return ()
    found = ((start, end) for start, end, folded in words(text) if any(stem(word) in sought for word in folded))
    return tuple(found)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The term a folded word is indexed and asked by."""
    word = word[:_LONGEST]
    if word.isascii():
        return str(_english.stemWord(word))
    return _light(word) if "\u0600" <= word[0] <= "\u06ff" else word


def grams(word: str, *, begun: bool = False) -> list[str]:
    """The runs of four letters of a folded word, its ends among them as spaces.

    They find words that stemming and folding leave apart (broken plurals, dialect, typing errors). ``begun``:
    the word is still being typed and has no end yet.
    """
    framed = f" {word[:_LONGEST]}" if begun else f" {word[:_LONGEST]} "
    return [framed[start : start + GRAM] for start in range(max(1, len(framed) - GRAM + 1))]


def _light(word: str) -> str:
    """Light stemming a little beyond light10: the article with what is written together with it, endings of
    number, gender and owner, one letter of a preposition before a long word. Never roots."""
    word = _without_prefix(word)
    for ending in _ENDINGS_OF_OWNERS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= (3 if ending == "ت" else 2):
            word = word[: -len(ending)]
            if len(ending) == 1:
                break
    if len(word) >= 6 and word[0] in "بلفك":  # as long as this, it hardly belongs to the word
        word = word[1:]
    return word[:-1] if len(word) >= 4 and word[-1] in "اي" else word


def _without_prefix(word: str) -> str:
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 2:
            return _without_article(word[len(prefix) :])
    if word.startswith(("ال", "لل")) and len(word) >= 4:
        return _without_article(word[2:])
    if word.startswith("و") and len(word) >= 4:
        return _without_article(word[1:])
    return word


def _without_article(word: str) -> str:
    return word[2:] if word.startswith("ال") and len(word) >= 5 else word
