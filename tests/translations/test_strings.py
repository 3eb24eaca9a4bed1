"""The workshop of the catalogues, on a small program of its own."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from translations import strings

PROGRAM = """
from carecenter.core.i18n import N_, gettext as _, ngettext, pgettext
_("Save {name}")
N_("Offline")
pgettext("ticket", "Open")
ngettext("{n} call", "{n} calls", 3)
"""
ARABIC = {
    'msgid "Save {name}"\nmsgstr ""': 'msgid "Save {name}"\nmsgstr "حفظ {name}"',
    'msgid "Offline"\nmsgstr ""': 'msgid "Offline"\nmsgstr "غير متصل"',
    'msgid "Open"\nmsgstr ""': 'msgid "Open"\nmsgstr "مفتوحة"',
    **{f'msgstr[{form}] ""': f'msgstr[{form}] "{{n}} صيغة{form}"' for form in range(6)},
}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program with four marked texts."""
    source = tmp_path / "carecenter"
    source.mkdir()
    (source / "desk.py").write_text(PROGRAM, encoding="utf-8")
    return source


@pytest.fixture
def folder(program: Path, tmp_path: Path) -> Path:
    """Its catalogues, complete."""
    folder = tmp_path / "translations"
    strings.update(program, folder)
    po = _arabic(folder)
    text = po.read_text(encoding="utf-8")
    for empty, filled in ARABIC.items():
        assert empty in text
        text = text.replace(empty, filled)
    po.write_text(text, encoding="utf-8")
    return folder


def _arabic(folder: Path) -> Path:
    return folder / "ar" / "LC_MESSAGES" / "carecenter.po"


def _change(folder: Path, old: str, new: str) -> None:
    text = _arabic(folder).read_text(encoding="utf-8")
    assert old in text
    _arabic(folder).write_text(text.replace(old, new), encoding="utf-8")


def test_complete_catalogues_pass_and_updating_changes_nothing(program: Path, folder: Path) -> None:
    assert strings.check(program, folder) == []
    before = _arabic(folder).read_text(encoding="utf-8")
    strings.update(program, folder)
    assert _arabic(folder).read_text(encoding="utf-8") == before
    assert "desk.py\n" in before  # without a line number


def test_a_moved_text_does_not_change_the_catalogues(program: Path, folder: Path) -> None:
    before = _arabic(folder).read_text(encoding="utf-8")
    (program / "desk.py").write_text("\n\n\n" + PROGRAM, encoding="utf-8")
    strings.update(program, folder)
    assert _arabic(folder).read_text(encoding="utf-8") == before


def test_a_text_that_was_added_or_removed_is_stale(program: Path, folder: Path) -> None:
    (program / "desk.py").write_text(PROGRAM.replace('N_("Offline")', 'N_("Online")'), encoding="utf-8")
    problems = "\n".join(strings.check(program, folder))
    assert "ar: not in the catalogue: Online" in problems
    assert "ar: no longer in the program: Offline" in problems


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('msgstr "غير متصل"', 'msgstr ""', "not translated: Offline"),
        ('msgid "Offline"', '#, fuzzy\nmsgid "Offline"', "fuzzy: Offline"),
        ("حفظ {name}", "حفظ {nam}", "placeholders differ"),
        ("حفظ {name}", "حفظ", "placeholders differ"),
        ("{n} صيغة4", "{m} صيغة4", "placeholders differ"),
        ("{n} صيغة4", "", "not translated: {n} call"),
        ("n==0 ? 0", "n==1 ? 0", "header"),
    ],
)
def test_a_faulty_arabic_text_is_found(program: Path, folder: Path, old: str, new: str, problem: str) -> None:
    _change(folder, old, new)
    assert problem in "\n".join(strings.check(program, folder))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("said = f\"{number} {_('Offline')}\"", "desk.py:7: a marked text inside an f-string"),
        ("said = f\"{i18n.ngettext('{n} call', '{n} calls', 3)}\"", "desk.py:7: a marked text inside an f-string"),
        ('_(kinds.get("key", N_("Lost")))', "desk.py:7: a marked text that is not extracted"),
    ],
)
def test_a_text_marked_where_the_extractor_does_not_look_is_found(
    program: Path, folder: Path, line: str, problem: str
) -> None:
    with (program / "desk.py").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    assert f"carecenter/{problem}" in strings.check(program, folder)


def test_a_text_looked_up_by_a_name_is_no_hidden_one(program: Path, folder: Path) -> None:
    with (program / "desk.py").open("a", encoding="utf-8") as file:
        file.write('said = f"{_(kinds[key])}: {value}"\n')
    assert strings.check(program, folder) == []


def test_a_form_that_is_a_word_may_leave_its_number_out(program: Path, folder: Path) -> None:
    _change(folder, "{n} صيغة1", "مكالمة")
    assert strings.check(program, folder) == []


@pytest.mark.parametrize(("n", "form"), [(0, 0), (1, 1), (2, 2), (3, 3), (11, 4), (100, 5), (103, 3)])
def test_compiled_arabic_chooses_the_form_by_the_number(folder: Path, n: int, form: int) -> None:
    strings.compile_all(folder)
    arabic = gettext.translation("carecenter", folder, ["ar"])
    assert arabic.ngettext("{n} call", "{n} calls", n) == f"{{n}} صيغة{form}"
    assert arabic.pgettext("ticket", "Open") == "مفتوحة"


def test_compiled_english_reads_as_written_in_the_program(folder: Path) -> None:
    strings.compile_all(folder)
    english = gettext.translation("carecenter", folder, ["en"])
    assert english.gettext("Offline") == "Offline"
    assert [english.ngettext("{n} call", "{n} calls", n) for n in (1, 2)] == ["{n} call", "{n} calls"]


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert strings.main(["translate"]) == 2
    assert "usage" in capsys.readouterr().err
