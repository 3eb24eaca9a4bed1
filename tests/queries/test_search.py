"""The search box: numbers in any digits, words in both scripts, and lines that are no question at all."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from carecenter.core import analysis
from carecenter.models.caller import Caller
from carecenter.models.ticket import Ticket
from carecenter.queries import search
from carecenter.queries.search import SearchResults
from tests.queries.conftest import Rows, article, ticket


def _search(rows: Rows, line: str) -> SearchResults:
    return search.search(rows.session, rows.agent, line)


@pytest.mark.parametrize("line", ["0472915644", "0472 915 644", "٠٤٧٢٩١٥٦٤٤", "0472\u00a0915\u00a0644"])
def test_a_reference_in_any_writing_finds_its_tickets(rows: Rows, line: str) -> None:
    assert {row.id for row in _search(rows, line).tickets} == {"normal", "soon"}


@pytest.mark.parametrize("line", ["99887766", "+965 9988 7766", "٩٩٨٨٧٧٦٦", "۹۹۸۸۷۷۶۶", "0096599887766"])
def test_a_phone_number_in_any_digits_finds_people_and_their_tickets(rows: Rows, line: str) -> None:
    found = _search(rows, line)
    assert {row.id for row in found.callers} == {"maryam", "john"}
    assert {row.id for row in found.tickets} == {"normal", "overdue", "closed"}


def test_a_civil_id_finds_its_holder(rows: Rows) -> None:
    assert [row.id for row in _search(rows, "٢٨٢٠٤٠٧٠١٤٨٣").callers] == ["maryam"]
    wrong = _search(rows, "282040701484")
    assert wrong.callers == ()
    assert not wrong.readings[0].valid


@pytest.mark.parametrize("line", ["Maryam", "maryam al-enezi", "مريم", "مَريم العنزى", "mary", "العنز"])
def test_a_name_is_found_in_either_script_whole_or_begun(rows: Rows, line: str) -> None:
    found = _search(rows, line)
    assert [row.id for row in found.callers] == ["maryam"]
    assert "normal" in {row.id for row in found.tickets}


@pytest.mark.parametrize("line", ["البطاقه المدنيه", "بطاقة", "لم تصل", "BATAQA"])
def test_words_are_compared_folded(rows: Rows, line: str) -> None:
    rows.add(ticket("latin", text="bataqa"))
    assert {row.id for row in _search(rows, line).tickets} <= {"normal", "latin"}
    assert _search(rows, "البطاقه المدنيه").tickets[0].id == "normal"
    assert _search(rows, "BATAQA").tickets[0].id == "latin"


def test_an_article_with_every_word_stands_before_one_with_any(rows: Rows) -> None:
    rows.add(article("card-photo", en={"title": "Photo", "summary": "The card needs a photo; it may be lost."}))
    found = [row.id for row in search.knowledge(rows.session, rows.agent, "lost card")]
    assert found[0] == "card-renewal"
    assert set(found) == {"card-renewal", "card-photo"}
    assert [row.id for row in search.knowledge(rows.session, rows.agent, "passport zebra")] == ["passport"]
    assert len(search.knowledge(rows.session, rows.agent, "card", limit=1)) == 1


def test_a_question_in_arabic_finds_the_article(rows: Rows) -> None:
    assert _search(rows, "ضاعت البطاقة").articles[0].id == "card-renewal"


def test_a_ticket_one_may_not_see_is_not_found_by_its_words(rows: Rows) -> None:
    assert _search(rows, "bribe").tickets == ()
    assert _search(rows, "portal fails").tickets == ()
    found = search.search(rows.session, rows.member, "bribe")
    assert [row.id for row in found.tickets] == ["secret"]
    assert search.search(rows.session, rows.leader, "bribe").tickets == ()


@pytest.mark.parametrize("line", ["", "   ", "\u200f", "?", "…", '"', "' OR 1=1 --", "a"])
def test_a_line_without_words_finds_nothing_and_breaks_nothing(rows: Rows, line: str) -> None:
    found = _search(rows, line)
    assert (found.tickets, found.callers) == ((), ())
    assert found.line == line


@pytest.mark.parametrize(
    "line",
    [
        'mary"am',
        "maryam*",
        "maryam AND (",
        "NEAR(maryam",
        "-maryam",
        "title:maryam",
        "<b>maryam</b>",
        "maryam ^ { }",
    ],
)
def test_what_means_something_to_the_index_is_only_text(rows: Rows, line: str) -> None:
    found = _search(rows, line)
    assert {row.id for row in found.callers} <= {"maryam"}
    assert rows.session.execute(text("SELECT count(*) FROM search_row")).scalar() == 10


def test_markup_around_a_name_does_not_hide_it(rows: Rows) -> None:
    assert [row.id for row in _search(rows, '"maryam"').callers] == ["maryam"]
    assert [row.id for row in _search(rows, "maryam*").callers] == ["maryam"]


@pytest.mark.parametrize("word", ["maryam ", "مريم ", "x", "9", "<b>"])
def test_fifty_thousand_characters_are_answered(rows: Rows, word: str) -> None:
    line = (word * 50_000)[:50_000]
    found = _search(rows, line)
    assert found.articles == ()
    assert {row.id for row in found.callers} <= {"maryam"}


def test_the_index_follows_what_changes_and_goes(rows: Rows) -> None:
    session = rows.session
    renamed = session.get_one(Caller, "maryam")
    renamed.name_en, renamed.name_ar = "Mona Al-Enezi", "منى العنزي"
    session.delete(session.get_one(Ticket, "overdue"))
    session.flush()
    # A number that changed means that its owner is to be looked at again.
    search.index(session, {("caller_phone", "p1"), ("ticket", "overdue"), ("queue", "general")})
    assert _search(rows, "maryam").callers == ()
    assert [row.id for row in _search(rows, "mona").callers] == ["maryam"]
    assert _search(rows, "text of overdue").tickets == ()


def test_a_group_holds_no_more_than_fits(rows: Rows) -> None:
    rows.add(*(ticket(f"many-{number}", text="flood", reference=f"{number:010}") for number in range(20)))
    assert len(_search(rows, "flood").tickets) == search.PER_GROUP


def test_each_answer_tells_by_which_words_it_was_found(rows: Rows) -> None:
    answer = search.answers(rows.session, rows.agent, "renewing my civil")[0]
    assert answer.article.id == "card-renewal"
    assert analysis.places("Civil ID renewal", answer.stems) == ((0, 5), (9, 16))


def test_a_word_that_was_mistyped_or_is_not_finished_is_told_as_it_was_meant(rows: Rows) -> None:
    for question in ("pasport ", "passp"):
        answer = search.answers(rows.session, rows.agent, question)[0]
        assert analysis.places("Passport", answer.stems) == ((0, 8),)


def test_where_nothing_answers_the_nearest_words_lead_on(rows: Rows) -> None:
    assert search.knowledge(rows.session, rows.agent, "pazzport") == ()
    near = search.alike(rows.session, rows.agent, "pazzport")
    assert [(answer.article.id, answer.why) for answer in near] == [("passport", search.Why.ALIKE)]
    assert search.alike(rows.session, rows.agent, "xyz") == ()


def test_keywords_are_other_words_and_questions_are_as_callers_ask(rows: Rows) -> None:
    rows.add(article("falcons", en={"keywords": ["hawk"], "questions": ["where do I take my bird"]}))
    for question, why in (("hawk", search.Why.SYNONYM), ("bird", search.Why.ASKED)):
        assert search.answers(rows.session, rows.agent, question)[0].why is why


_LETTERS = st.one_of(
    st.text(),
    st.text(alphabet="\"'*()-+^:{}[]~ \u200b\u200f\u202e\u2066\ufeff\x00\ud800\udfffANDORTNEAR/,"),
    st.lists(st.sampled_from(["AND", "OR", "NOT", "NEAR(", '"', "*", "title:", "card", "البطاقة", "٥"])).map(
        " ".join
    ),
)


@given(_LETTERS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # nothing is written
)
@example("a" * 10_000)
@example("البطاقة card " * 800)
@example("From: a@b.kw\nSubject: card\n\n> البطاقة\n" * 20)
def test_whatever_is_typed_is_answered_and_only_read(rows: Rows, line: str) -> None:
    before = rows.session.scalar(text("SELECT count(*) FROM search_row"))
    found = _search(rows, line)
    assert found.line == line
    search.answers(rows.session, rows.agent, line)
    search.alike(rows.session, rows.agent, line)
    assert rows.session.scalar(text("SELECT count(*) FROM search_row")) == before


@pytest.mark.parametrize(
    "line", ['card" OR "passport', "NEAR(card passport)", "card*", "title:card", "card NOT renewal"]
)
def test_operators_of_the_index_are_words_like_any_other(rows: Rows, line: str) -> None:
    assert "card-renewal" in {row.id for row in _search(rows, line).articles}
