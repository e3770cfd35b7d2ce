"""Backlogs: notices that wait in lanes, their events decided already. SQL makes a million of them in seconds."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from bench.world import World, publication, tenant
from cocoom_slack_plugin.notifications.events import dump

KIND = "publication_published"

# A new conversation has rested for as long as one likes.
_LANES = text("""
    INSERT INTO cocoom_slack_lane (tenant_id, conversation, ready_at, due_at)
    SELECT tenant_id, conversation, now() - interval '30 minutes', now()
    FROM unnest(CAST(:tenants AS text[]), CAST(:conversations AS text[])) AS wanted(tenant_id, conversation)
    RETURNING id
""")

_WORKSPACES = text("""
    INSERT INTO cocoom_slack_workspace (tenant_id)
    SELECT DISTINCT tenant_id FROM cocoom_slack_lane ON CONFLICT DO NOTHING
""")

# The lanes' notices stand between each other, as they do when many tenants act at once.
_NOTICES = text("""
    WITH told AS (
        INSERT INTO cocoom_slack_event (tenant_id, event_id, kind, payload, decided_at)
        SELECT tenant_id, event_id, :kind, jsonb_set(payload, '{event_id}', to_jsonb(event_id)), now()
        FROM (
            SELECT l.tenant_id, 'waiting-' || l.id || '-' || number AS event_id
            FROM generate_series(1, :each) AS number
            CROSS JOIN cocoom_slack_lane l WHERE l.id = ANY(CAST(:lanes AS bigint[]))
            ORDER BY number, l.id
        ) AS wanted
        JOIN unnest(CAST(:tenants AS text[]), CAST(:payloads AS jsonb[])) AS sample(tenant_id, payload)
             USING (tenant_id)
        RETURNING id, tenant_id, event_id
    )
    INSERT INTO cocoom_slack_notice (tenant_id, event_pk, lane_id, locale)
    SELECT tenant_id, id, split_part(event_id, '-', 2)::bigint, 'en' FROM told ORDER BY id
""")


def lay_in(world: World, lanes: Sequence[tuple[int, str]], each: int) -> None:
    """Let ``each`` notices wait for each of these (tenant number, conversation), which have no lane yet."""
    tenants = sorted({number for number, _ in lanes})
    wanted = {
        "tenants": [tenant(number).id for number, _ in lanes],
        "conversations": [name for _, name in lanes],
    }
    samples = {
        "tenants": [tenant(number).id for number in tenants],
        "payloads": [dump(KIND, publication(number)) for number in tenants],
    }
    with world.engine.begin() as database:
        # Without it PostgreSQL looks up every reference, one by one; that they are right is plain to see.
        database.execute(text("SET LOCAL session_replication_role = replica"))
        made = list(database.scalars(_LANES, wanted))
        database.execute(_WORKSPACES)
        database.execute(_NOTICES, {"kind": KIND, "each": each, "lanes": made, **samples})
    analyze(world)


def left(world: World) -> int:
    """How many notices are still waiting."""
    with world.engine.connect() as database:
        return int(
            database.scalar(text("SELECT count(*) FROM cocoom_slack_notice WHERE state = 'waiting'")) or 0
        )


def analyze(world: World) -> None:
    """What autovacuum would do before long: tell the planner how much there is now."""
    with world.engine.begin() as database:
        database.execute(text("ANALYZE"))
