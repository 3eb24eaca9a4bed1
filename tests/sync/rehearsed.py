"""What a process has done before those that are to be killed are forked from it: the same work, so that not each
of them compiles the same statements anew. Imported by the server of the forks alone.
"""

import tempfile
from pathlib import Path

from tests import compiled
from tests.houses import house
from tests.sync import mortal

compiled.share()
with tempfile.TemporaryDirectory() as _directory, house(Path(_directory)) as _built:
    _built.account(mortal.NAME)
    _seat = _built.seat(mortal.NAME)
    for _turn in range(2):
        for _said in mortal.work(_seat, _turn, saving=lambda _ticket_id: None):
            pass
