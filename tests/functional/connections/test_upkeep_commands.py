"""`dead-letters`, `replay`, `backlog`, `metrics`: what an operator looks at and repairs."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import PostEvent
from cocoom_slack_plugin import cli
from cocoom_slack_plugin.commands.deployment import Deployment as Host
from cocoom_slack_plugin.notifications import outbox
from cocoom_slack_plugin.notifications.tables import event, notice
from cocoom_slack_plugin.notifications.undecided import decide_batch
from cocoom_slack_plugin.testing import envelope, make_post, make_tenant, make_user

from .conftest import Deployment

ACME = make_tenant(url="http://acme.localhost:6543")
HOSTILE = "Evil [red]title[/red] \x1b[31m\nsecond line"
ENDS = [("failed", "invalid_blocks"), ("unknown", "no_answer"), ("failed", "http_404")]


@pytest.fixture
def dead(deployment: Deployment, engine: Engine) -> Deployment:
    """Three posts for two channels: one failed for each, one unknown for each, one failed otherwise for each."""
    deployment.connect()
    for channel in ("C0NEWS", "C0GENERAL"):
        deployment.good("routes", "add", "acme", channel)
    with Session(engine) as dbsession:
        for title in (HOSTILE, "a2", "a3"):
            post = make_post(ACME, make_user(), title=title)
            told = PostEvent(**envelope(ACME), post=post)
            outbox.record(dbsession, "publication_published", told)
        decide_batch(dbsession)
        for place, (state, reason) in enumerate(ENDS):
            dbsession.execute(
                text(
                    "UPDATE cocoom_slack_notice SET state = :state, reason = :reason, finished_at = now() "
                    "WHERE event_pk = (SELECT id FROM cocoom_slack_event ORDER BY id OFFSET :place LIMIT 1)"
                ),
                {"state": state, "reason": reason, "place": place},
            )
        dbsession.execute(text("UPDATE cocoom_slack_lane SET due_at = NULL"))
        dbsession.commit()
    return deployment


def _states(deployment: Deployment) -> list[str]:
    return [row.state for row in deployment.rows(notice)]


class TestDeadLetters:
    def test_they_are_a_line_each_newest_first(self, dead: Deployment) -> None:
        said = dead.good("dead-letters", "acme")
        lines = [line for line in said.splitlines() if "publication_published" in line]
        assert [re.findall(r"invalid_blocks|no_answer|http_404", line)[0] for line in lines] == [
            *["http_404"] * 2,
            *["no_answer"] * 2,
            *["invalid_blocks"] * 2,
        ]
        assert "C0NEWS" in said
        assert "unknown: may have arrived already" in said
        assert "`cocoom-slack replay acme NUMBER` sends one again" in said

    def test_a_title_does_nothing_to_the_terminal(self, dead: Deployment) -> None:
        said = dead.good("dead-letters", "acme", "--reason", "invalid_blocks")
        assert "Evil [red]title[/red] [31m second line" in said
        assert "\x1b" not in said

    @pytest.mark.parametrize(
        ("arguments", "lines"),
        [
            (("--reason", "no_answer"), 2),
            (("--channel", "C0NEWS"), 3),
            (("--channel", "https://acme.slack.com/archives/C0NEWS"), 3),
            (("--channel", "@nobody"), 0),
            (("--since", "2020-01-01"), 6),
            (("--since", "2120-01-01T10:00:00"), 0),
            (("--limit", "1"), 1),
        ],
        ids=["reason", "channel", "link", "person", "since", "future", "limit"],
    )
    def test_they_are_filtered(self, dead: Deployment, arguments: tuple[str, ...], lines: int) -> None:
        said = dead.good("dead-letters", "acme", *arguments)
        assert said.count("publication_published") == lines
        if not lines:
            assert "acme has no dead letters like that" in said

    def test_without_any_it_says_so(self, deployment: Deployment) -> None:
        assert "acme has no dead letters\n" in deployment.good("dead-letters", "acme")

    def test_another_tenants_are_not_shown(self, dead: Deployment) -> None:
        assert "globex has no dead letters" in dead.good("dead-letters", "globex")


class TestReplay:
    def test_one_is_sent_again_by_its_number(self, dead: Deployment) -> None:
        first = dead.rows(notice)[0]
        assert "acme: 1 notice to be sent again\n" in dead.good("replay", "acme", str(first.id))
        assert _states(dead)[0] == "waiting"
        assert _states(dead).count("waiting") == 1
        assert ("t-acme", "notices.replay", "ok") in dead.audited

    def test_an_unknown_one_by_its_number_is_named_as_such(self, dead: Deployment) -> None:
        number = next(row.id for row in dead.rows(notice) if row.state == "unknown")
        said = dead.good("replay", "acme", str(number))
        assert "acme: 1 notice to be sent again; 1 of them may have arrived already" in said

    def test_by_a_filter_nothing_is_doubled_by_accident(self, dead: Deployment) -> None:
        said = dead.good("replay", "acme", "--all")
        assert "acme: 4 notices to be sent again" in said
        assert "note: 2 more may have arrived already; --unknown-too sends them again too" in said
        assert sorted(_states(dead)) == ["unknown"] * 2 + ["waiting"] * 4

    def test_the_unknown_ones_too_when_somebody_says_so(self, dead: Deployment) -> None:
        said = dead.good("replay", "acme", "--all", "--unknown-too")
        assert "acme: 6 notices to be sent again; 2 of them may have arrived already" in said
        assert _states(dead) == ["waiting"] * 6

    @pytest.mark.parametrize(
        ("arguments", "count"),
        [
            (("--reason", "http_404"), "2 notices"),
            (("--reason", "no_answer"), "0 notices"),
            (("--channel", "C0NEWS"), "2 notices"),
            (("--since", "2020-01-01", "--reason", "http_404", "--channel", "C0GENERAL"), "1 notice"),
        ],
        ids=["reason", "unknown", "channel", "all three"],
    )
    def test_filters_choose(self, dead: Deployment, arguments: tuple[str, ...], count: str) -> None:
        assert f"acme: {count} to be sent again" in dead.good("replay", "acme", *arguments)
        assert _states(dead).count("waiting") == int(count[0])

    def test_numbers_that_are_no_dead_letters_of_this_tenant_are_refused_and_nothing_is_done(
        self, dead: Deployment
    ) -> None:
        first = dead.rows(notice)[0].id
        said = dead.bad("replay", "acme", str(first), "99999999")
        assert "acme has no dead letter 99999999; `dead-letters` shows them; nothing was done" in said
        assert f"globex has no dead letter {first}" in dead.bad("replay", "globex", str(first))
        assert "waiting" not in _states(dead)

    @pytest.mark.parametrize(
        ("arguments", "what"),
        [
            (("acme",), "name either numbers, or filters (--reason, --channel, --since), or --all"),
            (("acme", "1", "--all"), "name either numbers"),
            (("acme", "1", "--reason", "x"), "name either numbers"),
            (("acme", "--all", "--reason", "x"), "name either numbers"),
            (("acme", "first"), "'first' is not a valid integer"),
            (("acme", "99999999999999999999"), "is not in the range"),
            (("acme", "--channel", "#news"), "channel: paste the channel's id"),
            (("nobody", "--all"), "no tenant has the id or subdomain 'nobody'"),
        ],
        ids=["nothing", "both", "number and filter", "all and filter", "word", "huge", "name", "nobody"],
    )
    def test_wrong_ways_to_ask(self, dead: Deployment, arguments: tuple[str, ...], what: str) -> None:
        assert what in dead.bad("replay", *arguments)
        assert "waiting" not in _states(dead)


class TestBacklog:
    def test_without_any_it_says_so(self, deployment: Deployment) -> None:
        for arguments in ((), ("acme",)):
            assert "nothing waits and nothing is wrong" in deployment.good("backlog", *arguments)

    def _wrong(self, deployment: Deployment, engine: Engine) -> None:
        with engine.begin() as open_:
            open_.exec_driver_sql("UPDATE cocoom_slack_connection SET held_at = '2026-01-02T09:30:00Z'")
            open_.exec_driver_sql(
                "UPDATE cocoom_slack_workspace SET ready_at = now() + interval '1 hour', failures = 4, "
                "trouble = 'http_503' WHERE tenant_id = 't-acme'"
            )
            open_.exec_driver_sql(
                "UPDATE cocoom_slack_notice SET state = 'waiting', finished_at = NULL, "
                "created_at = now() - interval '3 hours' WHERE state = 'unknown'"
            )
            open_.exec_driver_sql(
                "UPDATE cocoom_slack_lane SET trouble = 'is_archived', attempts = 2, due_at = '2126-01-02T09:30:00Z'"
            )

    def test_what_is_wrong_is_shown_with_its_reason(self, dead: Deployment, engine: Engine) -> None:
        self._wrong(dead, engine)
        for said in (dead.good("backlog"), dead.good("backlog", "acme")):
            assert "acme" in said
            for word in ("3 h 0 min", "2026-01-02 09:30:00", "http_503 until 20", "4 failures in a row"):
                assert word in said
            assert "is_archived" in said
            assert said.count("2126-01-02 09:30:00") == 2
        assert "nothing waits" in dead.good("backlog", "globex")

    def test_monitoring_reads_the_same_without_a_secret(self, dead: Deployment, engine: Engine) -> None:
        self._wrong(dead, engine)
        said = dead.good("metrics")
        for line in (
            'cocoom_slack_notices_waiting{tenant="acme"} 2.0',
            'cocoom_slack_dead_letters_last_day{tenant="acme"} 4.0',
            'cocoom_slack_lanes_in_trouble{reason="is_archived",tenant="acme"} 2.0',
            'cocoom_slack_workspace_failures{tenant="acme"} 4.0',
            "# TYPE cocoom_slack_oldest_notice_age_seconds gauge",
        ):
            assert line in said
        for word in ("xoxb", "a2", "C0NEWS"):
            assert word not in said
        assert said.endswith("\n")

    def test_of_very_many_troubles_the_soonest_are_shown(
        self, deployment: Deployment, engine: Engine
    ) -> None:
        deployment.connect()
        with engine.begin() as open_:
            open_.exec_driver_sql(
                "INSERT INTO cocoom_slack_lane (tenant_id, conversation, trouble, due_at) "
                "SELECT 't-acme', 'C' || n, 'is_archived', now() + make_interval(secs => n) "
                "FROM generate_series(1, 30) n"
            )
        said = deployment.good("backlog")
        assert said.count("is_archived") == 20
        assert "and 10 more; `cocoom-slack backlog TENANT` shows a tenant's" in said
        assert deployment.good("backlog", "acme").count("is_archived") == 30


def test_a_route_says_what_is_done_when_in_doubt(deployment: Deployment) -> None:
    deployment.good("routes", "add", "acme", "C0NEWS", "--on-doubt", "give-up")
    deployment.good("routes", "add", "acme", "C0GENERAL")
    said = deployment.good("routes", "list", "acme")
    assert "go to C0NEWS, given up when in doubt" in said
    assert "go to C0GENERAL\n" in said
    deployment.good("routes", "add", "acme", "C0NEWS")
    assert "doubt" not in deployment.good("routes", "list", "acme")
    assert "'resend', 'give-up'" in deployment.bad("routes", "add", "acme", "C0NEWS", "--on-doubt", "ask")


def test_a_worker_purges_what_ended_long_ago(dead: Deployment, engine: Engine) -> None:
    with engine.begin() as open_:
        open_.exec_driver_sql("UPDATE cocoom_slack_notice SET finished_at = now() - interval '31 days'")
        open_.exec_driver_sql(
            "UPDATE cocoom_slack_event SET recorded_at = now() - interval '31 days', "
            "decided_at = recorded_at - interval '31 days'"
        )
    chore: Any = next(each for each in cli._chores(Host(dead.ini).runtime) if each.name == "retention")
    chore.work(threading.Event())
    assert (dead.rows(notice), dead.rows(event)) == ([], [])
