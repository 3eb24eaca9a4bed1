"""The starter knowledge base as an agent reads it aloud: complete, in two languages, amounts with their age.

What a JSON Schema can say is in article.schema.json; the other rules are here. Every rule has broken articles
that it must catch.
"""

from __future__ import annotations

import copy
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

Article = dict[str, Any]
Rule = Callable[[Article], Iterator[str]]

KNOWLEDGE = Path(__file__).parents[2] / "resources" / "knowledge"
FOLDERS = {"services": "service", "bodies": "body", "centre": "centre"}
FILES = sorted(path for folder in FOLDERS for path in (KNOWLEDGE / folder).glob("*.json"))
EXPECTED = Path(__file__).with_name("expected_ids.txt").read_text(encoding="utf-8").split()

SCHEMA = json.loads((KNOWLEDGE / "article.schema.json").read_text(encoding="utf-8"))
LANGUAGES = ("en", "ar")
LISTS = ("who", "documents", "steps", "fees", "hours", "notes")

ARABIC_LETTER = re.compile(r"[\u0621-\u063a\u0641-\u064a\u0671-\u06d3]")
LATIN_LETTER = re.compile(r"[A-Za-z]")
VOWEL_MARK = re.compile(r"[\u064b-\u0652\u0670]")
AMOUNT = re.compile(r"([\d.,]*\d)\s?(?:KWD|KD\b|K\.D\.|د\.ك|دينار|dinars?\b|fils\b|فلس)|KWD\s?([\d.,]*\d)")
THREE_DECIMALS = re.compile(r"\d{1,3}(,\d{3})*\.\d{3}")
# A sign on its own, or groups of digits with an ordinary space or a hyphen between: amounts never look so.
LOOSE_NUMBER = re.compile(r"\+\s|(?<![\d.,])\+?\d{3,}[ \u2010-\u2015-]\d{3,}(?![\d.,])")
AGE = re.compile(r"undated|no date|\b20\d\d\b|بلا تاريخ|دون تاريخ|غير مؤرخ|بدون تاريخ")

# What the glossary warns of, and other words foreign to official Kuwaiti Arabic. Callers do say some of them:
# keywords are free.
BAD_TERMS = (
    "وافد", "وافدين", "وافدون", "وكيل خدمة العملاء", "وكيل الدعم", "العمالة السائبة", "بدون جنسية",
    "أجهض", "ألغِ", "احفظ", "وفر الوقت", "رقم المرجع", "بطاقة الهوية", "رخصة العمل",
    "الموبايل", "أونلاين", "سيستم",
)  # fmt: skip


def read(path: Path) -> Article:
    article: Article = json.loads(path.read_text(encoding="utf-8"))
    return article


def lines(article: Article, language: str) -> Iterator[str]:
    """Every line a person may read or hear; keywords are for the search only."""
    text = article[language]
    yield from (text["title"], text["summary"], text["where"])
    for name in LISTS:
        yield from text[name]


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def amounts(line: str) -> list[str]:
    return [before or after for before, after in AMOUNT.findall(line)]


def schema_errors(article: Article) -> Iterator[str]:
    for error in Draft202012Validator(SCHEMA).iter_errors(article):
        yield f"{error.json_path}: {error.message}"


def keys_out_of_order(article: Article) -> Iterator[str]:
    if list(article) != list(SCHEMA["properties"]):
        yield "the keys are not in the order of the schema"
    for language in LANGUAGES:
        if list(article[language]) != list(SCHEMA["$defs"]["text"]["properties"]):
            yield f"the keys of {language} are not in the order of the schema"


def lists_of_unequal_length(article: Article) -> Iterator[str]:
    for name in LISTS:
        english, arabic = len(article["en"][name]), len(article["ar"][name])
        if english != arabic:
            yield f"{name}: {english} lines in English, {arabic} in Arabic"


def hollow(article: Article) -> Iterator[str]:
    for language in LANGUAGES:
        text = article[language]
        filled = [name for name in LISTS if text[name]]
        if article["depth"] == "article" and len(filled) < 2:
            yield f"{language}: an article with nothing but {filled}"
        if article["depth"] == "directory" and not text["notes"]:
            yield f"{language}: a directory entry that does not say what is to be confirmed"


