"""What all lanes of a tenant share, in the database: the pauses Slack asked for, and the breaker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from cocoom_slack_plugin.database import seconds_from_now
from cocoom_slack_plugin.notifications import breaker
from cocoom_slack_plugin.notifications.claims import Claim
from cocoom_slack_plugin.notifications.tables import workspace
from cocoom_slack_plugin.notifications.verdict import Reach, Verdict


def record(dbsession: Session, attempts: Iterable[tuple[Claim, Verdict]]) -> None:
    """Take note of attempts: pauses are kept, failures counted, a success closes the breaker."""
    by_tenant: dict[str, list[tuple[Claim, Verdict]]] = defaultdict(list)
    for claim, verdict in attempts:
        by_tenant[claim.tenant_id].append((claim, verdict))
    for tenant_id in _in_trouble(dbsession, by_tenant):
        _note(dbsession, tenant_id, by_tenant[tenant_id])


def _in_trouble(dbsession: Session, by_tenant: dict[str, list[tuple[Claim, Verdict]]]) -> list[str]:
    """The tenants of which there is something to note, in the order in which their rows are locked by everybody."""
    troubled = select(workspace.c.tenant_id).where(
        workspace.c.tenant_id.in_(list(by_tenant)), workspace.c.trouble.is_not(None)
    )
    fresh = {
        tenant_id
        for tenant_id, attempts in by_tenant.items()
        if any(verdict.reach in (Reach.SLACK, Reach.WORKSPACE) for _, verdict in attempts)
    }
    return sorted(fresh | set(dbsession.scalars(troubled)))


def _note(dbsession: Session, tenant_id: str, attempts: Sequence[tuple[Claim, Verdict]]) -> None:
    locked = select(workspace.c.failures).where(workspace.c.tenant_id == tenant_id).with_for_update()
    before = dbsession.scalar(locked) or 0
    waits = [verdict for _, verdict in attempts if verdict.reach is Reach.WORKSPACE]
    failed = [(claim, verdict) for claim, verdict in attempts if verdict.reach is Reach.SLACK]
    if waits:
        _pause(dbsession, tenant_id, max(each.pause for each in waits), 0, waits[0].code)
    elif any(verdict.posted for _, verdict in attempts):
        _close(dbsession, tenant_id, was_open=before >= breaker.OPENS_AT)
    elif failures := breaker.count(before, len(failed), probed=any(claim.probe for claim, _ in failed)):
        _pause(dbsession, tenant_id, breaker.pause(failures), failures, failed[-1][1].code)


def _pause(dbsession: Session, tenant_id: str, seconds: float, failures: int, code: str | None) -> None:
    until = (
        func.greatest(workspace.c.ready_at, seconds_from_now(seconds)) if seconds else workspace.c.ready_at
    )
    values = {"ready_at": until, "failures": failures, "trouble": code}
    dbsession.execute(update(workspace).where(workspace.c.tenant_id == tenant_id).values(values))


# Lanes that a colleague holds or records are left out: their turn comes anyway.
_HURRY = text("""
    UPDATE cocoom_slack_lane SET due_at = clock_timestamp(), ready_at = clock_timestamp()
    WHERE id IN (SELECT id FROM cocoom_slack_lane
                 WHERE tenant_id = :tenant_id AND attempts > 0 AND due_at > clock_timestamp() AND lease_until IS NULL
                 ORDER BY id FOR UPDATE SKIP LOCKED)
""")


def _close(dbsession: Session, tenant_id: str, *, was_open: bool) -> None:
    """Slack is back: what waits for its next attempt after Slack's failures need not wait longer."""
    values = {"failures": 0, "trouble": None}
    if was_open:
        dbsession.execute(_HURRY, {"tenant_id": tenant_id})
        dbsession.execute(
            update(workspace)
            .where(workspace.c.tenant_id == tenant_id)
            .values(**values, ready_at=seconds_from_now(0))
        )
    else:
        dbsession.execute(update(workspace).where(workspace.c.tenant_id == tenant_id).values(**values))
