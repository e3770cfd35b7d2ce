"""What workers have under way: they use the connection as it was when they claimed."""

from __future__ import annotations

import time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications.tables import lane

GLANCE_SECONDS = 0.1


def wait_for(hooks: Hooks, tenant_id: str, at_most: float) -> bool:
    """Wait until the claims that are held now are given back or have run out, at most so many seconds.

    Claims that are made meanwhile do not count. Returns whether all were over in time.
    """
    deadline = time.monotonic() + at_most
    with transaction(hooks) as dbsession:
        held = _claims(dbsession, tenant_id)
    while held:
        if time.monotonic() > deadline:
            return False
        time.sleep(GLANCE_SECONDS)
        with transaction(hooks) as dbsession:
            held &= _claims(dbsession, tenant_id)
    return True


def _claims(dbsession: Session, tenant_id: str) -> set[tuple[int, int]]:
    leased = select(lane.c.id, lane.c.fence).where(
        lane.c.tenant_id == tenant_id, lane.c.lease_until > func.clock_timestamp()
    )
    return {(row.id, row.fence) for row in dbsession.execute(leased)}
