"""Catching up after a broken connection: what waited is delivered, summarised or discarded, as somebody chooses.

What asks to amend a message is done in any case: a post that was withdrawn meanwhile must not stay in Slack.

In transactions of LANES_AT_ONCE lanes, so that nobody who tells something at the same time waits for long. One that is
interrupted leaves the rest held, and is repeated. Locks are taken on the connection first, then on lanes by id.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks
from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin import audit
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import ChangedMeanwhile, NotConnected, SecretUnreadable
from cocoom_slack_plugin.notifications import held, summaries
from cocoom_slack_plugin.notifications.tables import notice
from cocoom_slack_plugin.slack_codes import TROUBLES, Trouble
from cocoom_slack_plugin.switches import Function

LANES_AT_ONCE = 100


class Choice(enum.StrEnum):
    """What becomes of the notices that waited."""

    DELIVER = "deliver"
    SUMMARISE = "summarise"
    DISCARD = "discard"


REASONS = {Choice.SUMMARISE: "summarised", Choice.DISCARD: "discarded"}


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """How many notices were meant, in how many conversations; and how many summaries tell of them."""

    notices: int = 0
    conversations: int = 0
    summaries: int = 0


_LANES = text("""
    SELECT l.id FROM cocoom_slack_lane l
    WHERE l.tenant_id = :tenant AND EXISTS (
        SELECT FROM cocoom_slack_notice n
        WHERE n.lane_id = l.id AND n.state = 'waiting' AND n.act = 'tell' AND n.id <= :upto
    )
    ORDER BY l.id LIMIT :most FOR UPDATE
""")

_DROP = text("""
    UPDATE cocoom_slack_notice SET state = 'dropped', reason = :reason, finished_at = now()
    WHERE lane_id = ANY(CAST(:lanes AS bigint[])) AND state = 'waiting' AND act = 'tell' AND id <= :upto
""")

# The fencing number rises, so that a worker that comes back from before the decision may not record any more.
_SETTLE = text("""
    UPDATE cocoom_slack_lane l
    SET fence = l.fence + 1, lease_until = NULL,
        due_at = CASE WHEN w.waits THEN l.due_at END,
        trouble = CASE WHEN w.waits THEN l.trouble END,
        attempts = CASE WHEN w.waits THEN l.attempts ELSE 0 END
    FROM (
        SELECT id,
               EXISTS (SELECT FROM cocoom_slack_notice n WHERE n.lane_id = given.id AND n.state = 'waiting') AS waits
        FROM unnest(CAST(:lanes AS bigint[])) AS given(id)
    ) w
    WHERE l.id = w.id
""")

_NOT_TRUE_ANY_MORE = text("""
    UPDATE cocoom_slack_lane SET trouble = NULL
    WHERE id IN (SELECT id FROM cocoom_slack_lane WHERE tenant_id = :tenant AND trouble = ANY(CAST(:codes AS text[]))
                 ORDER BY id FOR UPDATE)
