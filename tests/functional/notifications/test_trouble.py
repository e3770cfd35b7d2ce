"""Every way in which Slack may fail, over real HTTP: what is sent again, what stops, and what does not."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from cocoom_hooks import Hooks, build_plugin_manager, hookimpl
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.notifications import posting
from cocoom_slack_plugin.notifications.catch_up import Choice, catch_up
from cocoom_slack_plugin.notifications.verdict import CHANNEL_PROBE_SECONDS, RETRY_SECONDS
from cocoom_slack_plugin.runtime import Runtime
from demo.slack.control import Control
from demo.slack.faults import Fault, FaultKind
from demo.slack.slack import Slack
from demo.slack.thread import SlackThread

from .host import ACME, ALICE, BOB, GLOBEX, VAULT, Host, make_settings, titles

POST = "chat.postMessage"


@pytest.fixture
def routed(host: Host) -> Host:
    """Acme has two lanes, Globex one; each gets one notice of ``share_both``."""
    host.route(ACME, "C0NEWS")
    host.route(ACME, "C0GENERAL", "other")
    host.route(GLOBEX, "C1NEWS")
    return host


def _pause(host: Host, conversation: str) -> float:
    """Seconds until this lane goes on, or its workspace if that is later."""
    with host.engine.connect() as open_:
        left = text("""
            SELECT extract(epoch FROM greatest(due_at, s.ready_at) - clock_timestamp())
            FROM cocoom_slack_lane LEFT JOIN cocoom_slack_workspace s USING (tenant_id) WHERE conversation = :c
        """)
        return float(open_.scalar(left, {"c": conversation}) or 0.0)


# --- limits ---


def test_a_limit_pauses_that_workspace_and_not_the_other_and_counts_no_attempt(
    routed: Host, slack: Control
) -> None:
    """F20"""
    slack.fault("rate_limited", POST, team="T0ACME", channel="C0NEWS", retry_after="100", times=1)
    routed.share("first")
    routed.drain()
    routed.share("second")
    routed.share("elsewhere", thread="other")
    routed.share("Nouvelles", GLOBEX)
    routed.drain()
    assert titles(slack.messages("T0GLOBEX", "news")) == ["Nouvelles"]
    assert slack.messages("T0ACME", "news") == []
    assert 90 < _pause(routed, "C0NEWS") <= 100
    lane = routed.lane("C0NEWS")
    assert (lane.attempts, lane.trouble) == (0, "ratelimited")
    assert routed.health() == ("ok", None)
    routed.hurry()
    routed.drain()
    assert titles(slack.messages("T0ACME", "news")) == ["first", "second"]
    assert slack.duplicates() == {}


def test_a_limit_pauses_the_other_lanes_of_the_workspace_that_wait(routed: Host, slack: Control) -> None:
    slack.fault("rate_limited", POST, team="T0ACME", retry_after="100", times=1)
    for thread in ("general", "other"):
        routed.share("first", thread=thread)
    routed.but(lanes_in_flight=1).drain()
    assert len(slack.requests(POST)) == 1
    assert routed.states == [("waiting", None)] * 2
    assert min(_pause(routed, "C0NEWS"), _pause(routed, "C0GENERAL")) > 90


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("Wed, 21 Oct 2026 07:28:00 GMT", 20, 30),
        (None, 20, 30),
        ("nan", 20, 30),
        ("-5", -1, 1),
        ("86400", 3500, 3600),
        ("inf", 3500, 3600),
        ("17", 10, 17),
    ],
)
def test_whatever_retry_after_says_the_pause_is_sensible(
    routed: Host, slack: Control, header: str | None, low: float, high: float
) -> None:
    """B37"""
    slack.fault("rate_limited", POST, retry_after=header, times=1)
    routed.share("News")
    routed.drain()
    if low < 0:
        assert routed.states == [("sent", None)]
    else:
        assert low < _pause(routed, "C0NEWS") <= high


def test_the_real_pace_of_the_stand_in_loses_nothing(routed: Host, slack: Control) -> None:
    slack.limits(enabled=True, posts_per_second=4.0, burst=2, team_per_minute=0)
    for number in range(6):
        routed.share(str(number))
    until = time.monotonic() + 30
    while any(state == "waiting" for state, _ in routed.states) or not routed.states:
        routed.drain()
        assert time.monotonic() < until
    assert titles(slack.messages("T0ACME", "news")) == [str(number) for number in range(6)]


def test_a_message_cap_of_the_workspace_is_a_long_pause(routed: Host, slack: Control) -> None:
    slack.fault("error", POST, code="message_limit_exceeded", times=1)
    routed.share("News")
    routed.drain()
    assert _pause(routed, "C0NEWS") > 3500


# --- answers that were lost ---


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("reset_after", {}, "no_answer"),
        ("hang_after", {"seconds": 60}, "no_answer"),
        ("truncated_after", {}, "unreadable_answer"),
        ("error_after", {"code": "internal_error"}, "internal_error"),
        ("error_after", {"code": "fatal_error"}, "fatal_error"),
        ("rewrite", {"drop": ["ts"]}, "unreadable_answer"),
    ],
)
def test_a_lost_answer_is_unknown_and_sent_again(
    routed: Host, slack: Control, kind: str, fields: dict[str, Any], code: str
) -> None:
    """F07, F22, F23: a double is possible, and stated; nothing is lost."""
    slack.fault(kind, POST, times=1, **fields)
    routed.share("first", event_id="e1")
    routed.share("second", event_id="e2")
    routed.drain()
    assert routed.outcomes == ["unknown"]
    assert routed.messages[0].trouble == code
    assert routed.states == [("waiting", None)] * 2
    assert routed.lane("C0NEWS").attempts == 1
    assert 0 < _pause(routed, "C0NEWS") <= RETRY_SECONDS[0]
    routed.hurry()
    routed.drain()
    assert routed.outcomes == ["unknown", "sent", "sent"]
    assert routed.states == [("sent", None)] * 2
    assert slack.duplicates() == {"e1": 2}
    assert titles(slack.messages("T0ACME", "news")) == ["first", "first", "second"]


@pytest.mark.parametrize(
    ("kind", "fields", "outcomes"),
    [
        ("reset", {}, ["unknown"]),
        ("hang", {"seconds": 60}, ["unknown"]),
        ("server_error", {}, ["unknown"]),
        ("server_error", {"status": 502}, ["unknown"]),
        ("server_error", {"status": 503}, []),
        ("html", {}, ["unknown"]),
        ("empty", {}, ["unknown"]),
        ("json_list", {}, ["unknown"]),
        ("json_null", {}, ["unknown"]),
        ("error", {"code": "service_unavailable"}, []),
        ("error", {"code": "team_added_to_org"}, []),
    ],
)
def test_what_never_arrived_is_delivered_once(
    routed: Host, slack: Control, kind: str, fields: dict[str, Any], outcomes: list[str]
) -> None:
    """B34, F06, F21: one request, then a pause; never blindly again."""
    slack.fault(kind, POST, times=1, **fields)
    routed.share("first")
    routed.share("second")
    began = time.monotonic()
    routed.drain()
    assert time.monotonic() - began < 5
    assert len(slack.requests(POST)) == 1
    assert routed.outcomes == outcomes
    assert routed.lane("C0NEWS").attempts == 1
    routed.hurry()
    routed.drain()
    assert titles(slack.messages("T0ACME", "news")) == ["first", "second"]
    assert routed.states == [("sent", None)] * 2


def test_an_answer_that_trickles_is_cut_off_at_the_deadline(routed: Host, slack: Control) -> None:
    slack.fault("trickle", POST, times=1, seconds=0.2)
    routed.share("News")
    began = time.monotonic()
    routed.drain()
    assert time.monotonic() - began < 5
    assert routed.outcomes == ["unknown"]


def test_a_slack_that_is_not_there_is_tried_again_and_nothing_left_us(routed: Host) -> None:
    away = Host(routed.engine, make_settings("http://127.0.0.1:1"))
    routed.share("News")
    away.drain()
    assert routed.messages == []
    assert routed.lane("C0NEWS").trouble == "unreachable"
    assert routed.states == [("waiting", None)]
    routed.hurry()
    routed.drain()
    assert routed.states == [("sent", None)]


def test_in_the_end_it_gives_up_on_that_notice_and_goes_on_with_the_next(
    routed: Host, slack: Control
) -> None:
    slack.fault("server_error", POST, times=len(RETRY_SECONDS) + 1)
    routed.share("first")
    routed.share("second")
    for _ in RETRY_SECONDS:
        routed.drain()
        assert routed.states == [("waiting", None)] * 2
        routed.hurry()
    routed.drain()
    routed.hurry()  # by now the breaker is open
    routed.drain()
    assert routed.states == [("unknown", "http_500"), ("sent", None)]
    assert titles(slack.messages("T0ACME", "news")) == ["second"]


class Elsewhere(BaseHTTPRequestHandler):
    seen: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.seen.append(f"{self.command} {self.path} {self.headers}")
        self.send_response(200)
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def elsewhere() -> Iterator[ThreadingHTTPServer]:
    """Another server, which must never hear from us."""
    Elsewhere.seen.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_the_token_goes_nowhere(
    routed: Host, slack: Control, elsewhere: ThreadingHTTPServer, status: int
) -> None:
    location = f"http://127.0.0.1:{elsewhere.server_port}/take"
    slack.fault("redirect", POST, times=1, status=status, location=location)
    routed.share("first")
    routed.share("second")
    routed.drain()
    assert Elsewhere.seen == []
    assert routed.states == [("failed", f"http_{status}"), ("sent", None)]


# --- credentials ---


def test_a_revoked_token_stops_the_tenant_and_is_told_once(routed: Host, slack: Control) -> None:
    """F25: no call after the first such answer, everything kept, and delivered after reconnecting."""
    slack.uninstall_app("A0ACME", "T0ACME")
    for number in range(5):
        routed.share(f"a{number}")
        routed.share(f"o{number}", thread="other")
        routed.share(f"g{number}", GLOBEX)
    one_at_a_time = routed.but(lanes_in_flight=1)
    one_at_a_time.drain()
    assert routed.health() == ("broken", "account_inactive")
    assert len(slack.requests(POST, team="T0ACME")) == 1
    assert len(slack.messages("T0GLOBEX", "news")) == 5
    assert [state for state, _ in routed.states].count("waiting") == 10
    ((tenant, notice),) = one_at_a_time.services.told
    assert tenant.id == ACME.id
    assert "account_inactive" in notice.text
    routed.share("later")
    routed.hurry()
    assert routed.drain() is False
    assert len(slack.requests(POST, team="T0ACME")) == 1

    token = slack.install_app(
        "A0ACME", "T0ACME", ["chat:write", "chat:write.public"], token="xoxb-demo-again"
    )
    with routed.session() as dbsession:
        sealed = VAULT.seal(SecretStr(token), ACME.id, SecretKind.BOT_TOKEN)
        connections.save(dbsession, ACME.id, {"team_id": "T0ACME", "sealed_bot_token": sealed})
        dbsession.commit()
    routed.drain()
    assert len(slack.requests(POST, team="T0ACME")) == 1, "somebody has to say what becomes of what waited"
    assert catch_up(routed.hooks, ACME, Choice.DELIVER, "test")
    routed.drain()
    assert titles(slack.messages("T0ACME", "news")) == [*(f"a{number}" for number in range(5)), "later"]
    assert {state for state, _ in routed.states} == {"sent"}
    assert slack.duplicates() == {}


def test_many_lanes_that_meet_the_same_answer_tell_the_administrators_once(
    host: Host, slack: Control
) -> None:
    slack.uninstall_app("A0ACME", "T0ACME")
    for channel in ("C0NEWS", "C0GENERAL", "C0WELCOME", "C0EDITORS"):
        host.route(ACME, channel)
    host.share("News")
    host.drain()
    assert len(host.services.told) == 1
    assert host.states == [("waiting", None)] * 4


def test_the_administrators_are_told_in_their_language(host: Host, slack: Control) -> None:
    slack.uninstall_app("A0GLOBEX", "T0GLOBEX")
    host.route(GLOBEX, "C1NEWS")
    host.share("Nouvelles", GLOBEX)
    host.drain()
    ((_, notice),) = host.services.told
    assert notice.subject == "La connexion à Slack ne fonctionne plus"


def test_a_host_that_cannot_tell_its_administrators_stops_the_tenant_all_the_same(
    routed: Host, slack: Control, caplog: pytest.LogCaptureFixture
) -> None:
    """Else the lane would come back with every lease, and ask Slack again with the dead token."""

    class Failing:
        @hookimpl
        def cocoom_tell_administrators(self, dbsession: Any) -> None:
            dbsession.execute(text("SELECT 1 / 0"))

    slack.uninstall_app("A0ACME", "T0ACME")
    plugins = {"host": routed.services, "failing": Failing()}
    routed.runtime = Runtime.build(routed.settings, Hooks(build_plugin_manager([], plugins)))
    routed.share("News")
    routed.drain()
    assert routed.health() == ("broken", "account_inactive")
    assert routed.lane("C0NEWS").lease_until is None
    assert "could not be told" in caplog.text


@pytest.mark.parametrize("code", ["invalid_auth", "missing_scope", "token_expired", "not_allowed_token_type"])
def test_other_credential_troubles(routed: Host, slack: Control, code: str) -> None:
    slack.fault("error", POST, code=code, team="T0ACME")
    routed.share("News")
    routed.drain()
    assert routed.health() == ("broken", code)
    assert routed.health(GLOBEX) == ("ok", None)
    assert routed.states == [("waiting", None)]


def test_a_scope_that_only_a_look_up_lacks_fails_that_notice_and_breaks_nothing(
    routed: Host, slack: Control
) -> None:
    slack.set_token_scopes("xoxb-demo-acme", ["chat:write", "chat:write.public"])
    routed.comment(BOB)
    routed.share("News")
    routed.drain()
    assert routed.health() == ("ok", None)
    assert sorted(routed.states) == [("failed", "missing_scope"), ("sent", None)]


def test_looking_up_a_person_may_break_the_connection_too(routed: Host, slack: Control) -> None:
    slack.fault("error", "users.lookupByEmail", code="account_inactive")
    routed.comment(BOB)
    routed.drain()
    assert routed.health() == ("broken", "account_inactive")
    assert slack.requests(POST) == []


@pytest.mark.parametrize("foreign", ["other tenant", "cut", "unknown key", "clear"])
def test_a_secret_that_does_not_open_breaks_the_connection_and_never_reaches_slack(
    routed: Host, slack: Control, foreign: str
) -> None:
    """B50"""
    sealed = {row.tenant_id: row.sealed_bot_token for row in routed.rows(connection)}
    stored = {
        "other tenant": sealed[GLOBEX.id],
        "cut": sealed[ACME.id][:-4],
        "unknown key": sealed[ACME.id].replace(".test.", ".lost."),
        "clear": "xoxb-demo-acme",
    }[foreign]
    routed.set_connection(ACME, sealed_bot_token=stored)
    routed.share("News")
    routed.share("Nouvelles", GLOBEX)
    routed.drain()
    assert routed.health() == ("broken", "secret_unreadable")
    assert routed.states == [("waiting", None), ("sent", None)]
    assert {each["team"] for each in slack.requests()} == {"T0GLOBEX"}
    assert len(routed.services.told) == 1


# --- channels and messages ---


def _archive(slack: Control) -> None:
    slack.change_channel("T0ACME", "C0NEWS", is_archived=True)


def _delete(slack: Control) -> None:
    slack.delete_channel("T0ACME", "C0NEWS")


def _read_only(slack: Control) -> None:
    slack.change_channel("T0ACME", "C0NEWS", posting="read_only")


@pytest.mark.parametrize("spoil", [_archive, _delete, _read_only], ids=lambda spoil: str(spoil.__name__))
def test_a_channel_that_takes_no_messages_stops_only_its_own_lane(
    routed: Host, slack: Control, spoil: Any
) -> None:
    """B23"""
    spoil(slack)
    for title in ("first", "second"):
        routed.share(title)
        routed.share(title, thread="other")
    routed.drain()
    assert titles(slack.messages("T0ACME", "general")) == ["first", "second"]
    assert len(slack.requests(POST)) == 3
    lane = routed.lane("C0NEWS")
    assert lane.trouble in ("is_archived", "channel_not_found", "restricted_action_read_only_channel")
    assert CHANNEL_PROBE_SECONDS - 60 < _pause(routed, "C0NEWS") <= CHANNEL_PROBE_SECONDS
    assert routed.health() == ("ok", None)
    assert [state for state, _ in routed.states].count("waiting") == 2


def test_a_channel_that_takes_messages_again_gets_them_in_order(routed: Host, slack: Control) -> None:
    slack.change_channel("T0ACME", "C0NEWS", is_archived=True)
    for title in ("first", "second"):
        routed.share(title)
    routed.drain()
    slack.change_channel("T0ACME", "C0NEWS", is_archived=False)
    routed.hurry()
    routed.drain()
    assert titles(slack.messages("T0ACME", "news")) == ["first", "second"]
    assert routed.lane("C0NEWS").trouble is None


@pytest.mark.parametrize("code", ["msg_too_long", "invalid_arguments", "new_error_2027"])
def test_a_message_that_slack_refuses_fails_alone(routed: Host, slack: Control, code: str) -> None:
    """B35, B36"""
    slack.fault("error", POST, code=code, times=1)
    for title in ("first", "second"):
        routed.share(title)
    routed.drain()
    assert routed.states == [("failed", code), ("sent", None)]
    assert [(row.outcome, row.trouble) for row in routed.messages] == [("failed", code), ("sent", None)]
    assert titles(slack.messages("T0ACME", "news")) == ["second"]
    assert len(slack.requests(POST)) == 2


def test_blocks_that_slack_does_not_take_are_left_away_once(routed: Host, slack: Control) -> None:
    """B36: the words arrive, and the record says why they came alone."""
    slack.fault("error", POST, code="invalid_blocks", times=1)
    for title in ("first", "second"):
        routed.share(title)
    routed.drain()
    assert routed.states == [("sent", None)] * 2
    assert [(row.outcome, row.trouble) for row in routed.messages] == [
        ("sent", "invalid_blocks"),
        ("sent", None),
    ]
    first, second = slack.messages("T0ACME", "news")
    assert titles([first, second]) == ["first", "second"]
    assert not first.get("blocks")
    assert second["blocks"]


def test_words_that_slack_does_not_take_either_fail_for_good(routed: Host, slack: Control) -> None:
    slack.fault("error", POST, code="invalid_blocks", times=2)
    for title in ("first", "second"):
        routed.share(title)
    routed.drain()
    assert routed.states == [("failed", "invalid_blocks"), ("sent", None)]
    assert len(slack.requests(POST)) == 3


def test_direct_messages_that_are_off_stop_only_that_person(routed: Host, slack: Control) -> None:
    slack.fault("error", POST, code="messages_tab_disabled", channel="U0BOB")
    routed.comment(BOB)
    routed.comment(ALICE)
    routed.drain()
    assert routed.lane("@bob").trouble == "messages_tab_disabled"
    assert len(slack.messages("T0ACME", "U0ALICE")) == 1


# --- our own faults ---


def test_a_fault_of_our_own_gives_the_lane_back_with_its_lease(
    routed: Host, slack: Control, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(posting, "compose_message", broken)
    routed.share("News")
    routed.share("Nouvelles", GLOBEX)
    routed.drain(budget=1.0)
    assert "ZeroDivisionError" in caplog.text
    assert routed.states == [("waiting", None)] * 2
    assert all(row.lease_until for row in routed.lanes)
    monkeypatch.undo()
    routed.execute(text("UPDATE cocoom_slack_lane SET lease_until = now()"))
    routed.drain()
    assert routed.states == [("sent", None)] * 2


def test_a_storm_of_all_faults_loses_nothing_and_keeps_the_order(
    host: Host, slack: Control, slack_thread: SlackThread
) -> None:
    """Jepsen's queue check in small: what was committed is what was posted, doubles only where an answer was lost."""
    host.route(ACME, "C0NEWS")
    host.route(GLOBEX, "C1NEWS")
    told = [secrets.token_hex(4) for _ in range(12)]
    kinds = ["reset", "reset_after", "html", "truncated_after", "server_error", "empty"]

    def trouble(_: Slack) -> None:
        for kind in kinds:
            slack_thread.slack.faults.add(Fault(FaultKind(kind), POST, times=1))

    for number, key in enumerate(told):
        host.share(f"{number:02}", (ACME, GLOBEX)[number % 2], event_id=key)
    # Fewer in all than the attempts after which a notice is given up.
    slack_thread.run(trouble)
    until = time.monotonic() + 60
    while {state for state, _ in host.states} != {"sent"}:
        assert time.monotonic() < until
        host.drain()
        host.hurry()
    posted = slack.posted()
    assert set(posted) == set(told)
    assert sum(posted.values()) - len(told) <= 2  # two of the faults lose an answer after the work
    for team, channel in (("T0ACME", "news"), ("T0GLOBEX", "news")):
        seen = titles(slack.messages(team, channel))
        assert sorted(seen) == seen
