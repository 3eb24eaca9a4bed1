"""Which program this is, and whose work it rests on."""

from __future__ import annotations

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QWidget

from carecenter import __version__
from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.ui.settings.part import Part
from carecenter.ui.tasks import Tasks
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.section import Section

LICENCES = (
    ("CareCenter", "Apache-2.0"),
    ("Qt, PySide6", "LGPL-3.0"),
    ("Python", "PSF-2.0"),
    ("SQLAlchemy, Alembic", "MIT"),
    ("SQLCipher", "BSD-3-Clause"),
    ("libsodium, PyNaCl", "ISC, Apache-2.0"),
    ("Babel, msgspec, qasync", "BSD-3-Clause, BSD-2-Clause"),
    ("phonenumbers", "Apache-2.0"),
    ("keyring, filelock, platformdirs", "MIT"),
    ("IBM Plex Sans Arabic", "OFL-1.1"),
    ("Lucide", "ISC"),
)
"""Parts and their licences, by SPDX."""


class AboutPart(Part):
    """Version, licences, and how to reach the centre."""

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(tasks, parent)
        self.version = PlainLabel()
        self.version.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.licences = Section()
        table = PlainLabel("\n".join(f"{part} — {licence}" for part, licence in LICENCES))
        table.setProperty("data", True)
        self.licences.body.addWidget(table)
        self.body.addWidget(self.version)
        self.body.addWidget(self.licences)
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the part."""
        self.heading.setText(_("About CareCenter"))
        self.lead.setText(_("The desk of an agent of the 164 hotline. It keeps working when the network does not."))
        version = _("Version {version}, Qt {qt}")
        self.version.setText(version.format(version=i18n.isolate(__version__), qt=i18n.isolate(qVersion() or "")))
        self.licences.set_title(_("Licences"))
