"""A claim is a lease with a number: no two workers hold a lane, no late one changes it, and no notice is forgotten."""

from __future__ import annotations

import json
import threading
import time

from sqlalchemy import delete, text

from cocoom_slack_plugin.notifications import lanes
from cocoom_slack_plugin.notifications.claims import Entry, Fate, Waiting
from cocoom_slack_plugin.notifications.pace import Pace
from cocoom_slack_plugin.notifications.recording import record
from cocoom_slack_plugin.notifications.tables import lane, message, notice
from cocoom_slack_plugin.notifications.undecided import decide_batch
from cocoom_slack_plugin.notifications.verdict import Reach, Verdict, sent
from cocoom_slack_plugin.notifications.waiting import waiting
from cocoom_slack_plugin.slack import Posted

from .host import ACME, GLOBEX, Host, in_threads

SENT = sent(Posted("C0NEWS", "1.000001"))
FAILED = Verdict(state="failed", message="failed", code="x")
NO_PACE = Pace(0.0, 1)


def _claim(host: Host, limit: int = 100, lease: float = 60.0) -> list[Waiting]:
    with host.session() as dbsession:
        settings = host.but(lease=lease, tenant_share=1000).settings
        found = [first for first, *_ in waiting(dbsession, lanes.claim(dbsession, limit, settings), 1)]
        dbsession.commit()
        return found


def _record(host: Host, waiting: Waiting, verdict: Verdict, pace: Pace = NO_PACE) -> bool:
    fate = Fate(waiting.notice_id, verdict.state, carried=verdict.message is not None)
    with host.session() as dbsession:
        recorded = not record(dbsession, [Entry(waiting.claim, verdict, [fate])], pace)
        dbsession.commit()
        return recorded


def _decide(host: Host) -> None:
    with host.session() as dbsession:
        decide_batch(dbsession)
        dbsession.commit()


def _seconds_to_next(host: Host) -> float | None:
    with host.session() as dbsession:
        return lanes.seconds_to_next(dbsession)


def _with_lanes(host: Host, number: int, notices: int = 1) -> None:
    for each in range(number):
        host.route(ACME, f"C0CHANNEL{each}")
    for each in range(notices):
        host.share(str(each))
    _decide(host)


def _expire(host: Host) -> None:
    host.execute(text("UPDATE cocoom_slack_lane SET lease_until = now() - interval '1 second'"))


def test_lanes_that_somebody_holds_just_now_are_passed_over(host: Host) -> None:
    _with_lanes(host, 10)
    with host.session() as other:
        held = text("SELECT id FROM cocoom_slack_lane ORDER BY due_at, id LIMIT 6 FOR UPDATE")
        locked = set(other.scalars(held))
        claimed = {each.claim.lane_id for each in _claim(host, 6)}
        assert len(claimed) == 4
        assert not locked & claimed
        other.rollback()
    assert {each.claim.lane_id for each in _claim(host)} == locked


def test_eight_workers_at_once_claim_every_lane_once(host: Host) -> None:
    _with_lanes(host, 40)
    claimed: list[int] = []
    lock = threading.Lock()

    def work() -> None:
        while found := _claim(host, 3):
            with lock:
                claimed.extend(each.claim.lane_id for each in found)

    in_threads(*[work] * 8)
    assert sorted(claimed) == [row.id for row in host.lanes]


def test_the_first_waiting_notice_comes_first_and_the_longest_due_lane(host: Host) -> None:
    _with_lanes(host, 2, notices=3)
    host.execute(
        text(
            "UPDATE cocoom_slack_lane SET due_at = now() - interval '1 hour' WHERE conversation = 'C0CHANNEL1'"
        )
    )
    (waiting,) = _claim(host, limit=1)
    assert waiting.claim.conversation == "C0CHANNEL1"
    assert json.loads(waiting.payload)["post"]["title"] == "0"
    assert waiting.claim.fence == 1


