"""`cocoom-slack why`: the way of one event, step by step, in every end that it can have."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from cocoom_hooks.payloads import Role
from cocoom_slack_plugin.notifications.tables import notice, route
from cocoom_slack_plugin.testing import make_user
from demo.slack.control import Control

from .conftest import Deployment
from .past import ACME, BOB, comment, decide, edited, post, record

Start = Callable[[Deployment], Path]


@pytest.fixture
def connected(deployment: Deployment) -> Deployment:
    deployment.connect()
    return deployment


def _execute(engine: Engine, statement: str, **values: Any) -> None:
    with engine.begin() as open_:
        open_.execute(text(statement), values)


def _why(deployment: Deployment, event: str, *arguments: str) -> str:
    return deployment.good("why", event, "--tenant", "acme", *arguments)


def _number(deployment: Deployment) -> int:
    """Of the newest route."""
    return int(deployment.rows(route)[-1].id)


class TestBeforeDeciding:
    def test_what_was_never_recorded(self, connected: Deployment) -> None:
        said = _why(connected, "nothing")
        assert "✗ recorded: no event and no post 'nothing' is recorded: notifications were off then" in said
        assert "records are kept for 30 days" in said
        assert "✓ connection: connected to the workspace Acme (T0ACME)" in said
        assert said.splitlines()[-1].startswith("Check the id, and that the host tells the plugin")

    @pytest.mark.parametrize(
        ("change", "step", "advice"),
        [
            ("DELETE FROM cocoom_slack_connection", "the base is not connected", "cocoom-slack connect acme"),
            (
                "UPDATE cocoom_slack_connection SET notifications_enabled = false",
                "notifications are off",
                "`cocoom-slack enable acme notifications`",
            ),
        ],
        ids=["not connected", "off"],
    )
    def test_why_nothing_is_recorded_now(
        self, connected: Deployment, engine: Engine, change: str, step: str, advice: str
    ) -> None:
        _execute(engine, change)
        said = _why(connected, "nothing")
        assert f"✗ connection: {step}" in said
        assert advice in said.splitlines()[-1]

    def test_the_operators_switch(self, connected: Deployment, make: Callable[..., Deployment]) -> None:
        said = make(tenants="acme login").good("why", "nothing", "--tenant", "acme")
        assert "✗ connection: the setting cocoom_slack.tenants does not allow notifications" in said
        assert "Allow notifications for acme in the setting cocoom_slack.tenants." in said

    def test_what_no_worker_has_taken_up_is_foreseen(self, connected: Deployment, engine: Engine) -> None:
        connected.good("routes", "add", "acme", "C0NEWS")
        event_id = record(engine, "publication_published", post("News"))
        said = _why(connected, event_id)
        assert (
            f"✓ recorded: publication_published {event_id}: “News” by acme-bob in the thread general (20"
            in said
        )
        assert "… decided: no worker has taken it up yet" in said
        assert f"✓ route {_number(connected)}: tells it: posts go to C0NEWS" in said
        assert "It was recorded just now" in said
        _execute(engine, "UPDATE cocoom_slack_event SET recorded_at = now() - interval '1 hour'")
        assert "Start a worker with the same settings" in _why(connected, event_id)

    def test_a_post_is_found_by_its_id_and_its_address(self, connected: Deployment, engine: Engine) -> None:
        record(engine, "comment_added", comment())
        event_id = record(engine, "publication_published", post("News"))
        record(engine, "publication_edited", edited("News"))
        for asked in ("p-News", f"{ACME.url}/posts/p-News"):
            said = _why(connected, asked)
            assert f"✓ recorded: publication_published {event_id}" in said
            assert f"· recorded: {asked} is the post" in said

    def test_another_tenants_events_are_not_found(self, connected: Deployment, engine: Engine) -> None:
        connected.connect("globex")
        event_id = record(engine, "publication_published", post("News"))
        said = connected.good("why", event_id, "--tenant", "globex")
        assert "✗ recorded" in said
        assert "“News”" not in said
        assert "✓ recorded" in connected.good("why", event_id), "it is found where it is"
        refused = connected.bad("why", "never-told")
        assert "none of them has an event with this id: say which one with --tenant" in refused

    def test_where_one_base_is_connected_it_need_not_be_named(
        self, connected: Deployment, engine: Engine
    ) -> None:
        event_id = record(engine, "publication_published", post("News"))
        assert f"✓ recorded: publication_published {event_id}" in connected.good("why", event_id)


class TestRules:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("--kind", "newcomers"), "it is one of the publications, and the route means newcomers"),
            (("--thread", "b", "--thread", "c"), "it is in the thread general, and the route means b or c"),
            (("--not-thread", "general"), "the route leaves out the thread general"),
            (("--tag", "hr"), "it has the tags sales, and the route means hr"),
            (("--not-tag", "SALES"), "the route leaves out what is tagged sales"),
            (("--author", "acme-chloe"), "it is by acme-bob, and the route means acme-chloe"),
            (("--not-author", "acme-bob"), "the route leaves out what is by acme-bob"),
        ],
        ids=lambda value: value[0] if isinstance(value, tuple) else "",
    )
    def test_the_first_condition_that_does_not_hold_is_named(
        self, connected: Deployment, engine: Engine, arguments: tuple[str, ...], words: str
    ) -> None:
        connected.good("routes", "add", "acme", "C0NEWS", *arguments)
        event_id = record(engine, "publication_published", post("News", tags=("Sales",)))
        decide(engine)
        said = _why(connected, event_id)
        assert f"✗ route {_number(connected)}: does not mean it: {words} (" in said
        assert "not told: no route means it" in said
        assert "Give it a channel: `cocoom-slack routes add acme CHANNEL`" in said

    def test_without_routes(self, connected: Deployment, engine: Engine) -> None:
        event_id = record(engine, "publication_published", post("News"))
        decide(engine)
        assert "✗ routes: there are no routes" in _why(connected, event_id)

    def test_mutes_defaults_and_older_routes_are_named(self, connected: Deployment, engine: Engine) -> None:
        for arguments in (
            ("add", "acme", "C0NEWS"),
            ("add", "acme", "C0NEWS", "--thread", "general"),
            ("add", "acme", "C0REST", "--default"),
            ("add", "acme", "C0BOARD"),
            ("mute", "acme", "--channel", "C0BOARD"),
        ):
            connected.good("routes", *arguments)
        first, second, default, board, mute = (row.id for row in connected.rows(route))
        event_id = record(engine, "publication_published", post("News"))
        decide(engine)
        said = _why(connected, event_id)
        for line in (
            f"✓ route {first}: tells it: posts go to C0NEWS",
            f"✗ route {second}: means it, but the older route {first} is for the same channel",
            f"✗ route {default}: means it, but it is a default, and route {first} means it too",
            f"✗ route {board}: means it, but route {mute} mutes it",
            f"✗ route {mute}: means it and mutes it: posts are never told in C0BOARD",
            f"not told: a route mutes it (route {mute})",
        ):
            assert line in said
        one = _why(connected, event_id, "--channel", "C0BOARD")
        assert f"route {mute}" in one
        assert f"route {first}:" not in one
        none = _why(connected, event_id, "--channel", "https://acme.slack.com/archives/C0LOST")
        assert "✗ routes: no route names the channel C0LOST" in none

    def test_what_was_muted_everywhere(self, connected: Deployment, engine: Engine) -> None:
        connected.good("routes", "add", "acme", "C0NEWS")
        connected.good("routes", "mute", "acme")
        event_id = record(engine, "publication_published", post("News"))
        decide(engine)
        said = _why(connected, event_id)
        assert f"✗ route {_number(connected)}: means it and mutes it: posts are told nowhere" in said
        assert "A mute keeps it silent" in said

    def test_that_the_rules_were_changed_since(self, connected: Deployment, engine: Engine) -> None:
        connected.good("routes", "add", "acme", "C0OLD")
        connected.good("routes", "add", "acme", "C0NEWS", "--thread", "general")
        old, replaced = (row.id for row in connected.rows(route))
        event_id = record(engine, "publication_published", post("News"))
        decide(engine)
        assert "rules today" not in _why(connected, event_id)
        for number in (old, replaced):
            connected.good("routes", "remove", "acme", str(number))
        connected.good("routes", "add", "acme", "C0NEW")
        connected.good("routes", "add", "acme", "C0NEWS")
        new, again = (row.id for row in connected.rows(route))
        said = _why(connected, event_id)
        for line in (
            f"· rules today: changed since: today route {new} would tell it in C0NEW",
            "· rules today: changed since: today nothing would tell it in C0OLD",
            f"today route {again} would tell it in C0NEWS, and not a route that is gone",
        ):
            assert line in said
        assert "C0OLD" not in _why(connected, event_id, "--channel", "C0NEWS")

    def test_what_no_channel_is_ever_told_of(self, connected: Deployment, engine: Engine) -> None:
        event_id = record(engine, "publication_published", post("News"))
        _execute(engine, "UPDATE cocoom_slack_event SET kind = 'publication_unpublished'")
        decide(engine)
        said = _why(connected, event_id)
        assert "· routes: routes are not asked for publication_unpublished" in said
        assert "The rules say that nobody is told of it" in said

    def test_what_this_version_cannot_read(self, connected: Deployment, engine: Engine) -> None:
        event_id = record(engine, "publication_published", post("News"))
        _execute(engine, "UPDATE cocoom_slack_event SET payload = '{}'")
        decide(engine)
        said = _why(connected, event_id)
        assert "✗ read: this version of the plugin cannot read" in said


class TestPeople:
    def _comment(self, deployment: Deployment, engine: Engine, *arguments: str) -> str:
        event_id = record(engine, "comment_added", comment())
        decide(engine)
        return _why(deployment, event_id, *arguments)

    def test_the_author_is_told(self, connected: Deployment, engine: Engine) -> None:
        said = self._comment(connected, engine)
        assert "✓ person: acme-bob is told by direct message" in said
        assert "it is told in @acme-bob, and waits for its turn" in said
        assert "· match: who it is in Slack is looked up when it is told" in said

    def test_who_is_not_concerned(self, connected: Deployment, engine: Engine) -> None:
        said = self._comment(connected, engine, "--person", "chloe@acme.example")
        assert "✗ person: it concerns acme-bob, and not acme-chloe" in said
        assert "@acme-bob" not in said
        event_id = record(engine, "publication_published", post("News"))
        said = _why(connected, event_id, "--person", "acme-bob")
        assert "✗ person: nobody is told personally of publication_published" in said

    @pytest.mark.parametrize(
        ("actor", "words"),
        [
            (BOB, "acme-bob is not told: people are told of edits by administrators alone"),
            (
                make_user("acme-bob", role=Role.ADMINISTRATOR),
                "acme-bob is not told: nobody is told of their own act",
            ),
        ],
        ids=["contributor", "own"],
    )
    def test_the_rule_that_keeps_silent_is_named(
        self, connected: Deployment, engine: Engine, actor: Any, words: str
    ) -> None:
        event_id = record(engine, "publication_edited", edited("News", actor))
        decide(engine)
        assert f"✗ person: {words}" in _why(connected, event_id)

    def test_a_mute_everywhere_is_named(self, connected: Deployment, engine: Engine) -> None:
        connected.good("routes", "mute", "acme", "--kind", "comments")
        said = self._comment(connected, engine)
        assert f"✗ person: acme-bob is not told: a route mutes it (route {_number(connected)})" in said

    def test_who_they_are_in_slack(self, connected: Deployment, engine: Engine) -> None:
        said = self._comment(connected, engine)
        assert "looked up" in said
        _execute(
            engine,
            "INSERT INTO cocoom_slack_stranger (tenant_id, user_id, team_id, email, display_name, reason) "
            "VALUES ('t-acme', 'acme-bob', 'T0ACME', 'bob@acme.example', 'Bob', 'not_found')",
        )
        assert "✗ match: nobody in the workspace has their e-mail address (20" in _why(connected, "p-News")
        _execute(
            engine,
            "INSERT INTO cocoom_slack_person (tenant_id, user_id, team_id, slack_user_id, source) "
            "VALUES ('t-acme', 'acme-bob', 'T0ACME', 'U0BOB', 'login')",
        )
        assert "✓ match: U0BOB in Slack, known by login" in _why(connected, "p-News")


@pytest.fixture
def told(connected: Deployment, engine: Engine) -> str:
    """The id of an event that waits for C0NEWS."""
    connected.good("routes", "add", "acme", "C0NEWS")
    event_id = record(engine, "publication_published", post("News"))
    decide(engine)
    return event_id


class TestDelivery:
    @pytest.mark.parametrize(
        ("change", "step", "advice"),
        [
            (
                "UPDATE cocoom_slack_connection SET health = 'broken', health_code = 'token_revoked'",
                "✗ connection: the connection is broken: token_revoked",
                "Connect the base anew",
            ),
            (
                "UPDATE cocoom_slack_connection SET held_at = now()",
                "… connection: notices are held since the connection was broken",
                "`cocoom-slack catch-up acme deliver|summarise|discard`",
            ),
            (
                "UPDATE cocoom_slack_workspace SET trouble = 'http_503', failures = 4, ready_at = now() + '1 hour'",
                "… workspace: nothing of the workspace is posted until then: http_503, after 4 failures in a row (20",
                "Slack is waited for",
            ),
            (
                "UPDATE cocoom_slack_lane SET trouble = 'not_in_channel', due_at = now() + '1 hour'",
                "… lane: trouble: not_in_channel; next attempt (20",
                "inviting the app",
            ),
            (
                "UPDATE cocoom_slack_lane SET trouble = 'no_answer', attempts = 2, doubted_at = now()",
                "… lane: trouble after 2 failed attempts: no_answer, and it is unknown whether Slack took the message",
                "Slack has trouble (no_answer)",
            ),
            (
                "UPDATE cocoom_slack_lane SET lease_until = now() + '1 hour'",
                "… lane: a worker serves it at this moment",
                "It is about to be told",
            ),
            (
                "UPDATE cocoom_slack_lane SET due_at = now() - interval '1 hour'",
                "… lane: due since then, waits for a worker (20",
                "Start a worker",
            ),
            (
                "UPDATE cocoom_slack_notice SET not_before = now() + '1 hour', bundle = 'digest:x'",
                "it is told in C0NEWS (route {route}), in a digest, not before (20",
                "Its time has not come yet",
            ),
            (
                "UPDATE cocoom_slack_notice SET state = 'failed', reason = 'invalid_blocks', finished_at = now()",
                "failed in C0NEWS: invalid_blocks (route {route})",
                "`cocoom-slack replay acme {notice}` sends it again",
            ),
            (
                "UPDATE cocoom_slack_notice SET state = 'unknown', reason = 'no_answer', finished_at = now()",
                "it is unknown whether Slack took it in C0NEWS: no_answer",
                "`cocoom-slack replay acme {notice}` sends it again",
            ),
            (
                "UPDATE cocoom_slack_notice SET state = 'dropped', reason = 'withdrawn', finished_at = now()",
                "not told in C0NEWS: what it tells of was taken back before it was told",
                "It was dropped by rule",
            ),
        ],
        ids=[
            *("broken", "held", "pause", "channel", "doubt", "served", "due", "digest", "failed", "unknown"),
            "withdrawn",
        ],
    )
    def test_what_stands_in_the_way_is_said_with_what_to_do(
        self, connected: Deployment, engine: Engine, told: str, change: str, step: str, advice: str
    ) -> None:
        _execute(engine, change)
        said = _why(connected, told)
        names = {"route": _number(connected), "notice": connected.rows(notice)[0].id}
        assert step.format(**names) in said
        assert advice.format(**names) in said.splitlines()[-1]

    def test_who_stands_before_it(self, connected: Deployment, engine: Engine, told: str) -> None:
        later = record(engine, "publication_published", post("Later"))
        decide(engine)
        assert "; 1 before it" in _why(connected, later)
        assert "before it" not in _why(connected, told)

    def test_a_message_that_arrived(
        self, connected: Deployment, engine: Engine, told: str, worker: Start, slack: Control
    ) -> None:
        worker(connected)
        deadline = time.monotonic() + 60
        while not slack.messages("T0ACME", "news") and time.monotonic() < deadline:
            time.sleep(0.1)
        (message,) = slack.messages("T0ACME", "news")
        while "waits for its turn" in (said := _why(connected, told)) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert f"✓ message: in C0NEWS, ts {message['ts']} (20" in said
        assert "✓ decided: taken up by a worker (20" in said
        assert said.splitlines()[-1] == "It was told: nothing is to be done."

    def test_as_json(self, connected: Deployment, told: str) -> None:
        found = json.loads(_why(connected, told, "--json"))
        assert (found["tenant"], found["event"]) == ("acme", told)
        assert [each["what"] for each in found["steps"]][:3] == [
            "recorded",
            "decided",
            f"route {_number(connected)}",
        ]
        assert {each["verdict"] for each in found["steps"]} <= {"yes", "no", "info", "waits"}
        assert found["steps"][0]["at"]
        assert found["advice"]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ((), "Missing argument"),
        (("",), "EVENT is the host's id of an event"),
        (("x", "--channel", "#news"), "channel: paste the channel's id"),
        (("x", "--person", "nobody"), "acme: nobody has the id or e-mail nobody"),
        (("x", "--person", "acme-bob", "--channel", "C0NEWS"), "name a channel or a person, not both"),
    ],
    ids=["nothing", "empty", "channel", "person", "both"],
)
def test_wrong_ways_to_ask(deployment: Deployment, arguments: tuple[str, ...], what: str) -> None:
    assert what in deployment.bad("why", "--tenant", "acme", *arguments)


def test_without_a_connection_the_base_has_to_be_named(deployment: Deployment) -> None:
    assert "no base is connected: say which one with --tenant" in deployment.bad("why", "x")
    assert "no tenant has the id or subdomain 'nobody'" in deployment.bad("why", "x", "--tenant", "nobody")


class TestSteps:
    """`cocoom-slack test` shows the same."""

    def test_when_it_does_not_arrive(self, connected: Deployment) -> None:
        said = connected.bad("test", "acme", "C0NEWS", "--seconds", "0.2")
        assert "✓ recorded: connection_tested test-" in said
        assert "… decided: no worker has taken it up yet" in said
        assert "✓ connection: connected to the workspace Acme (T0ACME)" in said
        assert "no worker has taken it: is `cocoom-slack worker` running" in said

    def test_when_it_does_and_somebody_asks(self, connected: Deployment, worker: Start) -> None:
        worker(connected)
        said = connected.good("test", "acme", "C0NEWS", "--seconds", "60", "--steps")
        assert "· routes: routes are not asked for connection_tested" in said
        assert "✓ message: in C0NEWS, ts " in said
        assert "✓ message" not in connected.good("test", "acme", "C0NEWS", "--seconds", "60")
        said = connected.bad("test", "acme", "C0BOARD", "--seconds", "60")
        assert "… lane: trouble: " in said
