"""People who were deactivated in Slack lose their sessions here, although nobody tells us (features.md 32)."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from dataclasses import dataclass, field

from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import (
    SecretUnreadable,
    SlackError,
    SlackRateLimited,
    SlackRefused,
)
from cocoom_slack_plugin.login import presence, standing
from cocoom_slack_plugin.login.presence import Claimed
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.slack import SlackGateway
from cocoom_slack_plugin.slack_codes import Trouble, trouble_of
from cocoom_slack_plugin.switches import Function

log = logging.getLogger(__name__)

PAUSE = 5.0
"""Seconds until the pace may allow more."""
GLANCE = 0.2
"""Seconds between two looks at ``stop`` during a call."""

_waiting: dict[str, float] = {}
"""Tenant id -> until when, by the monotonic clock of this process, Slack asked us to wait."""


@dataclass(slots=True)
class _Batch:
    """What became of claimed identities; those that are in neither list were looked up and are there."""

    gone: list[Claimed] = field(default_factory=list)
    not_asked: list[Claimed] = field(default_factory=list)
    over: bool = False


def check(runtime: Runtime, stop: threading.Event) -> None:
    """One pass over everybody who is due, of all tenants where login runs and the bot token may read users.

    Returns when nobody is due any more, or soon after ``stop`` was set. May run in many workers at once: they share the
    work and the pace. Raises SQLAlchemyError; what was done stays done, and the next pass goes on from there.
    """
    rest = [tenant_id for tenant_id in _tenants(runtime) if _waiting.get(tenant_id, 0.0) <= time.monotonic()]
    while rest and not stop.is_set():
        busy = False
        for tenant_id in list(rest):
            if stop.is_set():
                return
            claimed, more = _isolated(runtime, tenant_id, stop)
            busy = busy or claimed
            if not more:
                rest.remove(tenant_id)
        if rest and not busy:
            stop.wait(PAUSE)


def _tenants(runtime: Runtime) -> list[str]:
    with transaction(runtime.hooks) as dbsession:
        return [each.tenant_id for each in connections.everything(dbsession) if _can_be_served(each)]


def _can_be_served(connection: Connection) -> bool:
    return connection.runs(Function.LOGIN) and standing.can_be_asked(connection)


def _isolated(runtime: Runtime, tenant_id: str, stop: threading.Event) -> tuple[bool, bool]:
    """What the host does wrong for one tenant is no reason to leave the others out."""
    try:
        return _serve(runtime, tenant_id, stop)
    except SQLAlchemyError:
        raise
    except Exception as error:
        log.error("leavers: %s tenant=%s", type(error).__name__, tenant_id)
        return False, False


def _serve(runtime: Runtime, tenant_id: str, stop: threading.Event) -> tuple[bool, bool]:
    """One batch of one tenant: whether any was claimed, and whether the tenant has more for this pass."""
    with transaction(runtime.hooks, tenant_id) as dbsession:
        tenant = runtime.hooks.find_tenant(tenant_id, dbsession)
        connection = connections.find(dbsession, tenant_id)
        if tenant is None or connection is None or not _can_be_served(connection):
            return False, False
        if tenant.id != tenant_id or not runtime.settings.tenants.allow(Function.LOGIN, tenant):
            return False, False
        try:
            token = connection.open_secret(runtime.vault, SecretKind.BOT_TOKEN)
        except SecretUnreadable:
            return False, False
        claimed, more = presence.claim(dbsession, tenant_id, runtime.settings.leavers_interval)
    if not claimed:
        return False, more
    batch = asyncio.run(_look_up(runtime, tenant, token, claimed, stop))
    _note(runtime, tenant, batch)
    return True, more and not batch.over


def _note(runtime: Runtime, tenant: Tenant, batch: _Batch) -> None:
    for gone in batch.gone:
        with transaction(runtime.hooks, tenant.id) as dbsession:
            if presence.note_left(runtime, dbsession, tenant, gone):
                log.info("deactivated in Slack: sessions ended tenant=%s user=%s", tenant.id, gone.user_id)
    if batch.not_asked:
        with transaction(runtime.hooks, tenant.id) as dbsession:
            presence.put_back(dbsession, batch.not_asked)


async def _look_up(
    runtime: Runtime, tenant: Tenant, token: SecretStr, claimed: list[Claimed], stop: threading.Event
) -> _Batch:
    """Ask Slack about one after the other. What stops the tenant leaves the rest for another pass."""
    batch = _Batch()
    async with SlackGateway(runtime.settings) as gateway:
        for number, each in enumerate(claimed):
            try:
                deleted = await _is_deactivated(gateway, token, each, stop)
            except SlackError as error:
                deleted = False
                batch.over = _stops_the_tenant(tenant, error)
            if batch.over or deleted is None:
                batch.not_asked, batch.over = claimed[number:], True
                break
            if deleted:
                batch.gone.append(each)
    return batch


async def _is_deactivated(
    gateway: SlackGateway, token: SecretStr, each: Claimed, stop: threading.Event
) -> bool | None:
    """Whether Slack says so of exactly this user; None when we are to stop. Raises SlackError."""
    asked = asyncio.create_task(gateway.user(token, each.slack_user_id))
    while not asked.done():
        if stop.is_set():
            asked.cancel()
            await asyncio.wait({asked})
            return None
        await asyncio.wait({asked}, timeout=GLANCE)
    found = asked.result()
    return found.deleted and found.id == each.slack_user_id


def _stops_the_tenant(tenant: Tenant, error: SlackError) -> bool:
    """A user whom Slack does not know or show proves nothing, and is no reason to stop; everything else is."""
    if isinstance(error, SlackRateLimited):
        _waiting[tenant.id] = time.monotonic() + error.retry_after
    if isinstance(error, SlackRefused) and trouble_of(error.code) is not Trouble.CREDENTIAL:
        return False
    log.info("leavers: %s tenant=%s", error.code, tenant.id)
    return True