def too_long_for_a_directory(article: Article) -> Iterator[str]:
    if article["depth"] != "directory":
        return
    for language in LANGUAGES:
        if len(article[language]["summary"]) > 320:
            yield f"{language}: the summary of a directory entry is too long to be read aloud"
        told = sum(len(line) for line in lines(article, language)) - len(article[language]["where"])
        if told > 1200:
            yield f"{language}: {told} characters are an article, not a directory entry"


def not_in_its_language(article: Article) -> Iterator[str]:
    for language, own, foreign in (("en", LATIN_LETTER, ARABIC_LETTER), ("ar", ARABIC_LETTER, LATIN_LETTER)):
        for line in lines(article, language):
            if not own.search(line):
                yield f"{language}: no letter of the language in {line!r}"
        whole = " ".join(lines(article, language))
        mine, others = len(own.findall(whole)), len(foreign.findall(whole))
        if mine < 0.85 * (mine + others):
            yield f"{language}: only {mine} of {mine + others} letters"


def badly_set_arabic(article: Article) -> Iterator[str]:
    for line in lines(article, "ar"):
        if re.search(r"[\u0600-\u06ff][,;?]", line):
            yield f"Latin punctuation: {line}"
        # Marks keep a passive from being misread (لم تُؤكَّد بعد); a fourth on one word is a schoolbook.
        if any(len(VOWEL_MARK.findall(word)) > 3 for word in line.split()):
            yield f"cluttered with vowel marks: {line}"
    for line in (*lines(article, "ar"), *lines(article, "en")):
        if re.search(r"[\u0660-\u0669\u06f0-\u06f9]", line):
            yield f"digits are kept Latin, the program converts them: {line}"


def invisible_characters(article: Article) -> Iterator[str]:
    """Isolates and marks are for the program to set where it shows a line; stored, they would break the search."""
    for character in sorted(set("".join(strings(article)))):
        if unicodedata.category(character) in {"Cf", "Cc", "Zl", "Zp"}:
            yield f"U+{ord(character):04X} {unicodedata.name(character, 'control character')}"


def numbers_that_fall_apart(article: Article) -> Iterator[str]:
    """A telephone number stays in one piece at the end of a line: unbroken, or with U+00A0 between its groups."""
    for language in LANGUAGES:
        for line in lines(article, language):
            for number in LOOSE_NUMBER.findall(line):
                yield f"{language}: {number!r} in: {line}"


def bad_terms(article: Article) -> Iterator[str]:
    for line in lines(article, "ar"):
        for term in BAD_TERMS:
            # A whole word, with the particles that Arabic writes on to it.
            if re.search(rf"(?<!\w)[وفبكل]?(?:ال|لل)?{term}(?!\w)", line):
                yield f"{term} in: {line}"


def amounts_of_unknown_age(article: Article) -> Iterator[str]:
    for language in LANGUAGES:
        for line in lines(article, language):
            for amount in amounts(line):
                if not THREE_DECIMALS.fullmatch(amount):
                    yield f"{language}: {amount} without three decimals in: {line}"
            if amounts(line) and not (AGE.search(line) and article["as_of"]):
                yield f"{language}: an amount without the age of its source: {line}"
        for line in article[language]["fees"]:
            if re.search(r"\d", line) and not AGE.search(line):
                yield f"{language}: a fee without the age of its source: {line}"


def amounts_that_differ(article: Article) -> Iterator[str]:
    for name in LISTS:
        for english, arabic in zip(article["en"][name], article["ar"][name], strict=False):
            if sorted(amounts(english)) != sorted(amounts(arabic)):
                yield f"{name}: {amounts(english)} in English, {amounts(arabic)} in Arabic"


def insecure_addresses(article: Article) -> Iterator[str]:
    whole = json.dumps(article, ensure_ascii=False)
    for address in re.findall(r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s\"]*", whole):
        if not address.startswith("https://"):
            yield address
    if re.search(r"www\.", whole.replace("https://www.", "")):
        yield "an address without https"


