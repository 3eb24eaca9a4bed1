"""Backups from the settings: made, and put back with what opens them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from carecenter.core.backup_key import BackupLook, ByCode, ByPassword
from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.ui.settings.backup import BackupPart
from carecenter.ui.views import backup_file
from tests.ui.settings.room import Room
from tests.ui.waiting import until


@pytest.mark.asyncio
async def test_a_backup_goes_where_the_dialog_says(leading: Room) -> None:
    leading.page.show_part("backup")
    part = leading.page.parts["backup"]
    assert isinstance(part, BackupPart)
    part.buttons["back_up"].click()
    await until(lambda: part.findChildren(QFileDialog))
    dialog = part.findChildren(QFileDialog)[0]
    assert dialog.testOption(QFileDialog.Option.DontUseNativeDialog)
    await until(dialog.isVisible)
    dialog.selectFile("mine.ccbackup")
    dialog.done(QFileDialog.DialogCode.Accepted.value)
    await until(lambda: leading.said)
    target = leading.office.target
    assert target is not None
    assert target.suffix == ".ccbackup"
    assert target.name in leading.said[-1]
    assert not part.bar.isVisible()
    await leading.page.close_page()


@pytest.fixture
def choosing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """What a person chooses in the dialog of files."""
    source = tmp_path / "monday.ccbackup"

    async def choose(_parent: QWidget, _folder: Path) -> Path:
        return source

    monkeypatch.setattr(backup_file, "to_read", choose)
    return source


def _part(leading: Room) -> BackupPart:
    leading.page.show_part("backup")
    part = leading.page.parts["backup"]
    assert isinstance(part, BackupPart)
    part.buttons["restore"].click()
    return part


@pytest.mark.asyncio
async def test_a_backup_is_shown_and_restored_with_a_password_of_its_time(leading: Room, choosing: Path) -> None:
    part = _part(leading)
    await until(part.form.isVisible)
    assert not part.buttons["restore"].isVisible()
    assert "1 Nov 2026" in part.form.facts.text()
    assert "Sara" in part.form.facts.text()
    part.form.name.setCurrentText("Sara")
    part.go.click()
    await until(part.form.password.accessibleDescription)
    part.form.password.line.setText("wrong")
    part.go.click()
    await until(lambda: "do not go together" in part.form.password.accessibleDescription())
    part.form.password.line.setText("correct horse")
    part.form.password.line.returnPressed.emit()
    await until(lambda: leading.office.restored)
    assert leading.office.restored == (choosing, ByPassword("Sara", "correct horse"))
    await leading.page.close_page()


@pytest.mark.asyncio
async def test_another_desks_backup_asks_for_the_recovery_code_alone(leading: Room, choosing: Path) -> None:
    look = leading.office.look
    leading.office.look = BackupLook(look.made_at, look.names, made_here=False)
    part = _part(leading)
    await until(part.form.code.isVisible)
    assert not part.form.password.isVisible()
    assert not part.form.way.isVisible()
    assert "another computer" in part.form.hint.text()
    part.form.code.setText("ABCD-EFGH")
    part.go.click()
    await until(lambda: leading.office.restored)
    assert leading.office.restored == (choosing, ByCode("ABCD-EFGH"))
    await leading.page.close_page()


@pytest.mark.asyncio
async def test_a_restore_thought_better_of_leaves_nothing_typed(leading: Room, choosing: Path) -> None:
    part = _part(leading)
    await until(part.form.isVisible)
    part.form.password.line.setText("correct horse")
    part.form.way.button("code").click()
    part.form.code.setText("ABCD")
    part.cancel.click()
    assert not part.form.isVisible()
    assert part.buttons["restore"].isVisible()
    assert (part.form.password.text(), part.form.code.text()) == ("", "")
    assert leading.office.restored is None
    await leading.page.close_page()


@pytest.mark.asyncio
async def test_a_file_that_is_no_backup_is_told_at_once(leading: Room, choosing: Path) -> None:
    leading.office.refusal = UserError(N_("{file} is not a backup of CareCenter."), file=choosing.name)
    part = _part(leading)
    await until(lambda: leading.said)
    assert "monday.ccbackup" in leading.said[-1]
    assert not part.form.isVisible()
    assert part.buttons["restore"].isEnabled()
    await leading.page.close_page()


@pytest.mark.asyncio
async def test_a_new_recovery_code_is_gone_once_the_part_is_left(leading: Room) -> None:
    leading.page.show_part("backup")
    part = leading.page.parts["backup"]
    assert isinstance(part, BackupPart)
    part.buttons["code"].click()
    await until(part.code.isVisible)
    assert "ABCD-EFGH" in part.code.text()
    leading.page.show_part("about")
    leading.page.show_part("backup")
    assert part.code.text() == ""
    await leading.page.close_page()