def test_a_lane_of_a_tenant_that_is_broken_or_off_is_not_claimed(host: Host) -> None:
    host.route(GLOBEX, "C1NEWS")
    host.share("Nouvelles", GLOBEX)
    _with_lanes(host, 1)
    host.set_connection(ACME, health="broken")
    host.set_connection(GLOBEX, notifications_enabled=False)
    assert _claim(host) == []
    assert _seconds_to_next(host) is None
    host.set_connection(ACME, health="ok")
    assert [each.claim.tenant_id for each in _claim(host)] == [ACME.id]


def test_an_expired_lease_hands_over_with_a_higher_number_and_the_late_record_is_refused(host: Host) -> None:
    _with_lanes(host, 1)
    (late,) = _claim(host)
    assert _claim(host) == []
    _expire(host)
    (heir,) = _claim(host)
    assert heir.claim.fence == late.claim.fence + 1
    before = [host.rows(table) for table in (lane, notice, message)]
    for verdict in (SENT, FAILED, Verdict(pause=99)):
        assert not _record(host, late, verdict)
    assert [host.rows(table) for table in (lane, notice, message)] == before
    assert _record(host, heir, SENT)
    assert host.states == [("sent", None)]


def test_a_late_record_is_refused_even_after_the_heir_has_finished(host: Host) -> None:
    _with_lanes(host, 1)
    (late,) = _claim(host)
    _expire(host)
    (heir,) = _claim(host)
    assert _record(host, heir, SENT)
    assert not _record(host, late, FAILED)
    assert host.states == [("sent", None)]
    assert host.outcomes == ["sent"]


def test_a_lane_is_due_as_long_as_something_waits(host: Host) -> None:
    _with_lanes(host, 1, notices=2)
    (first,) = _claim(host)
    assert _record(host, first, SENT)
    assert host.lanes[0].due_at is not None
    assert host.lanes[0].lease_until is None
    (second,) = _claim(host)
    assert second.notice_id > first.notice_id
    assert _record(host, second, SENT)
    assert host.lanes[0].due_at is None
    assert _seconds_to_next(host) is None


def test_a_pause_holds_the_lane_and_also_what_arrives_meanwhile(host: Host) -> None:
    _with_lanes(host, 1)
    (waiting,) = _claim(host)
    assert _record(host, waiting, SENT, Pace(60.0, 1))
    host.share("meanwhile")
    _decide(host)
    assert _claim(host) == []
    seconds = _seconds_to_next(host)
    assert seconds is not None
    assert 50 < seconds <= 60


def test_attempts_are_counted_until_something_is_finished(host: Host) -> None:
    _with_lanes(host, 1, notices=2)
    again = Verdict(message="unknown", code="no_answer", pause=0, counts=True)
    for number in range(3):
        (waiting,) = _claim(host)
        assert waiting.claim.attempts == number
        assert _record(host, waiting, again)
    assert host.lanes[0].trouble == "no_answer"
    (waiting,) = _claim(host)
    limited = Verdict(code="ratelimited", pause=0, reach=Reach.WORKSPACE)
    assert _record(host, waiting, limited)
    assert host.lanes[0].attempts == 3
    (waiting,) = _claim(host)
    assert _record(host, waiting, SENT)
    assert (host.lanes[0].attempts, host.lanes[0].trouble) == (0, None)
    assert host.outcomes == ["unknown"] * 3 + ["sent"]


def test_a_workspace_pause_holds_every_lane_of_the_tenant_and_no_other(host: Host) -> None:
    """Also those that are made during the pause."""
    host.route(GLOBEX, "C1NEWS")
    host.share("Nouvelles", GLOBEX)
    _with_lanes(host, 4)
    waiting = next(each for each in _claim(host, 1) + _claim(host) if each.claim.tenant_id == ACME.id)
    _expire(host)
    limited = Verdict(code="ratelimited", pause=100, reach=Reach.WORKSPACE)
    assert _record(host, waiting, limited)
    host.route(ACME, "C0NEW")
    host.share("for a new lane")
    _decide(host)
    assert {each.claim.tenant_id for each in _claim(host)} == {GLOBEX.id}
    _expire(host)
    host.execute(delete(lane).where(lane.c.tenant_id == GLOBEX.id))
    seconds = _seconds_to_next(host)
    assert seconds is not None
    assert 90 < seconds <= 100


