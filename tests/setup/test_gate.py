"""That the gate closes: each of its rules is shown something it must refuse."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False, timeout=100)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("threading.Thread(target=threading.Event().wait, daemon=True).start()", "was left behind"),
        ("QtCore.qWarning('something of Qt')", "something of Qt"),
        ("warnings.warn('something of Python')", "something of Python"),
    ],
    ids=["a thread left behind", "a warning of Qt", "a warning of Python"],
)
def test_the_suite_refuses(body: str, complaint: str, tmp_path: Path) -> None:
    test = tmp_path / "test_refused.py"
    test.write_text(f"import threading, warnings\nfrom PySide6 import QtCore\ndef test_it(): {body}\n")

    result = run(
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
        *("-c", ROOT / "pyproject.toml", "--confcutdir", ROOT, "-p", "tests.conftest", test),
        directory=ROOT,
    )

    assert result.returncode == 1
    assert complaint in result.stdout


NO_TABLES = "A page knows neither tables nor the inside of the store"
# One forbidden import and the name of the rule that refuses it.
FORBIDDEN_IMPORTS = [
    ("core/terms.py", "import carecenter.ui.desk", "Imports point downwards"),
    ("operations/tickets.py", "import carecenter.store.desk", "Imports point downwards"),
    ("models/ticket.py", "import carecenter.operations.tickets", "Imports point downwards"),
    ("store/desk.py", "import PySide6.QtCore", "Qt appears in ui and app only"),
    ("server/http.py", "import qasync", "Qt appears in ui and app only"),
    ("core/terms.py", "import sqlalchemy", "The core and the wire know no database"),
    ("ui/tickets/page.py", "import sqlalchemy", NO_TABLES),
    ("ui/tickets/page.py", "import carecenter.models.ticket", NO_TABLES),
    ("ui/tickets/page.py", "import carecenter.store.engine", NO_TABLES),
    ("ui/widgets/chip.py", "import carecenter.core.terms", "Widgets know nothing of the application"),
    ("ui/widgets/chip.py", "import carecenter.ui.tickets.page", "Widgets know nothing of the application"),
    ("ui/tickets/page.py", "import carecenter.ui.desk", "Features stand side by side"),
    ("ui/tickets/page.py", "import carecenter.ui.main_window", "Features stand side by side"),
    ("server/http.py", "import carecenter.sync", "The centre knows no workstation"),
]
HOUSE = {
    "__init__.py": "",
    "__main__.py": "import carecenter.app",
    "app.py": "import PySide6.QtWidgets, qasync, carecenter.server.http, carecenter.ui.main_window",
    "core/__init__.py": "",
    "core/terms.py": "",
    "wire/__init__.py": "",
    "models/__init__.py": "",
    "models/ticket.py": "import sqlalchemy",
    "migrations/__init__.py": "",
    "operations/__init__.py": "",
    "operations/tickets.py": "import carecenter.models.ticket",
    "queries/__init__.py": "",
    "store/__init__.py": "",
    "store/engine.py": "",
    "store/desk.py": "import carecenter.store.engine, sqlalchemy",
    "sync/__init__.py": "",
    "server/__init__.py": "",
    "server/http.py": "",
    "ui/__init__.py": "",
    "ui/main_window.py": "import carecenter.ui.tickets.page",
    "ui/widgets/__init__.py": "",
    "ui/widgets/chip.py": "import PySide6.QtWidgets",
    "ui/desk/__init__.py": "",
    "ui/tickets/__init__.py": "",
    "ui/tickets/page.py": "import PySide6.QtWidgets, carecenter.store.desk, carecenter.ui.widgets.chip",
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The program in miniature, with only imports that are allowed."""
    for name, text in HOUSE.items():
        path = tmp_path / "carecenter" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text) + "\n")
    return tmp_path


def lint_imports(house: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return run(program, "--config", ROOT / "pyproject.toml", "--no-cache", directory=house)


def test_the_house_as_drawn_is_allowed(house: Path) -> None:
    result = lint_imports(house)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("module", "line", "rule"), FORBIDDEN_IMPORTS)
def test_an_import_across_the_house_is_refused(module: str, line: str, rule: str, house: Path) -> None:
    with (house / "carecenter" / module).open("a") as file:
        file.write(line + "\n")

    result = lint_imports(house)

    assert result.returncode == 1
    assert f"{rule} BROKEN" in result.stdout
