"""What waited while a connection was broken is held, and is delivered, summarised or discarded, once."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from sqlalchemy import text

from cocoom_slack_plugin.audit import audit
from cocoom_slack_plugin.connections.health import mark_broken
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.errors import ChangedMeanwhile, NotConnected
from cocoom_slack_plugin.notifications import catch_up as catching_up
from cocoom_slack_plugin.notifications import held, lanes, trial
from cocoom_slack_plugin.notifications.catch_up import CaughtUp, Choice, catch_up
from cocoom_slack_plugin.notifications.claims import Entry, Fate
from cocoom_slack_plugin.notifications.events import NoticesSummarised, load
from cocoom_slack_plugin.notifications.pace import Pace
from cocoom_slack_plugin.notifications.recording import record
from cocoom_slack_plugin.notifications.tables import event, notice
from cocoom_slack_plugin.notifications.undecided import decide_batch
from cocoom_slack_plugin.notifications.verdict import sent
from cocoom_slack_plugin.notifications.waiting import waiting as read_waiting
from cocoom_slack_plugin.slack import Posted
from demo.slack.control import Control

from .host import ACME, BOB, GLOBEX, Host, in_threads, shared, titles


def _decide(host: Host) -> None:
    with host.session() as dbsession:
        decide_batch(dbsession)
        dbsession.commit()


def _break(host: Host, code: str = "token_revoked") -> bool:
    with host.session() as dbsession:
        broken = mark_broken(dbsession, ACME.id, code)
        dbsession.commit()
        return broken


def _reconnect(host: Host) -> None:
    host.set_connection(ACME, health="ok", health_code=None)


def _held_at(host: Host) -> Any:
    return next(row.held_at for row in host.rows(connection) if row.tenant_id == ACME.id)


def _catch_up(host: Host, choice: Choice) -> CaughtUp | None:
    return catch_up(host.hooks, ACME, choice, "cli:test")


def _audited(host: Host) -> list[tuple[str, dict[str, Any]]]:
    return [(row.action, row.detail) for row in host.rows(audit) if row.action.startswith("notices.")]


@pytest.fixture
def waiting(host: Host) -> Host:
    """Broken, with two shares for C0NEWS and one comment for Bob, and connected again. Globex waits for its worker."""
    host.route(ACME, "C0NEWS")
    host.route(GLOBEX, "C1NEWS")
    _break(host)
    for title in ("a1", "a2"):
        host.share(title)
    host.comment(BOB)
    host.share("g1", GLOBEX)
    _decide(host)
    _reconnect(host)
    return host


class TestHolding:
    def test_a_broken_connection_is_held_from_then_on(self, host: Host) -> None:
        assert _held_at(host) is None
        assert _break(host)
        since = _held_at(host)
        assert since is not None
        _reconnect(host)
        assert _held_at(host) == since

    def test_broken_again_before_the_decision_it_is_held_since_the_first_time(self, host: Host) -> None:
        _break(host)
        since = _held_at(host)
        _reconnect(host)
        assert _break(host, "account_inactive")
        assert _held_at(host) == since

    def test_what_is_held_is_counted(self, waiting: Host) -> None:
        with waiting.session() as dbsession:
            (found,) = held.of_tenants(dbsession, [ACME.id, GLOBEX.id]).values()
        oldest = min(row.created_at for row in waiting.rows(notice))
        assert found == held.Held(_held_at(waiting), 3, 2, oldest)

    def test_with_nothing_waiting_it_is_held_all_the_same(self, host: Host) -> None:
        _break(host)
        with host.session() as dbsession:
            assert held.of_tenants(dbsession, [ACME.id])[ACME.id].oldest is None


class TestDeciding:
    @pytest.mark.parametrize("choice", list(Choice))
    def test_what_is_not_held_is_not_touched(self, host: Host, choice: Choice) -> None:
        """Above all: nothing is discarded that only waits for its turn."""
        host.route(ACME, "C0NEWS")
        host.share("a1")
        _decide(host)
        assert _catch_up(host, choice) is None
        assert host.states == [("waiting", None)]
        assert _audited(host) == []

    @pytest.mark.parametrize("choice", list(Choice))
    def test_a_second_time_nothing_is_held(self, waiting: Host, choice: Choice) -> None:
        assert _catch_up(waiting, choice) is not None
        waiting.share("later")
        _decide(waiting)
        before = waiting.rows(notice)
        assert _catch_up(waiting, choice) is None
        assert waiting.rows(notice) == before
        assert len(_audited(waiting)) == 1

    @pytest.mark.parametrize("choice", list(Choice))
    def test_a_broken_connection_is_connected_first(self, waiting: Host, choice: Choice) -> None:
        waiting.set_connection(ACME, health="broken", health_code="token_revoked")
        with pytest.raises(NotConnected, match=r"token_revoked.*connect again first"):
            _catch_up(waiting, choice)
        assert _held_at(waiting) is not None

    @pytest.mark.parametrize("choice", list(Choice))
    def test_switched_off_it_stays_held(self, waiting: Host, choice: Choice) -> None:
        """A summary could not be recorded, and would be lost with its notices."""
        waiting.set_connection(ACME, notifications_enabled=False)
        with pytest.raises(NotConnected, match="notifications are off"):
            _catch_up(waiting, choice)
        assert [state for state, _ in waiting.states] == ["waiting"] * 4

    @pytest.mark.parametrize("choice", list(Choice))
    def test_it_is_written_down_with_its_counts(self, waiting: Host, choice: Choice) -> None:
        _catch_up(waiting, choice)
        summaries = 2 if choice is Choice.SUMMARISE else 0
        assert _audited(waiting) == [
            (f"notices.{choice}", {"notices": 3, "conversations": 2, "summaries": summaries})
        ]

    def test_what_the_broken_connection_left_in_lanes_is_forgotten_and_nothing_else(
        self, waiting: Host
    ) -> None:
        waiting.execute(text("UPDATE cocoom_slack_lane SET trouble = 'token_revoked'"))
        waiting.execute(
            text("UPDATE cocoom_slack_lane SET trouble = 'is_archived' WHERE conversation = 'C0NEWS'")
        )
        _catch_up(waiting, Choice.DELIVER)
        assert [waiting.lane(each).trouble for each in ("C0NEWS", "@bob", "C1NEWS")] == [
            "is_archived",
            None,
            "token_revoked",
        ]


class TestDelivering:
    def test_everything_goes_out_in_order(self, waiting: Host, slack: Control) -> None:
        assert _catch_up(waiting, Choice.DELIVER) == CaughtUp(3, 2)
        assert _held_at(waiting) is None
        waiting.drain()
        assert titles(slack.messages("T0ACME", "news")) == ["a1", "a2"]


class TestDiscarding:
    def test_they_are_dropped_with_the_reason_and_their_lanes_are_idle(self, waiting: Host) -> None:
        assert _catch_up(waiting, Choice.DISCARD) == CaughtUp(3, 2)
        assert _held_at(waiting) is None
        rows = [row for row in waiting.rows(notice) if row.tenant_id == ACME.id]
        assert {(row.state, row.reason) for row in rows} == {("dropped", "discarded")}
        assert all(row.finished_at for row in rows)
        assert waiting.lane("C0NEWS").due_at is None
        assert waiting.lane("@bob").due_at is None

    def test_another_tenant_goes_on(self, waiting: Host, slack: Control) -> None:
        _catch_up(waiting, Choice.DISCARD)
        waiting.drain()
        assert titles(slack.messages("T0GLOBEX", "news")) == ["g1"]
        assert slack.messages("T0ACME", "news") == []

    def test_what_nobody_has_decided_yet_is_meant_too(self, waiting: Host) -> None:
        """A worker that was away must not deliver afterwards what was discarded."""
        waiting.share("undecided")
        assert _catch_up(waiting, Choice.DISCARD) == CaughtUp(4, 2)
        assert all(row.decided_at for row in waiting.rows(event))

    def test_what_comes_after_the_decision_is_delivered(self, waiting: Host, slack: Control) -> None:
        _catch_up(waiting, Choice.DISCARD)
        waiting.share("later")
        waiting.drain()
        assert titles(slack.messages("T0ACME", "news")) == ["later"]

    def test_what_comes_during_the_decision_is_not_touched(
        self, waiting: Host, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Recorded and decided into the same lane, between the first look and the lock."""
        look = catching_up._lock_lanes

        def tell_and_look(*arguments: Any) -> Any:
            waiting.share("meanwhile")
            _decide(waiting)
            return look(*arguments)

        monkeypatch.setattr(catching_up, "_lock_lanes", tell_and_look)
        assert _catch_up(waiting, Choice.DISCARD) == CaughtUp(3, 2)
        assert waiting.states.count(("waiting", None)) == 2
        assert waiting.lane("C0NEWS").due_at is not None

    def test_in_many_steps_everything_is_dropped_once(
        self, host: Host, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(catching_up, "LANES_AT_ONCE", 2)
        for number in range(5):
            host.route(ACME, f"C0CHANNEL{number}")
        _break(host)
        host.share("a1")
        host.share("a2")
        _reconnect(host)
        assert _catch_up(host, Choice.DISCARD) == CaughtUp(10, 5)
        assert sum(detail["notices"] for _, detail in _audited(host)) == 10
        assert _held_at(host) is None

    def test_interrupted_it_stays_held_and_is_repeated(
        self, host: Host, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(catching_up, "LANES_AT_ONCE", 2)
        for number in range(5):
            host.route(ACME, f"C0CHANNEL{number}")
        _break(host)
        host.share("a1")
        _reconnect(host)
        clear, steps = catching_up._clear_lanes, iter((True, False))

        def clear_once(*arguments: Any) -> Any:
            if not next(steps, True):
                raise KeyboardInterrupt
            return clear(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(catching_up, "_clear_lanes", clear_once)
            with pytest.raises(KeyboardInterrupt):
                _catch_up(host, Choice.SUMMARISE)
        assert _held_at(host) is not None
        # What was summarised by then waits as a summary, and is part of the one that goes out.
        assert _catch_up(host, Choice.SUMMARISE) == CaughtUp(5, 5, 5)
        _decide(host)
        events = {row.id: row.payload for row in host.rows(event)}
        left = [events[row.event_pk] for row in host.rows(notice) if row.state == "waiting"]
        assert sorted(each["conversation"] for each in left) == [f"C0CHANNEL{n}" for n in range(5)]
        assert {each["counts"]["share_published"] for each in left} == {1}

    def test_of_two_who_decide_differently_one_is_told(self, waiting: Host) -> None:
        def decide(choice: Choice) -> object:
            try:
                return _catch_up(waiting, choice)
            except ChangedMeanwhile:
                return None

        done = in_threads(lambda: decide(Choice.DISCARD), lambda: decide(Choice.SUMMARISE))
        assert sum(each is not None for each in done) == 1
        assert len(_audited(waiting)) == 1


class TestAWorkerThatIsNotDone:
    def test_its_outcome_is_waited_for(self, waiting: Host, monkeypatch: pytest.MonkeyPatch) -> None:
        claim = self._claim(waiting, lease=60)
        waits, done, sleep = threading.Event(), [], time.sleep

        def note_and_sleep(seconds: float) -> None:
            waits.set()
            sleep(seconds)

        monkeypatch.setattr(held.time, "sleep", note_and_sleep)
        thread = threading.Thread(target=lambda: done.append(_catch_up(waiting, Choice.DISCARD)))
        thread.start()
        assert waits.wait(60)
        self._record(waiting, claim)
        thread.join(60)
        assert done == [CaughtUp(2, 2)]
        assert waiting.states.count(("sent", None)) == 1

    def test_one_that_comes_back_too_late_may_not_record(self, waiting: Host) -> None:
        claim = self._claim(waiting, lease=0.2)
        assert _catch_up(waiting, Choice.DISCARD) == CaughtUp(3, 2)
        assert self._record(waiting, claim) == {claim.claim.lane_id}
        assert waiting.states.count(("dropped", "discarded")) == 3

    def test_with_many_who_tell_at_the_same_time_nothing_is_lost(self, waiting: Host, slack: Control) -> None:
        """Each share is told, counted or discarded, and none twice; nobody waits for ever."""

        def tell() -> None:
            for number in range(20):
                waiting.share(f"during {number}")
                _decide(waiting)

        in_threads(tell, tell, lambda: _catch_up(waiting, Choice.SUMMARISE))
        waiting.drain()
        (told,) = [
            row.payload["counts"]["share_published"]
            for row in waiting.rows(event)
            if row.kind == "notices_summarised" and row.payload["conversation"] == "C0NEWS"
        ]
        sent_ = len([each for each in slack.messages("T0ACME", "news") if "during" in each["text"]])
        assert told + sent_ == 42
        assert {state for state, _ in waiting.states} == {"sent", "dropped"}

    def _claim(self, host: Host, lease: float) -> Any:
        """As a worker that claimed before the connection broke."""
        held_at = _held_at(host)
        host.set_connection(ACME, held_at=None)
        with host.session() as dbsession:
            claims = lanes.claim(dbsession, 100, host.settings.model_copy(update={"lease": lease}))
            found = read_waiting(dbsession, claims, 1)
            dbsession.commit()
        host.set_connection(ACME, held_at=held_at)
        held_lanes = [each.claim.lane_id for (each, *_) in found if each.claim.conversation != "C0NEWS"]
        host.execute(
            text(f"UPDATE cocoom_slack_lane SET lease_until = NULL WHERE id = ANY(ARRAY{held_lanes})")
        )
        return next(first for (first, *_) in found if first.claim.conversation == "C0NEWS")

    def _record(self, host: Host, claim: Any) -> set[int]:
        with host.session() as dbsession:
            fate = Fate(claim.notice_id, "sent", carried=True)
            entry = Entry(claim.claim, sent(Posted("C0NEWS", "1.1")), [fate])
            lost = record(dbsession, [entry], Pace(0.0, 1))
            dbsession.commit()
        return lost


class TestSummarising:
    def _payloads(self, host: Host) -> dict[str, Any]:
        rows = [row for row in host.rows(event) if row.kind == "notices_summarised"]
        return {row.payload["conversation"]: row.payload for row in rows}

    def test_each_conversation_is_told_in_one_message(self, waiting: Host, slack: Control) -> None:
        assert _catch_up(waiting, Choice.SUMMARISE) == CaughtUp(3, 2, 2)
        assert _held_at(waiting) is None
        waiting.drain()
        (news,) = slack.messages("T0ACME", "news")
        assert news["text"].endswith("): 2 posts")
        assert waiting.states.count(("dropped", "summarised")) == 3
        assert waiting.states.count(("sent", None)) == 3
        kinds = {row.conversation for row in waiting.lanes if row.due_at is None}
        assert kinds == {"C0NEWS", "@bob", "C1NEWS"}

    def test_a_person_is_found_by_the_summary_alone(self, waiting: Host, slack: Control) -> None:
        """Nobody knows yet who Bob is in Slack: the e-mail of the summary's addressee says so."""
        _catch_up(waiting, Choice.SUMMARISE)
        waiting.drain()
        assert self._payloads(waiting)["@bob"]["addressee"]["email"] == BOB.email
        assert len(slack.requests("users.lookupByEmail")) == 1
        sent_to = [row.channel for row in waiting.messages if row.channel.startswith("D")]
        assert len(sent_to) == 1

    def test_it_says_how_many_of_what_and_when(self, host: Host) -> None:
        host.route(ACME, "C0NEWS")
        host.execute(text("UPDATE cocoom_slack_route SET locale = 'fr'"))
        _break(host)
        for title in ("a1", "a2"):
            host.share(title)
        host.tell("publication_published", shared("a3"))
        _decide(host)
        _reconnect(host)
        times = [row.recorded_at for row in host.events]
        _catch_up(host, Choice.SUMMARISE)
        payload = self._payloads(host)["C0NEWS"]
        assert payload["counts"] == {"share_published": 2, "publication_published": 1}
        assert (payload["locale"], payload["addressee"]) == ("fr", None)
        told = load("notices_summarised", payload)
        assert isinstance(told, NoticesSummarised)
        assert (told.since, told.until) == (min(times), max(times))

    def test_a_summary_that_waits_itself_is_part_of_the_next_one(self, waiting: Host, slack: Control) -> None:
        """Broken, summarised, broken again before the summary was sent."""
        _catch_up(waiting, Choice.SUMMARISE)
        first = self._payloads(waiting)["C0NEWS"]
        _break(waiting)
        waiting.share("a3")
        _decide(waiting)
        _reconnect(waiting)
        assert _catch_up(waiting, Choice.SUMMARISE) == CaughtUp(3, 2, 2)
        second = self._payloads(waiting)
        assert second["C0NEWS"]["counts"] == {"share_published": 3}
        assert second["C0NEWS"]["since"] == first["since"]
        assert second["@bob"]["counts"] == {"comment_added": 1}
        assert second["@bob"]["addressee"]["id"] == BOB.id
        waiting.drain()
        assert len(slack.messages("T0ACME", "news")) == 1

    def test_a_test_message_is_no_news(self, host: Host) -> None:
        with host.session() as dbsession:
            trial.record(dbsession, ACME, "C0NEWS")
            dbsession.commit()
        _break(host)
        _decide(host)
        _reconnect(host)
        assert _catch_up(host, Choice.SUMMARISE) == CaughtUp(1, 1, 0)
        assert host.states == [("dropped", "summarised")]

    def test_an_event_of_another_version_is_counted_and_breaks_nothing(self, waiting: Host) -> None:
        waiting.execute(
            text(
                """UPDATE cocoom_slack_event SET kind = 'from_tomorrow', payload = '{}' WHERE tenant_id = 't-acme'"""
            )
        )
        assert _catch_up(waiting, Choice.SUMMARISE) == CaughtUp(3, 2, 2)
        assert self._payloads(waiting)["@bob"]["addressee"] is None
        assert self._payloads(waiting)["C0NEWS"]["counts"] == {"from_tomorrow": 2}
