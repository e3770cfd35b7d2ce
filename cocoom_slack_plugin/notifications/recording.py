"""Recording what became of notices, for many lanes at once, and giving the lanes back.

Whoever records must show the fencing number of its claim; a late record is refused and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import case, func, select, text, update
from sqlalchemy.orm import Session

from cocoom_slack_plugin.database import seconds_from_now
from cocoom_slack_plugin.notifications.claims import Claim, Entry, Waiting
from cocoom_slack_plugin.notifications.tables import lane
from cocoom_slack_plugin.notifications.verdict import Reach, Verdict


def record(dbsession: Session, entries: Sequence[Entry], lease: float) -> set[int]:
    """Write down what became of notices and when their lanes go on; entries of one lane in the order of posting.

    Returns the lanes whose claim was lost meanwhile: nothing is written for those.
    """
    ours = _still_ours(dbsession, {each.waiting.claim for each in entries})
    valid = [each for each in entries if each.waiting.claim.lane_id in ours]
    if valid:
        message_ids = _record_messages(dbsession, valid)
        _record_notices(dbsession, valid, message_ids)
        for tenant_id, seconds in _workspace_pauses(valid).items():
            _pause_workspace(dbsession, tenant_id, seconds)
        _settle(dbsession, list({each.waiting.claim.lane_id: each for each in valid}.values()), lease)
    return {each.waiting.claim.lane_id for each in entries} - ours


def release(dbsession: Session, held: Sequence[Claim]) -> None:
    """Give lanes back as they are, due at once if something waits in them."""
    ours = _still_ours(dbsession, set(held)) if held else set()
    as_it_is = Verdict(notice=None)
    given_back = [Entry(Waiting(each, 0, "", "", {}), as_it_is) for each in held if each.lane_id in ours]
    if given_back:
        _settle(dbsession, given_back, 0.0)


def _still_ours(dbsession: Session, held: Iterable[Claim]) -> set[int]:
    # The rows stay locked: nobody adds to or claims these lanes until this transaction has settled them.
    fences = {each.lane_id: each.fence for each in held}
    locked = (
        select(lane.c.id, lane.c.fence).where(lane.c.id.in_(fences)).order_by(lane.c.id).with_for_update()
    )
    return {row.id for row in dbsession.execute(locked) if row.fence == fences[row.id]}


# From here on one statement for all entries: its arrays are taken apart by unnest.

_MESSAGES = text("""
    INSERT INTO cocoom_slack_message (tenant_id, lane_id, outcome, channel, ts, trouble)
    SELECT * FROM unnest(CAST(:tenants AS text[]), CAST(:lanes AS bigint[]), CAST(:outcomes AS text[]),
                         CAST(:channels AS text[]), CAST(:tss AS text[]), CAST(:troubles AS text[]))
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
    WHERE n.id = v.id
""")

# A statement of its own, after the lock: in one statement it would not see notices committed in between.
_LANES = text("""
    UPDATE cocoom_slack_lane AS l
    SET lease_until = CASE WHEN v.goes_on THEN clock_timestamp() + make_interval(secs => :lease) END,
        ready_at = clock_timestamp() + make_interval(secs => v.pause),
        due_at = CASE WHEN EXISTS (SELECT FROM cocoom_slack_notice n WHERE n.lane_id = l.id AND n.state = 'waiting')
                 THEN clock_timestamp() + make_interval(secs => v.pause) END,
        attempts = CASE WHEN v.counts THEN l.attempts + 1 WHEN v.finished THEN 0 ELSE l.attempts END,
        trouble = v.trouble
    FROM unnest(CAST(:ids AS bigint[]), CAST(:pauses AS float8[]), CAST(:counts AS boolean[]),
                CAST(:finished AS boolean[]), CAST(:goes_on AS boolean[]), CAST(:troubles AS text[]))
         AS v(id, pause, counts, finished, goes_on, trouble)
    WHERE l.id = v.id
""")


def _record_messages(dbsession: Session, entries: Sequence[Entry]) -> dict[int, int]:
    """The messages' ids by their notices'."""
    made = [each for each in entries if each.verdict.message is not None]
    if not made:
        return {}
    posted = [each.verdict.posted for each in made]
    ids = dbsession.scalars(
        _MESSAGES,
        {
            "tenants": [each.waiting.claim.tenant_id for each in made],
            "lanes": [each.waiting.claim.lane_id for each in made],
            "outcomes": [each.verdict.message for each in made],
            "channels": [each and each.channel for each in posted],
            "tss": [each and each.ts for each in posted],
            "troubles": [each.verdict.code for each in made],
        },
    )
    # Rows come back in the order in which they went in: unnest gives them one after the other.
    return dict(zip((each.waiting.notice_id for each in made), ids, strict=True))


def _record_notices(dbsession: Session, entries: Sequence[Entry], message_ids: dict[int, int]) -> None:
    dbsession.execute(
        _NOTICES,
        {
            "ids": [each.waiting.notice_id for each in entries],
            "states": [each.verdict.notice for each in entries],
            "reasons": [each.verdict.code for each in entries],
            "messages": [message_ids.get(each.waiting.notice_id) for each in entries],
        },
    )


def _settle(dbsession: Session, last: Sequence[Entry], lease: float) -> None:
    """Say when lanes go on; ``last`` has the last entry of each."""
    dbsession.execute(
        _LANES,
        {
            "ids": [each.waiting.claim.lane_id for each in last],
            "pauses": [float(each.verdict.pause) for each in last],
            "counts": [each.verdict.counts for each in last],
            "finished": [each.verdict.notice is not None for each in last],
            "goes_on": [each.goes_on for each in last],
            "troubles": [None if each.verdict.notice == "sent" else each.verdict.code for each in last],
            "lease": lease,
        },
    )


def _workspace_pauses(entries: Iterable[Entry]) -> dict[str, float]:
    pauses: dict[str, float] = {}
    for each in entries:
        if each.verdict.reach is Reach.WORKSPACE:
            tenant_id = each.waiting.claim.tenant_id
            pauses[tenant_id] = max(pauses.get(tenant_id, 0.0), each.verdict.pause)
    return pauses


def _pause_workspace(dbsession: Session, tenant_id: str, seconds: float) -> None:
    """Nothing of this workspace is posted for a while; which of its limits was hit, Slack does not say."""
    until = seconds_from_now(seconds)
    # Those that a colleague is settling are left out: they meet the limit themselves.
    others = select(lane.c.id).where(lane.c.tenant_id == tenant_id).with_for_update(skip_locked=True)
    dbsession.execute(
        update(lane)
        .where(lane.c.id.in_(others))
        .values(
            ready_at=func.greatest(lane.c.ready_at, until),
            due_at=case((lane.c.due_at.is_(None), None), else_=func.greatest(lane.c.due_at, until)),
        )
    )