RULES: tuple[Rule, ...] = (
    schema_errors, keys_out_of_order, lists_of_unequal_length, hollow, too_long_for_a_directory,
    not_in_its_language, badly_set_arabic, invisible_characters, numbers_that_fall_apart, bad_terms,
    amounts_of_unknown_age, amounts_that_differ, insecure_addresses,
)  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_article_keeps_every_rule(path: Path) -> None:
    article = read(path)

    assert [f"{rule.__name__}: {finding}" for rule in RULES for finding in rule(article)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_named_after_its_article(path: Path) -> None:
    article = read(path)

    assert article["kind"] == FOLDERS[path.parent.name]
    if article["kind"] == "body":
        assert article["id"] == f"body-{path.stem}"
        assert article["body"].lower() == path.stem
    else:
        assert article["id"] == path.stem


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_written_as_the_readme_says(path: Path) -> None:
    written = json.dumps(read(path), ensure_ascii=False, indent=2) + "\n"

    assert path.read_bytes() == written.encode()


def test_the_schema_itself_is_sound() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_service_and_body_that_callers_ask_about_is_there() -> None:
    found = [read(path)["id"] for path in FILES]

    assert len(EXPECTED) == len(set(EXPECTED))
    assert sum(not name.startswith("body-") for name in EXPECTED) == 100
    assert sum(name.startswith("body-") for name in EXPECTED) == 70
    assert sorted(set(EXPECTED) - set(found)) == []
    assert len(found) == len(set(found))


def test_no_article_lies_where_it_would_not_be_found() -> None:
    strays = [p for p in KNOWLEDGE.rglob("*") if p.is_file() and p not in FILES]

    assert sorted(path.name for path in strays) == ["README.md", "article.schema.json"]


def test_a_body_names_the_services_it_answers_for() -> None:
    articles = [read(path) for path in FILES]
    bodies = {article["body"]: article for article in articles if article["kind"] == "body"}

    missing = [
        f"{service['id']}: {service[language]['title']}"
        for service in articles
        if service["kind"] == "service"
        for language in LANGUAGES
        if service[language]["title"] not in bodies[service["body"]][language]["where"]
    ]

    assert missing == []


def without(key: str) -> Callable[[Article], object]:
    return lambda article: article.pop(key)


def add(language: str, name: str, line: str) -> Callable[[Article], object]:
    return lambda article: article[language][name].append(line)


def put(language: str, name: str, value: object) -> Callable[[Article], object]:
    return lambda article: article[language].update({name: value})


def but(**values: object) -> Callable[[Article], object]:
    return lambda article: article.update(values)


def both(*changes: Callable[[Article], object]) -> Callable[[Article], object]:
    return lambda article: [change(article) for change in changes]


def only_notes(article: Article) -> None:
    for language in LANGUAGES:
        article[language].update(who=[], documents=[], steps=[], fees=[], hours=[])


DIRECTORY = but(depth="directory")

# Each change makes a good article a bad one in one way; the rule beside it has to notice.
MUTATIONS: dict[str, tuple[Rule, Callable[[Article], object]]] = {
    "a language is missing": (schema_errors, without("ar")),
    "no sources": (schema_errors, but(sources=[])),
    "a source that is not secure": (schema_errors, but(sources=["http://e.gov.kw/page"])),
    "an insecure source behind a word": (schema_errors, but(sources=["list, http://e.gov.kw"])),
    "a source with a remark behind its address": (
        schema_errors,
        but(sources=["https://e.gov.kw (read as a copy)"]),
    ),
    "a source with a remark before its address": (schema_errors, but(sources=["a copy at www.e.gov.kw"])),
    "a key that nobody knows": (schema_errors, but(phone="164")),
    "a key that nobody knows, inside": (schema_errors, put("ar", "phone", "164")),
    "an empty title": (schema_errors, put("en", "title", "")),
    "a blank line in a list": (schema_errors, add("en", "notes", " ")),
    "fees that are not a list": (schema_errors, put("en", "fees", "10.000 KWD")),
    "a date as people write it": (schema_errors, but(reviewed="23/11/2026")),
    "an unknown channel": (schema_errors, but(channels=["pigeon"])),
    "an unknown level": (schema_errors, but(verification="certain")),
    "a service of nobody": (schema_errors, but(body=None)),
    "a service with a body's id": (schema_errors, but(id="body-kcb")),
    "a body as a full article": (schema_errors, but(id="body-kcb", kind="body", verification="public_list")),
    "the centre as a body": (schema_errors, but(id="centre-kcb", kind="centre")),
    "too many keywords": (schema_errors, put("en", "keywords", [f"word {n}" for n in range(9)])),
    "keys shuffled": (keys_out_of_order, lambda article: article.update(id=article.pop("id"))),
    "keys shuffled, inside": (
        keys_out_of_order,
        lambda article: article["ar"].update(who=article["ar"].pop("who")),
    ),
    "a line in one language only": (lists_of_unequal_length, add("en", "notes", "One more.")),
    "nothing but notes": (hollow, only_notes),
    "nothing to be confirmed": (hollow, both(DIRECTORY, put("ar", "notes", []))),
    "an article called directory": (
        too_long_for_a_directory,
        both(DIRECTORY, add("en", "notes", "word " * 240)),
    ),
    "too long to listen to": (too_long_for_a_directory, both(DIRECTORY, put("en", "summary", "word " * 80))),
    "English for Arabic": (not_in_its_language, put("ar", "summary", "A loan with a grant")),
    "Arabic for English": (not_in_its_language, put("en", "title", "قرض الزواج")),
    "half translated": (
        not_in_its_language,
        add("ar", "notes", "راجع " + "the bank and ask for the form " * 30),
    ),
    "a Latin comma": (badly_set_arabic, put("ar", "summary", "قرض, ومنحة")),
    "Arabic-Indic digits": (badly_set_arabic, add("ar", "notes", "بعد ٣ أشهر")),
    "an isolated number": (invisible_characters, put("ar", "where", "الرقم \u2066+1800164965\u2069")),
    "a mark among the keywords": (invisible_characters, put("en", "keywords", ["loan\u200f", "a", "b"])),
    "a line within a line": (invisible_characters, put("en", "where", "Bank\nin person")),
    "an address hidden in a source": (invisible_characters, but(sources=["\ufeffhttps://e.gov.kw"])),
    "a number broken at a space": (numbers_that_fall_apart, put("ar", "where", "الفاكس +965 22929789")),
    "a number broken at a hyphen": (numbers_that_fall_apart, put("en", "where", "Call 2292-9789")),
    "a sign on its own": (numbers_that_fall_apart, put("en", "where", "Call + 1800164965")),
    "vowel marks everywhere": (badly_set_arabic, put("ar", "where", "بَنْكُ الاِئْتِمَانِ الكُوَيْتِيِّ")),
    "a word to avoid": (bad_terms, add("ar", "notes", "الخدمة للمواطن والوافد")),
    "an amount of unknown age": (amounts_of_unknown_age, add("en", "notes", "It costs 5.000 KWD.")),
    "an Arabic amount of unknown age": (amounts_of_unknown_age, add("ar", "notes", "الرسم 5.000 د.ك.")),
    "a fee of unknown age": (amounts_of_unknown_age, add("ar", "fees", "الرسم 5")),
    "an article of unknown age": (amounts_of_unknown_age, but(as_of="")),
    "an amount in whole dinars": (amounts_of_unknown_age, add("en", "fees", "5 KWD (2021)")),
    "another amount in Arabic": (
        amounts_that_differ,
        both(add("en", "fees", "5.000 KWD (2021)"), add("ar", "fees", "6.000 د.ك. (2021)")),
    ),
    "an address that is not secure": (insecure_addresses, add("en", "notes", "See http://e.gov.kw")),
    "an address without a scheme": (insecure_addresses, add("en", "notes", "See www.e.gov.kw")),
}


@pytest.mark.parametrize(("rule", "change"), MUTATIONS.values(), ids=MUTATIONS.keys())
def test_a_broken_article_is_caught(rule: Rule, change: Callable[[Article], object]) -> None:
    good = read(KNOWLEDGE / "services" / "kcb-marriage-loan.json")
    assert list(rule(good)) == []
    bad = copy.deepcopy(good)

    change(bad)

    assert list(rule(bad)) != []


def test_every_rule_has_a_broken_article() -> None:
    assert {rule for rule, _change in MUTATIONS.values()} == set(RULES)