def test_workers_that_are_all_told_to_wait_do_not_wait_for_each_other(host: Host) -> None:
    _with_lanes(host, 20)
    claimed = _claim(host)
    limited = Verdict(code="ratelimited", pause=100, reach=Reach.WORKSPACE)
    assert in_threads(*(lambda w=each: _record(host, w, limited) for each in claimed)) == [True] * 20  # type: ignore[misc]
    assert _claim(host) == []
    assert {row.lease_until for row in host.lanes} == {None}


def test_a_claim_without_a_waiting_notice_is_given_back(host: Host) -> None:
    _with_lanes(host, 1)
    host.execute(text("UPDATE cocoom_slack_notice SET state = 'dropped'"))
    assert _claim(host) == []
    assert (host.lanes[0].due_at, host.lanes[0].lease_until) == (None, None)


def test_a_notice_that_is_added_while_its_lane_is_settled_is_not_forgotten(host: Host) -> None:
    """A hundred races between the record that empties a lane and the decision that fills it."""
    host.route(ACME, "C0NEWS")
    for number in range(100):
        host.share(f"first {number}")
        _decide(host)
        (waiting,) = _claim(host)
        host.share(f"second {number}")
        in_threads(lambda w=waiting: _record(host, w, SENT), lambda: _decide(host))  # type: ignore[misc]
        assert [row.due_at is not None for row in host.lanes] == [True], f"round {number}"
        (left,) = _claim(host)
        assert json.loads(left.payload)["post"]["title"] == f"second {number}"
        assert _record(host, left, SENT)
        assert _seconds_to_next(host) is None


def test_time_is_the_databases(host: Host) -> None:
    """A worker whose own clock is wrong leases no longer than the others."""
    _with_lanes(host, 1)
    _claim(host, lease=30.0)
    with host.engine.connect() as open_:
        left = open_.scalar(
            text("SELECT extract(epoch FROM lease_until - clock_timestamp()) FROM cocoom_slack_lane")
        )
    assert 25 < float(left or 0) <= 30
    seconds = _seconds_to_next(host)
    assert seconds is not None
    assert 25 < seconds <= 30


def test_undecided_events_are_work_that_is_due(host: Host) -> None:
    host.share("News")
    assert _seconds_to_next(host) == 0.0


def test_deciding_locks_lanes_in_the_order_of_recording_so_that_neither_waits_for_the_other(
    host: Host,
) -> None:
    """The lane with the lower id has the later name; whoever holds the first may always take the second."""
    for channel in ("C0ZEBRA", "C0ANT"):
        host.route(ACME, channel)
        host.share(channel)
        _decide(host)
    first, second = (row.id for row in host.lanes)
    assert [row.conversation for row in host.lanes] == ["C0ZEBRA", "C0ANT"]
    host.share("for both")
    locking = "SELECT FROM cocoom_slack_lane WHERE id = :id FOR UPDATE"
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with host.session() as recorder:
        recorder.execute(text(locking), {"id": first})
        decider = threading.Thread(target=_decide, args=(host,))
        decider.start()
        deadline = time.monotonic() + 30
        with host.session() as watcher:
            while not watcher.scalar(text(waits)):
                assert time.monotonic() < deadline, "the decider does not wait for the recorder"
                watcher.rollback()
        recorder.execute(text(f"{locking} NOWAIT"), {"id": second})
        recorder.commit()
    decider.join(timeout=30)
    assert [state for state, _ in host.states].count("waiting") == 5
