"""Leaving Slack: the token is revoked there first, then the connection is removed, and the data if that is wanted."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin import audit
from cocoom_slack_plugin.connect.retiring import Fate, Retired, revoke
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections import disconnect, health
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.database import forget_tenant, transaction
from cocoom_slack_plugin.errors import NotRevoked, SecretUnreadable, SlackError
from cocoom_slack_plugin.notifications.tables import lane
from cocoom_slack_plugin.runtime import Runtime


def leave(runtime: Runtime, tenant: Tenant, actor: str, *, keep_data: bool, tell_slack: bool) -> Retired:
    """Disconnect a tenant. Returns what became of its bot token.

    With ``keep_data`` people, sign-in identities, routes, preferences and history stay, and what waits is held until
    the base is connected again; else all of it is deleted but the audit. Raises NotConnected, ChangedMeanwhile, and
    NotRevoked when ``tell_slack`` is wanted and cannot be done: then the connection is as before.
    """
    with transaction(runtime.hooks) as dbsession:
        seen = connections.get(dbsession, tenant.id)
        if tell_slack:
            health.pause(dbsession, seen)
    retired = _revoke(runtime, seen, actor) if tell_slack else Retired(Fate.KEPT)
    with transaction(runtime.hooks) as dbsession:
        disconnect.remove(dbsession, seen)
        if not keep_data:
            _forget(dbsession, tenant.id)
        detail = {
            "token": retired.fate.value,
            "code": retired.code,
            "data": "kept" if keep_data else "deleted",
        }
        disconnect.write_down(dbsession, seen, actor, **detail)
    return retired


def _revoke(runtime: Runtime, seen: Connection, actor: str) -> Retired:
    try:
        return revoke(runtime, seen)
    except BaseException as error:
        # Whatever came between, also Ctrl-C: notices go on.
        known = error if isinstance(error, SlackError | SecretUnreadable) else None
        with transaction(runtime.hooks) as dbsession:
            health.resume(dbsession, seen)
            if known:
                audit.record(dbsession, seen.tenant_id, disconnect.ACTION, known.code, actor=actor)
        if known:
            raise NotRevoked(known) from None
        raise


def _forget(dbsession: Session, tenant_id: str) -> None:
    # Locked in the order of everybody else who touches many lanes: the connection first, then lanes by id.
    dbsession.execute(
        select(lane.c.id).where(lane.c.tenant_id == tenant_id).order_by(lane.c.id).with_for_update()
    )
    forget_tenant(dbsession, tenant_id, but=(audit.audit,))
