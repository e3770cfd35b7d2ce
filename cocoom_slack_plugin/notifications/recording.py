"""Recording what became of claims, for many lanes at once, and giving the lanes back.

Whoever records must show the fencing number of its claim; a late record is refused and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from cocoom_slack_plugin.notifications import workspaces
from cocoom_slack_plugin.notifications.claims import Amended, Claim, Entry, Fate
from cocoom_slack_plugin.notifications.pace import Pace
from cocoom_slack_plugin.notifications.tables import lane
from cocoom_slack_plugin.notifications.verdict import LATER


def record(dbsession: Session, entries: Sequence[Entry], pace: Pace) -> set[int]:
    """Write down what became of claims, and when their lanes go on by the ``pace`` of a conversation.

    Returns the lanes whose claim was lost meanwhile: nothing is written for those.
    """
    ours = _still_ours(dbsession, {each.claim for each in entries})
    valid = [each for each in entries if each.claim.lane_id in ours]
    if valid:
        _record_notices(dbsession, valid, _record_messages(dbsession, valid))
        _record_amended(dbsession, [each.amended for each in valid if each.amended])
        _settle(dbsession, valid, pace)
        workspaces.record(dbsession, [(each.claim, each.verdict) for each in valid])
    return {each.claim.lane_id for each in entries} - ours


def release(dbsession: Session, held: Sequence[Claim]) -> None:
    """Give lanes back as they are, due at once if something waits in them."""
    ours = _still_ours(dbsession, set(held)) if held else set()
    if given_back := [Entry(each, LATER) for each in held if each.lane_id in ours]:
        _settle(dbsession, given_back, Pace(0.0, 1))


def _still_ours(dbsession: Session, held: Iterable[Claim]) -> set[int]:
    # The rows stay locked: nobody adds to or claims these lanes until this transaction has settled them.
    fences = {each.lane_id: each.fence for each in held}
    locked = (
        select(lane.c.id, lane.c.fence).where(lane.c.id.in_(fences)).order_by(lane.c.id).with_for_update()
    )
    return {row.id for row in dbsession.execute(locked) if row.fence == fences[row.id]}


# From here on one statement for all entries: its arrays are taken apart by unnest.

_MESSAGES = text("""
    INSERT INTO cocoom_slack_message (tenant_id, lane_id, outcome, channel, ts, parent_ts, trouble)
    SELECT * FROM unnest(CAST(:tenants AS text[]), CAST(:lanes AS bigint[]), CAST(:outcomes AS text[]),
                         CAST(:channels AS text[]), CAST(:tss AS text[]), CAST(:parents AS text[]),
                         CAST(:troubles AS text[]))
    RETURNING id
""")

_NOTICES = text("""
    UPDATE cocoom_slack_notice AS n
    SET state = coalesce(v.state, n.state),
        reason = CASE WHEN v.state IS NULL THEN n.reason ELSE v.reason END,
        finished_at = CASE WHEN v.state IS NULL THEN NULL ELSE now() END,
        message_id = coalesce(v.message_id, n.message_id)
    FROM unnest(CAST(:ids AS bigint[]), CAST(:states AS text[]), CAST(:reasons AS text[]), CAST(:messages AS bigint[]))
         AS v(id, state, reason, message_id)
    WHERE n.id = v.id AND n.state = 'waiting'
""")

_AMENDED = text("""
    UPDATE cocoom_slack_message AS m SET amended_by = v.notice_id
    FROM unnest(CAST(:ids AS bigint[]), CAST(:by AS bigint[])) AS v(id, notice_id) WHERE m.id = v.id
