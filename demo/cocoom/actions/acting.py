"""Somebody acting in a base: what every action needs, and how it tells the plugins."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks
from cocoom_hooks.payloads import Event, Tenant
from demo.cocoom import payloads
from demo.cocoom.rights import Right, rights_of
from demo.cocoom.tables import UserRow

log = logging.getLogger(__name__)


class NotAllowedError(Exception):
    """The actor's role lacks the right, or the thing is somebody else's."""


class ImpossibleError(Exception):
    """The act makes no sense as things stand, such as deleting a thread with posts. Its text is shown."""


@dataclass(frozen=True, slots=True)
class Acting:
    """``actor`` is None for the system, which may do everything. ``batch`` names the mass act this is part of."""

    dbsession: Session
    hooks: Hooks
    tenant: Tenant
    actor: UserRow | None
    batch: str | None = None

    def require(self, right: Right) -> None:
        """Raises NotAllowedError."""
        if not self.has(right):
            raise NotAllowedError(f"the right {right} is missing")

    def has(self, right: Right) -> bool:
        if self.actor is None:
            return True
        return self.actor.is_active and right in rights_of(self.actor.role)

    @property
    def author(self) -> UserRow:
        """The actor of an act that only a person can do."""
        if self.actor is None:
            raise NotAllowedError("the system writes nothing")
        return self.actor

    def envelope(self) -> dict[str, Any]:
        """The fields that every event carries."""
        actor = payloads.user_of(self.actor, self.tenant) if self.actor else None
        act = {"event_id": uuid.uuid4().hex, "occurred_at": datetime.now(UTC), "batch": self.batch}
        return {"tenant": self.tenant, "actor": actor, **act}

    def envelope_in(self, tenant: Tenant) -> dict[str, Any]:
        """The same for another base of the hub, where the act is told as well, as an event of its own."""
        actor = payloads.guest_of(self.actor, self.tenant) if self.actor else None
        return {**self.envelope(), "tenant": tenant, "actor": actor}

    def tell(self, hook: str, event: Event) -> None:
        """Write what was done, then tell the plugins, in a savepoint.

        After one failed statement PostgreSQL refuses the whole transaction, and answers COMMIT with a silent
        rollback. ``Hooks`` isolates a plugin's exception, the savepoint what its statement left: all that
        plugins wrote is undone then, and the act stays.
        """
        self.dbsession.flush()
        savepoint = self.dbsession.begin_nested()
        self.hooks.tell(f"cocoom_{hook}", event, self.dbsession)
        try:
            self.dbsession.flush()
            self.dbsession.execute(text("SELECT 1"))
        except SQLAlchemyError:
            log.exception("what plugins wrote on %s is undone", hook)
            savepoint.rollback()
        else:
            savepoint.commit()
