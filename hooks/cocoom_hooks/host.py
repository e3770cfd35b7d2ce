"""The host's objects as far as the contract speaks of them, so that this package imports no framework."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias

Request: TypeAlias = Any
"""A ``pyramid.request.Request`` of the host."""

Configurator: TypeAlias = Any
"""The host's ``pyramid.config.Configurator``."""


class DatabaseSession(Protocol):
    """What plugins use of the host's ``sqlalchemy.orm.Session``. Ending its transaction is the host's alone."""

    @property
    def info(self) -> dict[Any, Any]: ...
    def execute(self, statement: Any, params: Any = None, /) -> Any: ...
    def flush(self) -> None: ...
    def begin_nested(self) -> AbstractContextManager[Any]: ...


SessionContext: TypeAlias = AbstractContextManager[Any]
"""A context manager that yields a ``sqlalchemy.orm.Session`` and closes it (rolling back what was not committed)."""