""")

# A statement of its own, after the lock: in one statement it would not see notices committed in between.
_LANES = text("""
    UPDATE cocoom_slack_lane AS l
    SET lease_until = NULL,
        ready_at = v.ready_at,
        due_at = CASE WHEN EXISTS (SELECT FROM cocoom_slack_notice n
                                   WHERE n.lane_id = l.id AND n.state = 'waiting' AND n.not_before IS NULL)
                 THEN greatest(v.ready_at, clock_timestamp())
                 ELSE (SELECT greatest(v.ready_at, clock_timestamp(), n.not_before) FROM cocoom_slack_notice n
                       WHERE n.lane_id = l.id AND n.state = 'waiting' AND n.not_before IS NOT NULL
                       ORDER BY n.not_before LIMIT 1) END,
        attempts = CASE WHEN v.counts THEN l.attempts + 1 WHEN v.finished THEN 0 ELSE l.attempts END,
        trouble = v.trouble,
        doubted_at = CASE WHEN v.doubt THEN coalesce(l.doubted_at, clock_timestamp()) WHEN v.finished THEN NULL
                     ELSE l.doubted_at END,
        doubt_upto = NULL
    FROM (
        SELECT e.id, e.counts, e.finished, e.doubt, e.trouble, greatest(
            CASE WHEN e.called
                 THEN greatest(known.ready_at, clock_timestamp() - make_interval(secs => :rest))
                      + make_interval(secs => :interval)
                 ELSE known.ready_at END,
            CASE WHEN e.pause > 0 THEN clock_timestamp() + make_interval(secs => e.pause) END) AS ready_at
        FROM unnest(CAST(:ids AS bigint[]), CAST(:pauses AS float8[]), CAST(:counts AS boolean[]),
                    CAST(:finished AS boolean[]), CAST(:called AS boolean[]), CAST(:doubts AS boolean[]),
                    CAST(:troubles AS text[])) AS e(id, pause, counts, finished, called, doubt, trouble)
        JOIN cocoom_slack_lane known ON known.id = e.id
    ) AS v
    WHERE l.id = v.id
""")


def _record_messages(dbsession: Session, entries: Sequence[Entry]) -> dict[Claim, int]:
    """The messages' ids by their claims."""
    made = [each for each in entries if each.verdict.message is not None]
    if not made:
        return {}
    posted = [each.verdict.posted for each in made]
    ids = dbsession.scalars(
        _MESSAGES,
        {
            "tenants": [each.claim.tenant_id for each in made],
            "lanes": [each.claim.lane_id for each in made],
            "outcomes": [each.verdict.message for each in made],
            "channels": [each and each.channel for each in posted],
            "tss": [each and each.ts for each in posted],
            "parents": [each and each.parent_ts for each in posted],
            "troubles": [each.verdict.code for each in made],
        },
    )
    # Rows come back in the order in which they went in: unnest gives them one after the other.
    return dict(zip((each.claim for each in made), ids, strict=True))


def _record_notices(dbsession: Session, entries: Sequence[Entry], messages: dict[Claim, int]) -> None:
    fates: list[tuple[Fate, int | None]] = [
        (fate, messages.get(each.claim) if fate.carried else None) for each in entries for fate in each.fates
    ]
    dbsession.execute(
        _NOTICES,
        {
            "ids": [fate.notice_id for fate, _ in fates],
            "states": [fate.state for fate, _ in fates],
            "reasons": [fate.reason for fate, _ in fates],
            "messages": [message_id for _, message_id in fates],
        },
    )


def _record_amended(dbsession: Session, amended: Sequence[Amended]) -> None:
    if amended:
        given = {"ids": [each.message_id for each in amended], "by": [each.notice_id for each in amended]}
        dbsession.execute(_AMENDED, given)


def _settle(dbsession: Session, entries: Sequence[Entry], pace: Pace) -> None:
    """Say when lanes go on."""
    verdicts = [each.verdict for each in entries]
    dbsession.execute(
        _LANES,
        {
            "ids": [each.claim.lane_id for each in entries],
            "pauses": [float(each.pause) for each in verdicts],
            "counts": [each.counts for each in verdicts],
            "finished": [each.state is not None for each in verdicts],
            "called": [each.called for each in verdicts],
            "doubts": [each.in_doubt and each.state is None for each in verdicts],
            "troubles": [None if each.state == "sent" else each.code for each in verdicts],
            "interval": pace.interval,
            "rest": pace.rest,
        },
    )
