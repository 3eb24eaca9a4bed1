"""No test reads or writes what belongs to the person at this machine."""

import os
import tempfile
from pathlib import Path

import keyring
import platformdirs
import pytest
from keyring.errors import NoKeyringError
from PySide6.QtCore import QStandardPaths


def test_every_directory_of_the_user_is_a_temporary_one() -> None:
    temporary = Path(tempfile.gettempdir())
    locations = [
        Path.home(),
        platformdirs.user_data_path("carecenter"),
        platformdirs.user_config_path("carecenter"),
        Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)),
        Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)),
    ]
    assert [path for path in locations if not path.is_relative_to(temporary)] == []


def test_the_real_keyring_is_out_of_reach() -> None:
    assert "DBUS_SESSION_BUS_ADDRESS" not in os.environ
    with pytest.raises(NoKeyringError):
        keyring.get_password("carecenter", "anybody")
