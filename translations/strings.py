"""The catalogues' workshop: `python translations/strings.py update | compile | check`.

`update` takes the marked texts out of `carecenter/` into the .po files, `compile` makes the .mo files that
the program reads, `check` finds what is stale, missing, fuzzy or broken. No text is translated here.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeGuard

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent
DOMAIN: Final = "carecenter"
LANGUAGES: Final = ("ar", "en")
PLURALS: Final = {
    # The order of forms that gettext's own tools use; Babel's header orders them differently.
    "ar": (6, "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)"),
    "en": (2, "(n != 1)"),
}
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "N_": None,
    "NP_": ((1, "c"), 2),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_PLACEHOLDER: Final = re.compile(r"(?<!\{)\{(\w+)[^{}]*\}(?!\})")
_HEADER: Final = "# CareCenter's texts. Made by translations/strings.py; the translations are written by hand."


def extract(source: Path) -> Catalog:
    """A catalogue without translations of every text marked under `source`; files in it are named from its
    parent.
    """
    catalog = Catalog(domain=DOMAIN)
    found = extract_from_dir(
        source, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=["Translators:"]
    )
    for filename, _line, text, comments, context in sorted(found, key=lambda entry: (entry[0], entry[1])):
        # The file alone: line numbers would change the catalogues with every edit of the program.
        place = (f"{source.name}/{filename}", 0)
        catalog.add(text, None, [place], auto_comments=comments, context=context)
    return catalog


def read(po: Path, language: str) -> Catalog:
    """The catalogue in `po`, or an empty one, under the header pinned above."""
    catalog = Catalog(locale=language, domain=DOMAIN)
    if po.is_file():
        with po.open("rb") as stream:
            catalog = read_po(stream, locale=language, domain=DOMAIN)
    catalog.mime_headers = [("Plural-Forms", _plural_header(language))]
    return catalog


def update(source: Path, folder: Path) -> None:
    """Brings the .po files up to the marked texts; a text that is new or was changed waits for its
    translation.
    """
    template = extract(source)
    for language in LANGUAGES:
        po = _po(folder, language)
        catalog = read(po, language)
        catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        if language == "en":
            _fill_english(catalog)
        po.parent.mkdir(parents=True, exist_ok=True)
        po.write_text(_written(catalog, language), encoding="utf-8", newline="\n")


def compile_all(folder: Path) -> None:
    """Writes each .po file's .mo file beside it."""
    for language in LANGUAGES:
        po = _po(folder, language)
        with po.with_suffix(".mo").open("wb") as stream:
            write_mo(stream, read(po, language))


def check(source: Path, folder: Path) -> list[str]:
    """What is wrong with the catalogues, a line each; empty if nothing is."""
    template = extract(source)
    problems = hidden(source)
    for language in LANGUAGES:
        po = _po(folder, language)
        header = _plural_header(language)
        written = po.read_text(encoding="utf-8") if po.is_file() else ""
        if header not in written.replace('"\n"', ""):
            problems.append(f"{language}: the header does not say {header}")
        catalog = read(po, language)
        marked = {(entry.context, _singular(entry)) for entry in template if entry.id}
        known = {(entry.context, _singular(entry)) for entry in catalog if entry.id}
        problems += [f"{language}: not in the catalogue: {text}" for _, text in sorted(marked - known, key=str)]
        problems += [f"{language}: no longer in the program: {text}" for _, text in sorted(known - marked, key=str)]
        for entry in catalog:
            if entry.id:
                problems += [f"{language}: {problem}: {_singular(entry)}" for problem in _faults(entry, language)]
    return problems


def hidden(source: Path) -> list[str]:
    """Calls that mark a text where `extract` does not look, such as inside an f-string, a line each."""
    seen = {_singular(entry) for entry in extract(source) if entry.id}
    problems: list[str] = []
    for file in sorted(source.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        spoken = [
            part for string in ast.walk(tree) if isinstance(string, ast.JoinedStr) for part in ast.walk(string)
        ]
        lost = [call for call in ast.walk(tree) if _marks(call) and not seen & _texts(call)]
        where = file.relative_to(source.parent).as_posix()
        problems += [f"{where}:{call.lineno}: a marked text inside an f-string" for call in spoken if _marks(call)]
        problems += [
            f"{where}:{call.lineno}: a marked text that is not extracted" for call in lost if call not in spoken
        ]
    return problems


def _marks(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether this is a call such as `_("text")`; `_(variable)` marks nothing."""
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in KEYWORDS and bool(_texts(node))


def _texts(call: ast.Call) -> set[str]:
    return {part.value for part in call.args if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def _faults(entry: Message, language: str) -> Iterator[str]:
    if entry.fuzzy:
        yield "fuzzy"
    plural = isinstance(entry.id, list | tuple)
    forms = [str(form) for form in (entry.string if isinstance(entry.string, list | tuple) else [entry.string])]
    if plural and len(forms) != PLURALS[language][0]:
        yield f"needs {PLURALS[language][0]} plural forms"
    if (language == "ar" or plural) and not all(forms):
        yield "not translated"
    ids = entry.id if isinstance(entry.id, list | tuple) else [entry.id]
    expected = {name for text in ids for name in _PLACEHOLDER.findall(text)}
    for form in filter(None, forms):
        names = set(_PLACEHOLDER.findall(form))
        # "One call" and "two calls" are single words in Arabic: a plural form may leave its number out.
        if names - expected or (not plural and names != expected):
            yield f"placeholders differ in {form!r}"


def _singular(entry: Message) -> str:
    return entry.id[0] if isinstance(entry.id, list | tuple) else entry.id


def _fill_english(catalog: Catalog) -> None:
    """English reads as the program says it; only gettext's plural forms must be there."""
    for entry in catalog:
        if isinstance(entry.id, list | tuple) and not all(entry.string or ()):
            entry.string = tuple(entry.id)


def _written(catalog: Catalog, language: str) -> str:
    from io import BytesIO

    stream = BytesIO()
    write_po(stream, catalog, width=100, omit_header=True, sort_by_file=True, include_lineno=False)
    header = [
        _HEADER,
        'msgid ""',
        'msgstr ""',
        f'"Language: {language}\\n"',
        '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=utf-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        f'"Plural-Forms: {_plural_header(language)}\\n"',
    ]
    return "\n".join(header) + "\n\n" + stream.getvalue().decode().strip() + "\n"


def _plural_header(language: str) -> str:
    count, expression = PLURALS[language]
    return f"nplurals={count}; plural={expression};"


def _po(folder: Path, language: str) -> Path:
    return folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def main(arguments: list[str]) -> int:
    """The command line; answers 1 if `check` found something, 2 if it does not know the command."""
    source, folder = ROOT / "carecenter", ROOT / "translations"
    match arguments:
        case ["update"]:
            update(source, folder)
        case ["compile"]:
            compile_all(folder)
        case ["check"]:
            problems = check(source, folder)
            print("\n".join(problems) or "The catalogues are complete.")
            return 1 if problems else 0
        case _:
            print("usage: strings.py update | compile | check", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
