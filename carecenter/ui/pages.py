"""The pages of the account that is signed in: made when first wanted, and what leads from one to another.

Pages do not know each other: each says what is asked for, and here stands where that is found.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from carecenter.store.desk import Desk
    from carecenter.telephony.links import IncomingCall
    from carecenter.ui.language import Language
    from carecenter.ui.messages import Messages
    from carecenter.ui.preferences import Preferences
    from carecenter.ui.settings.office import Office