""")
_CONNECTIONS = [code for code, trouble in TROUBLES.items() if trouble is Trouble.CREDENTIAL]
_CONNECTIONS += [NotConnected.code, SecretUnreadable.code]


def catch_up(hooks: Hooks, tenant: Tenant, choice: Choice, actor: str) -> CaughtUp | None:
    """Do what was chosen with everything that has been told until now; then the tenant's notices are held no more.

    None when nothing is held. Raises NotConnected while the connection is broken or notifications are off, and
    ChangedMeanwhile when somebody else decides at the same time. The caller rings the doorbell.
    """
    with transaction(hooks) as dbsession:
        if not _is_held(dbsession, tenant):
            return None
    held.decide_all(hooks, tenant.id)
    if choice is Choice.DELIVER:
        return _deliver(hooks, tenant, actor)
    held.wait_for_claims(hooks, tenant.id)
    return _clear_away(hooks, tenant, choice, actor)


def _deliver(hooks: Hooks, tenant: Tenant, actor: str) -> CaughtUp | None:
    with transaction(hooks) as dbsession:
        if not _is_held(dbsession, tenant):
            return None
        waiting = held.of_tenants(dbsession, [tenant.id])[tenant.id]
        done = CaughtUp(waiting.waiting, waiting.conversations)
        _release(dbsession, tenant)
        _write_down(dbsession, tenant, Choice.DELIVER, done, actor, audit.new_correlation_id())
    return done


def _clear_away(hooks: Hooks, tenant: Tenant, choice: Choice, actor: str) -> CaughtUp:
    correlation_id, done, goes_on = audit.new_correlation_id(), CaughtUp(), True
    with transaction(hooks) as dbsession:
        upto = dbsession.scalar(select(func.max(notice.c.id))) or 0
    while goes_on:
        with transaction(hooks) as dbsession:
            if not _is_held(dbsession, tenant):
                raise ChangedMeanwhile("somebody else decided what becomes of these notices; look again")
            lanes = _lock_lanes(dbsession, tenant, upto)
            some = _clear_lanes(dbsession, tenant, choice, lanes, upto)
            goes_on = len(lanes) == LANES_AT_ONCE
            if not goes_on:
                _release(dbsession, tenant)
            _write_down(dbsession, tenant, choice, some, actor, correlation_id)
        done = CaughtUp(
            done.notices + some.notices,
            done.conversations + some.conversations,
            done.summaries + some.summaries,
        )
    return done


def _is_held(dbsession: Session, tenant: Tenant) -> bool:
    """Look, and keep others from deciding until this transaction ends."""
    dbsession.execute(
        select(connection.c.tenant_id).where(connection.c.tenant_id == tenant.id).with_for_update()
    )
    found = connections.get(dbsession, tenant.id)
    if found.held_at is not None and not found.runs(Function.NOTIFICATIONS):
        broken = f"the connection is broken ({found.health_code}): connect again first"
        off = f"notifications are off: `cocoom-slack enable {tenant.subdomain} notifications` first"
        raise NotConnected(f"{tenant.subdomain}: {off if found.health == 'ok' else broken}")
    return found.held_at is not None


def _lock_lanes(dbsession: Session, tenant: Tenant, upto: int) -> Sequence[int]:
    wanted = {"tenant": tenant.id, "upto": upto, "most": LANES_AT_ONCE}
    return dbsession.scalars(_LANES, wanted).all()


def _clear_lanes(
    dbsession: Session, tenant: Tenant, choice: Choice, lanes: Sequence[int], upto: int
) -> CaughtUp:
    summarised = summaries.record(dbsession, tenant, lanes, upto) if choice is Choice.SUMMARISE else 0
    meant = {"lanes": lanes, "upto": upto, "reason": REASONS[choice]}
    dropped = dbsession.execute(_DROP, meant).rowcount  # type: ignore[attr-defined]
    dbsession.execute(_SETTLE, {"lanes": lanes})
    return CaughtUp(dropped, len(lanes), summarised)


def _release(dbsession: Session, tenant: Tenant) -> None:
    """Let notices go on. What lanes say of the broken connection is forgotten."""
    dbsession.execute(
        update(connection)
        .where(connection.c.tenant_id == tenant.id)
        .values(held_at=None, updated_at=func.now())
    )
    dbsession.execute(_NOT_TRUE_ANY_MORE, {"tenant": tenant.id, "codes": _CONNECTIONS})


def _write_down(
    dbsession: Session, tenant: Tenant, choice: Choice, done: CaughtUp, actor: str, correlation_id: str
) -> None:
    audit.record(
        dbsession,
        tenant.id,
        f"notices.{choice}",
        actor=actor,
        correlation_id=correlation_id,
        notices=done.notices,
        conversations=done.conversations,
        summaries=done.summaries,
    )
