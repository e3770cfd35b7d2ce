"""From the hook to Slack: everything once, in order, in the right workspace, with that tenant's own token."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time

import pytest
from sqlalchemy import text

from cocoom_hooks.payloads import CollaboratorEvent
from cocoom_slack_plugin.notifications.drain import Drain
from cocoom_slack_plugin.people import person as people
from cocoom_slack_plugin.people.person import Person, Source
from cocoom_slack_plugin.people.tables import person
from cocoom_slack_plugin.slack import SlackGateway
from cocoom_slack_plugin.switches import Switches
from cocoom_slack_plugin.testing import envelope, make_user
from demo.slack.control import Control

from .host import ACME, BOB, GLOBEX, Host, in_threads, titles


def test_everything_once_in_order_with_the_right_token(host: Host, slack: Control) -> None:
    host.route(ACME, "C0NEWS")
    host.route(ACME, "C0GENERAL")
    host.route(GLOBEX, "C1NEWS")
    for number in range(12):
        host.share(f"a{number}")
        host.share(f"g{number}", GLOBEX)
    assert host.drain() is False
    for team, channel, word in (
        ("T0ACME", "news", "a"),
        ("T0ACME", "general", "a"),
        ("T0GLOBEX", "news", "g"),
    ):
        assert titles(slack.messages(team, channel)) == [f"{word}{number}" for number in range(12)]
    assert host.states == [("sent", None)] * 36
    assert host.outcomes == ["sent"] * 36
    tokens = {(each["team"], each["token"]) for each in slack.requests("chat.postMessage")}
    assert tokens == {("T0ACME", "xoxb-demo-acme"), ("T0GLOBEX", "xoxb-demo-globex")}
    assert all(row.due_at is None for row in host.lanes)


def test_a_sent_notice_knows_its_message(host: Host, slack: Control) -> None:
    host.route(ACME, "C0NEWS")
    host.share("News", event_id="e1")
    host.drain()
    (stored,) = slack.messages("T0ACME", "news")
    (message,) = host.messages
    assert (message.channel, message.ts, message.tenant_id) == ("C0NEWS", stored["ts"], ACME.id)
    assert slack.posted() == {"e1": 1}


def test_nothing_is_unfurled_parsed_or_linked(host: Host, slack: Control) -> None:
    host.route(ACME, "C0NEWS")
    host.share("<!channel> @here #general *b*")
    host.drain()
    (request,) = slack.requests("chat.postMessage")
    given = request["arguments"]
    assert (given["parse"], given["link_names"]) == ("none", False)
    assert (given["unfurl_links"], given["unfurl_media"]) == (False, False)
    assert "<!channel>" not in given["text"]
    assert given["metadata"]["event_payload"].keys() == {"event_key"}


def test_many_workers_together_send_everything_once_and_in_order(host: Host, slack: Control) -> None:
    """F28, without the killing."""
    for channel in ("C0NEWS", "C0GENERAL", "C0WELCOME"):
        host.route(ACME, channel)
    for number in range(15):
        host.share(str(number))
    in_threads(*[host.drain] * 4)
    # On a machine that stood still for a lease a lane comes back later; the sweeper would ring for it.
    until = time.monotonic() + 60
    while host.states != [("sent", None)] * 45 and time.monotonic() < until:
        host.drain()
    for channel in ("news", "general", "welcome"):
        assert titles(slack.messages("T0ACME", channel)) == [str(number) for number in range(15)]
    assert set(slack.posted().values()) == {3}  # one in each channel


def test_the_pace_of_a_conversation_is_kept(host: Host, slack: Control) -> None:
    slow = host.but(channel_interval=0.4, channel_burst=1)
    slow.route(ACME, "C0NEWS")
    for number in range(4):
        slow.share(str(number))
    slow.drain()
    times = [float(each["ts"]) for each in slack.messages("T0ACME", "news")]
    assert len(times) == 4
    assert all(later - earlier >= 0.35 for earlier, later in itertools.pairwise(times))


def test_lanes_do_not_wait_for_each_other(host: Host, slack: Control) -> None:
    for channel in ("C0NEWS", "C0GENERAL", "C0WELCOME", "C0EDITORS"):
        host.route(ACME, channel)
    host.share("News")
    slack.settings(latency_ms=500)
    began = time.monotonic()
    host.drain()
    assert time.monotonic() - began < 1.6
    assert host.states == [("sent", None)] * 4


def test_what_happens_while_a_job_runs_is_taken_up_by_it(host: Host, slack: Control) -> None:
    host.route(ACME, "C0NEWS")
    host.route(GLOBEX, "C1NEWS")
    host.share("first")
    slack.settings(latency_ms=700)
    worker = threading.Thread(target=host.drain)
    worker.start()
    until = time.monotonic() + 30
    while not slack.requests("chat.postMessage") and time.monotonic() < until:
        time.sleep(0.02)
    host.share("second", GLOBEX)
    worker.join(timeout=30)
    assert host.states == [("sent", None)] * 2


def test_every_kind_of_event_arrives(host: Host, slack: Control) -> None:
    host.route(ACME, "C0NEWS")
    host.route(ACME, "C0WELCOME", kinds={"newcomers"})
    host.route(GLOBEX, "C1NEWS")
    host.tell("collaborator_joined", CollaboratorEvent(**envelope(ACME), collaborator=BOB))
    host.share("News")
    host.share("Nouvelles", GLOBEX)
    host.drain()
    assert [each["text"] for each in slack.messages("T0ACME", "welcome")] == ["Bob has joined Acme. Welcome!"]
    assert [each["text"] for each in slack.messages("T0ACME", "news")] == ["Bob shared “News” in #general"]
    assert [each["text"] for each in slack.messages("T0GLOBEX", "news")] == [
        "Bob a partagé «\u00a0Nouvelles\u00a0» dans #general"
    ]


# --- people ---


def _match(host: Host, slack_user: str, source: Source, team: str = "T0ACME") -> None:
    with host.session() as dbsession:
        people.match(dbsession, ACME.id, Person("bob", team, slack_user, source))
        dbsession.commit()


def test_a_person_known_from_signing_in_is_told_without_looking_up(host: Host, slack: Control) -> None:
    _match(host, "U0ALICE", Source.LOGIN)
    host.comment(BOB)
    host.drain()
    (message,) = slack.messages("T0ACME", "U0ALICE")
    assert message["text"].startswith("Chloe commented on your post")
    assert slack.requests("users.lookupByEmail") == []


def test_a_person_is_looked_up_by_email_once_and_remembered(host: Host, slack: Control) -> None:
    for _ in range(3):
        host.comment(BOB)
    host.drain()
    assert len(slack.messages("T0ACME", "U0BOB")) == 3
    assert len(slack.requests("users.lookupByEmail")) == 1
    (row,) = host.rows(person)
    assert (row.user_id, row.slack_user_id, row.team_id, row.source) == ("bob", "U0BOB", "T0ACME", "email")


def test_somebody_whom_slack_does_not_know_is_not_told_and_the_next_is(host: Host, slack: Control) -> None:
    host.comment(make_user("zoe"))
    host.comment(BOB)
    host.drain()
    assert sorted(host.states, key=str) == [("dropped", "person_unknown"), ("sent", None)]
    assert len(slack.requests("chat.postMessage")) == 1


def test_somebody_who_left_the_workspace_is_not_told(host: Host, slack: Control) -> None:
    slack.deactivate_user("T0ACME", "U0BOB")
    host.comment(BOB)
    host.drain()
    assert host.states == [("dropped", "person_unknown")]


def test_without_the_scope_nobody_is_looked_up(host: Host, slack: Control) -> None:
    host.set_connection(ACME, scopes=["chat:write"])
    host.comment(BOB)
    host.drain()
    assert host.states == [("dropped", "person_unknown")]
    assert slack.requests("users.lookupByEmail") == []


def test_a_match_in_a_former_workspace_does_not_count(host: Host, slack: Control) -> None:
    _match(host, "U0GINA", Source.LOGIN, team="T0GLOBEX")
    host.set_connection(ACME, scopes=["chat:write"])
    host.comment(BOB)
    host.drain()
    assert host.states == [("dropped", "person_unknown")]
    assert slack.requests("chat.postMessage") == []


# --- switches and stops ---


def test_what_the_operator_switched_off_meanwhile_is_dropped(host: Host, slack: Control) -> None:
    host.route(ACME, "C0NEWS")
    host.route(GLOBEX, "C1NEWS")
    host.share("News")
    host.share("Nouvelles", GLOBEX)
    host.but(tenants=Switches.parse("t-globex notifications")).drain()
    assert host.states == [("dropped", "switched_off"), ("sent", None)]
    assert {each["team"] for each in slack.requests("chat.postMessage")} == {"T0GLOBEX"}


def test_what_the_administrator_switched_off_meanwhile_waits(host: Host, slack: Control) -> None:
    host.route(ACME, "C0NEWS")
    host.share("News")
    host.set_connection(ACME, notifications_enabled=False)
    assert host.drain() is False
    assert host.states == [("waiting", None)]
    host.set_connection(ACME, notifications_enabled=True)
    host.drain()
    assert host.states == [("sent", None)]


def test_a_job_that_is_asked_to_stop_finishes_what_is_under_way_and_says_what_is_left(
    host: Host, slack: Control
) -> None:
    host.route(ACME, "C0NEWS")
    for number in range(5):
        host.share(str(number))
    slack.settings(latency_ms=300)
    left: list[bool] = []
    worker = threading.Thread(target=lambda: left.append(host.drain()))
    worker.start()
    until = time.monotonic() + 30
    while not slack.requests("chat.postMessage") and time.monotonic() < until:
        time.sleep(0.01)
    host.stop.set()
    worker.join(timeout=30)
    assert left == [True]
    states = [state for state, _ in host.states]
    assert states.count("sent") == len(slack.messages("T0ACME", "news"))
    assert 1 <= states.count("sent") < 5
    assert all(row.lease_until is None for row in host.lanes)


def test_a_job_ends_with_its_budget_and_says_what_is_left(host: Host) -> None:
    host.route(ACME, "C0NEWS")
    slow = host.but(channel_interval=0.5)
    for number in range(20):
        slow.share(str(number))
    assert slow.drain(budget=1.0) is True
    assert 1 <= [state for state, _ in host.states].count("sent") < 20


def test_a_job_does_not_wait_for_what_is_due_much_later(host: Host) -> None:
    host.route(ACME, "C0NEWS")
    host.share("News")
    host.drain()
    host.execute(text("UPDATE cocoom_slack_lane SET ready_at = now() + interval '1 hour'"))
    host.share("later")
    began = time.monotonic()
    assert host.drain() is False
    assert time.monotonic() - began < 2


def test_no_transaction_is_open_while_slack_is_asked(host: Host, slack: Control) -> None:
    host.route(ACME, "C0NEWS")
    host.comment(BOB)
    host.share("News")
    slack.settings(latency_ms=1000)
    worker = threading.Thread(target=host.drain)
    worker.start()
    until = time.monotonic() + 30
    while not slack.requests() and time.monotonic() < until:
        time.sleep(0.01)
    open_for_long = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in trans%' "
        "AND state_change < clock_timestamp() - interval '200 milliseconds'"
    )
    seen = []
    while worker.is_alive():
        with host.engine.connect() as open_:
            seen.append(open_.scalar(open_for_long))
        time.sleep(0.05)
    worker.join()
    assert len(seen) > 5
    assert set(seen) == {0}


def test_a_worker_that_comes_back_too_late_is_told_so(
    host: Host, slack: Control, caplog: pytest.LogCaptureFixture
) -> None:
    host.route(ACME, "C0NEWS")
    host.share("News")
    slack.settings(latency_ms=600)

    async def run() -> None:
        async with SlackGateway(host.settings) as gateway:
            await Drain(host.runtime, gateway, host.stop).run(30.0)

    def steal() -> None:
        until = time.monotonic() + 30
        while not slack.requests("chat.postMessage") and time.monotonic() < until:
            time.sleep(0.01)
        host.execute(
            text("UPDATE cocoom_slack_lane SET fence = fence + 1, lease_until = now() + interval '1 hour'")
        )

    in_threads(lambda: asyncio.run(run()), steal)
    assert "finished after its lease, another worker has it" in caplog.text
    assert host.states == [("waiting", None)]
    assert host.messages == []
