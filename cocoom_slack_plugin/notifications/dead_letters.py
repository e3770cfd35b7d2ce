"""Dead letters: notices that failed for good, or of which it is unknown whether they arrived; and their replay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select, update
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks
from cocoom_slack_plugin import audit
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications.tables import event, lane, notice

FAILED, UNKNOWN = "failed", "unknown"
BATCH = 1000
"""Notices that one transaction puts back, so that no worker waits long for their lanes."""

# Literals, because only with them does the database know that its index of dead letters will do.
_IS_DEAD = notice.c.state.in_([literal_column(f"'{state}'") for state in (FAILED, UNKNOWN)])
_TITLE = func.coalesce(
    event.c.payload["post"]["title"].astext, event.c.payload["collaborator"]["display_name"].astext, ""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which dead letters of a tenant; what is None does not matter. ``channel`` is a conversation as lanes have it."""

    numbers: Sequence[int] | None = None
    reason: str | None = None
    channel: str | None = None
    since: datetime | None = None
    unknown_too: bool = True


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One notice. ``title`` is what a user wrote, as it is: of the post, or a newcomer's name; it may be empty."""

    number: int
    at: datetime
    conversation: str
    kind: str
    title: str
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many notices wait again, and how many of them may have arrived already."""

    notices: int = 0
    unknown: int = 0


def newest(dbsession: Session, tenant_id: str, choice: Choice, limit: int) -> list[DeadLetter]:
    """The newest dead letters, newest first."""
    columns = (
        select(
            notice.c.id,
            notice.c.finished_at,
            lane.c.conversation,
            event.c.kind,
            _TITLE,
            notice.c.state,
            notice.c.reason,
        )
        .join(event, event.c.id == notice.c.event_pk)
        .join(lane, lane.c.id == notice.c.lane_id)
    )
    rows = dbsession.execute(_chosen(columns, tenant_id, choice).order_by(notice.c.id.desc()).limit(limit))
    return [DeadLetter(*row) for row in rows]


def count(dbsession: Session, tenant_id: str, choice: Choice, state: str) -> int:
    """How many there are in this state."""
    counted = select(func.count()).select_from(notice).join(lane, lane.c.id == notice.c.lane_id)
    return dbsession.scalar(_chosen(counted, tenant_id, choice).where(notice.c.state == state)) or 0


def not_dead(dbsession: Session, tenant_id: str, numbers: Iterable[int]) -> list[int]:
    """Those of the numbers that are no dead letters of this tenant."""
    wanted = sorted(set(numbers))
    chosen = _chosen(select(notice.c.id), tenant_id, Choice(numbers=wanted))
    return sorted(set(wanted) - set(dbsession.scalars(chosen)))


def replay(hooks: Hooks, tenant_id: str, choice: Choice, actor: str) -> Replayed:
    """Let the chosen ones wait again, in their lanes and in their old order. Each is put back once, whoever else asks.

    One transaction and one audit record for each BATCH of them. The caller rings the doorbell.
    """
    done, last, correlation_id = Replayed(), 0, audit.new_correlation_id()
    while True:
        with transaction(hooks) as dbsession:
            found = _chosen(select(notice.c.id, notice.c.lane_id), tenant_id, choice)
            rows = dbsession.execute(
                # What fails again meanwhile is behind us: nothing is put back twice by one request.
                found.where(notice.c.id > last).order_by(notice.c.id).limit(BATCH)
            ).all()
            if not rows:
                return done
            last = rows[-1].id
            some = _put_back(dbsession, [row.id for row in rows], {row.lane_id for row in rows})
            if some.notices:
                _write_down(dbsession, tenant_id, choice, some, actor, correlation_id)
        done = Replayed(done.notices + some.notices, done.unknown + some.unknown)


def _chosen(columns: Select[*tuple[Any, ...]], tenant_id: str, choice: Choice) -> Select[*tuple[Any, ...]]:
    wanted: list[ColumnElement[bool]] = [notice.c.tenant_id == tenant_id, _IS_DEAD]
    if choice.numbers is not None:
        wanted.append(notice.c.id.in_(choice.numbers))
    if choice.reason is not None:
        wanted.append(notice.c.reason == choice.reason)
    if choice.channel is not None:
        wanted.append(notice.c.lane_id.in_(_lane_of(tenant_id, choice.channel)))
    if choice.since is not None:
        wanted.append(notice.c.finished_at >= choice.since)
    if not choice.unknown_too:
        wanted.append(notice.c.state == FAILED)
    return columns.where(*wanted)


def _lane_of(tenant_id: str, conversation: str) -> Select[int]:
    return select(lane.c.id).where(lane.c.tenant_id == tenant_id, lane.c.conversation == conversation)


def _put_back(dbsession: Session, numbers: Sequence[int], lanes: Iterable[int]) -> Replayed:
    # Lanes first and in this order, like everybody else who changes what waits in them.
    there = select(lane.c.id).where(lane.c.id.in_(sorted(lanes))).order_by(lane.c.id).with_for_update()
    dbsession.execute(there)
    # The state from before, because after the update it is gone.
    before = select(notice.c.id, notice.c.state).where(notice.c.id.in_(numbers), _IS_DEAD)
    old = before.order_by(notice.c.id).with_for_update().cte("old")
    rows = dbsession.execute(
        update(notice)
        .where(notice.c.id == old.c.id)
        .values(state="waiting", reason=None, finished_at=None)
        .returning(notice.c.lane_id, old.c.state)
    ).all()
    dbsession.execute(
        update(lane)
        .where(lane.c.id.in_({row.lane_id for row in rows}))
        .values(due_at=func.coalesce(lane.c.due_at, func.greatest(lane.c.ready_at, func.clock_timestamp())))
    )
    return Replayed(len(rows), sum(row.state == UNKNOWN for row in rows))


def _write_down(
    dbsession: Session, tenant_id: str, choice: Choice, some: Replayed, actor: str, correlation_id: str
) -> None:
    audit.record(
        dbsession,
        tenant_id,
        "notices.replay",
        actor=actor,
        correlation_id=correlation_id,
        notices=some.notices,
        unknown=some.unknown,
        reason=choice.reason,
        channel=choice.channel,
    )
