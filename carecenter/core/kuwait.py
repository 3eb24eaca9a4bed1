"""Kuwait's clock.

Apart from `i18n`, which the first picture needs before any date: the module `datetime` is not loaded for it.
"""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Final

KUWAIT: Final = timezone(timedelta(hours=3), "Asia/Kuwait")
"""Kuwait's clock has never been moved for summer, so a fixed offset needs no zone database on the workstation."""
