"""The part of qasync 0.28 that CareCenter uses; the package itself carries no types."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

class QEventLoop(asyncio.SelectorEventLoop):
    def __init__(
        self, app: object | None = ..., set_running_loop: bool = ..., already_running: bool = ...
    ) -> None: ...

def asyncSlot(
    *args: object, **kwargs: object
) -> Callable[[Callable[_P, Coroutine[Any, Any, _T]]], Callable[_P, asyncio.Task[_T]]]: ...
def run(main: Coroutine[Any, Any, _T], *, debug: bool | None = ...) -> _T: ...
