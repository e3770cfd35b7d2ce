"""The base as a whole."""

from __future__ import annotations

from sqlalchemy import delete

from cocoom_hooks.payloads import TenantEvent
from demo.cocoom.actions.acting import Acting
from demo.cocoom.rights import Right
from demo.cocoom.tables import BaseRow


def let_comments_leave(acting: Acting, allowed: bool) -> None:
    """Whether plugins are given the beginning of comments. Fires nothing: what left has left."""
    acting.require(Right.ADMINISTER)
    acting.dbsession.get_one(BaseRow, acting.tenant.id).comments_may_leave = allowed


def remove(acting: Acting) -> None:
    """Remove the base with everything in it, and tell the plugins to do the same."""
    acting.require(Right.ADMINISTER)
    event = TenantEvent(**acting.envelope())
    acting.dbsession.execute(delete(BaseRow).where(BaseRow.id == acting.tenant.id))
    acting.tell("tenant_removed", event)
