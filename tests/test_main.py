"""The command line of the desktop."""

import subprocess
import sys

import pytest

from carecenter import __version__
from carecenter.__main__ import parser


def test_the_version_is_told_without_loading_a_window() -> None:
    program = (
        "import sys\nfrom carecenter.__main__ import main\n"
        "try:\n    main(['--version'])\nexcept SystemExit:\n    print('PySide6' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["CareCenter", __version__, "False"]


def test_qt_does_not_read_the_source_of_what_is_imported_after_it() -> None:
    program = (
        "import builtins\npythons_own = builtins.__import__\n"
        "from carecenter.__main__ import hurry\nhurry()\nimport carecenter.app, linecache\n"
        "print(builtins.__import__ is pythons_own, carecenter.app.__file__ in linecache.cache)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "False"]


def test_a_call_and_a_link_are_taken_as_they_come() -> None:
    assert parser().parse_args(["--call", "99887766"]).call == "99887766"
    assert parser().parse_args(["carecenter:call?from=1"]).link == "carecenter:call?from=1"
    assert parser().parse_args([]).link == ""


def test_what_is_not_known_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--nonsense"])
    assert "--nonsense" in capsys.readouterr().err
