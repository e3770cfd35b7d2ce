"""100,000 configured tenants: what one of them costs does not depend on the others.

The others are connected and have been told something before; nothing of theirs is waiting. Measured with 20 tenants
before and after, the quicker of which counts, and with all of them in between. In the end each of them has something
waiting: the price of fairness is one step in an index for each tenant that waits, and this is the figure that shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.interleaved import each_took, medians
from bench.report import Row, compared
from bench.request import HOOK
from bench.waiting import analyze, lay_in
from bench.world import World, conversations, publication
from cocoom_slack_plugin.notifications import lanes

NOTICES = 5
MILLI = 1e3
COSTS = ("the hook of one tenant", "one claim", "one look for what is due next")

_CONNECT = text("""
    INSERT INTO cocoom_slack_connection (tenant_id, team_id, sealed_bot_token, notifications_enabled)
    SELECT 't-other-' || number, 'T0OTHER' || number, sealed_bot_token, true
    FROM generate_series(1, :count) AS number, cocoom_slack_connection WHERE tenant_id = 't-bench-0'
""")
_LANES = text("""
    INSERT INTO cocoom_slack_lane (tenant_id, conversation)
    SELECT tenant_id, 'C0OTHER' FROM cocoom_slack_connection WHERE tenant_id LIKE 't-other-%'
""")
_WORKSPACES = text("""
    INSERT INTO cocoom_slack_workspace (tenant_id)
    SELECT tenant_id FROM cocoom_slack_connection WHERE tenant_id LIKE 't-other-%'
""")
_DUE = text("UPDATE cocoom_slack_lane SET due_at = now() WHERE tenant_id LIKE 't-other-%'")


def measure(world: World, count: int, rounds: int) -> Iterator[Row]:
    """``count`` tenants more than the 20."""
    world.clear()
    lay_in(world, conversations("few"), NOTICES)
    before = _costs(world, rounds)
    _run(world, _CONNECT, count=count)
    _run(world, _LANES)
    _run(world, _WORKSPACES)
    many = _costs(world, rounds)
    _run(world, _DUE)
    waiting = _costs(world, max(rounds // 10, 3))
    _run(world, text("DELETE FROM cocoom_slack_lane WHERE tenant_id LIKE 't-other-%'"))
    for table in ("workspace", "connection"):
        _run(world, text(f"DELETE FROM cocoom_slack_{table} WHERE tenant_id LIKE 't-other-%'"))
    after = _costs(world, rounds)
    for number, name in enumerate(COSTS):
        few = Row(f"{name}, 20 tenants", min(before[number], after[number]) * MILLI, "ms")
        yield few
        yield compared(f"{name}, {count:,} tenants", many[number] * MILLI, "ms", few, "<=1.5")
        if number:
            value = waiting[number] * MILLI
            yield compared(f"{name}, {count:,} tenants that all wait", value, "ms", few)
    world.clear()


def _costs(world: World, rounds: int) -> list[float]:
    """Seconds of each of the COSTS."""
    hooks, settings = world.host(), world.settings()
    with Session(world.engine) as dbsession:

        def hook() -> None:
            hooks.tell(HOOK, publication(0), dbsession)

        works: list[Callable[[], Any]] = [
            hook,
            lambda: lanes.claim(dbsession, settings.lanes_in_flight, settings),
            lambda: lanes.seconds_to_next(dbsession),
        ]
        return medians(rounds, *(_in_transaction(dbsession, work) for work in works))


def _in_transaction(dbsession: Session, work: Callable[[], Any]) -> Callable[[], float]:
    """Once, in a transaction that is open when the clock starts; rolled back, so that each round finds the same."""

    def once() -> float:
        dbsession.execute(text("SELECT 1"))
        try:
            return each_took(lambda _: work(), [None])
        finally:
            dbsession.rollback()

    return once


def _run(world: World, statement: Any, **values: object) -> None:
    with world.engine.begin() as database:
        database.execute(statement, values)
    with world.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as database:
        database.execute(text("VACUUM cocoom_slack_connection, cocoom_slack_lane, cocoom_slack_workspace"))
    analyze(world)
