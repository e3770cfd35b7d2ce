"""Slack limited, broken, gone, impersonated: F20, F21, F22, F23, F25, F26; half-open TCP, bad lines, a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.vault import SecretKind
from demo.servers import free_port
from demo.slack.control import Control
from demo.slack.thread import SlackThread
from tests.functional.login.tls import Authority, serving

from .deployment import LOAD, VAULT, Deployment
from .patience import until
from .proxy import FaultProxy
from .relay import CHANNELS, TENANTS

POST = "chat.postMessage"
LANES = len(CHANNELS)
ACMES, GLOBEXES = ([lane for lane in CHANNELS if lane[0] == name] for name in ("acme", "globex"))
NEWS = ("acme", "news")


@pytest.fixture
def proxy(slack: Control) -> Iterator[FaultProxy]:
    """Between the workers and Slack."""
    port = urlsplit(slack.url).port
    assert port is not None
    with FaultProxy(port) as made:
        yield made


def _url(proxy: FaultProxy) -> str:
    return f"http://127.0.0.1:{proxy.port}"


def _seen(deployment: Deployment, name: str) -> int:
    return len(
        {key for lane in CHANNELS if lane[0] == name for each in deployment.shown(lane) for key in each}
    )


def _answered(slack: Control, answer: str) -> int:
    return len([each for each in slack.requests(POST) if each["answer"] == answer])


def test_f20_limited_workspace_waits_and_the_other_does_not(deployment: Deployment, slack: Control) -> None:
    slack.fault("rate_limited", POST, team="T0ACME", channel="C0NEWS", retry_after="8", times=1)
    deployment.worker()
    deployment.share(LOAD // 2)
    until(lambda: _seen(deployment, "globex") == LOAD // 4, "the other base waited too")
    assert deployment.shown(NEWS) == []
    assert deployment.lane(NEWS).attempts == 0
    assert deployment.trouble(NEWS) == "ratelimited"
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates == 0, found
    assert _answered(slack, "fault:rate_limited") == 1


def test_f21_slack_out_of_order_for_a_while(deployment: Deployment, slack: Control) -> None:
    """503 with a page for people: a few probes, not one request for each event, and then all of it."""
    slack.fault("server_error", POST, status=503)
    deployment.worker()
    deployment.share()
    until(lambda: _answered(slack, "fault:server_error") >= 2, "nothing was tried")
    until(lambda: deployment.trouble(NEWS) is not None, "the trouble is not shown")
    probes = _answered(slack, "fault:server_error")
    assert probes <= 2 * LANES, "each event was tried"
    slack.clear_faults()
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates == 0, found
    assert found.told == LOAD


def test_f22_answers_lost_to_resets(deployment: Deployment, slack: Control) -> None:
    """Slack had done it each time: as many doubles as answers were lost, and stated as unknown outcomes."""
    lost = 3
    slack.fault("reset_after", POST, team="T0ACME", times=lost)
    deployment.worker()
    deployment.share(60)
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates <= lost, found
    unknown = "SELECT trouble FROM cocoom_slack_message WHERE outcome = 'unknown'"
    assert [row.trouble for row in deployment.rows(unknown)] == ["no_answer"] * lost


def test_f23_one_answer_hangs_and_the_worker_goes_on(deployment: Deployment, slack: Control) -> None:
    slack.fault("hang_after", POST, team="T0ACME", channel="C0NEWS", times=1, seconds=120)
    deployment.worker()
    deployment.share(60)
    until(lambda: deployment.seen >= 60 - 10, "the other lanes waited")
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates <= 1, found


def test_f25_token_revoked_in_the_middle(deployment: Deployment, slack: Control) -> None:
    """The base stops, the other one does not, the administrators get one letter, and everything is kept."""
    slack.settings(latency_ms=100)
    deployment.worker()
    deployment.share()
    until(lambda: _seen(deployment, "acme") >= 6, "nothing is under way")
    slack.uninstall_app("A0ACME", "T0ACME")
    until(lambda: _seen(deployment, "globex") == LOAD // 2, "the other base waited")
    until(lambda: _health(deployment) == "broken")
    before = _seen(deployment, "acme")
    deployment.share(LANES)
    until(lambda: _seen(deployment, "globex") == LOAD // 2 + LANES // 2, "the other base waited")
    assert _seen(deployment, "acme") == before < LOAD // 2
    # What was under way when the first such answer came, and nothing after it.
    assert 1 <= _answered(slack, "account_inactive") <= len(ACMES)
    assert len(deployment.rows("SELECT 1 FROM demo_letter")) == 1
    _reconnect(deployment, slack)
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates == 0, found


def _health(deployment: Deployment) -> str:
    tenant = TENANTS["acme"].id
    (row,) = deployment.rows(f"SELECT health FROM cocoom_slack_connection WHERE tenant_id = '{tenant}'")
    return str(row.health)


def _reconnect(deployment: Deployment, slack: Control) -> None:
    scopes = ["chat:write", "chat:write.public"]
    token = slack.install_app("A0ACME", "T0ACME", scopes, token="xoxb-demo-again")
    tenant = TENANTS["acme"].id
    with deployment.relay.open_session() as dbsession:
        sealed = VAULT.seal(SecretStr(token), tenant, SecretKind.BOT_TOKEN)
        connections.save(dbsession, tenant, {"team_id": "T0ACME", "sealed_bot_token": sealed})
        # As somebody decides who wants what waited to be delivered.
        connections.change(dbsession, connections.get(dbsession, tenant), {"held_at": None})
        dbsession.commit()


# --- F26: nobody there, somebody else there ---


def test_f26_name_not_known(deployment: Deployment) -> None:
    _cannot_reach(deployment, "https://slack.cocoom.invalid", "unreachable")


def test_f26_connection_refused(deployment: Deployment) -> None:
    _cannot_reach(deployment, f"http://127.0.0.1:{free_port()}", "unreachable")


def test_f26_certificate_of_somebody_else(deployment: Deployment, tmp_path: Path) -> None:
    """Told apart from a Slack that is away, and neither token nor message reach whoever answers there."""
    certificate = Authority(tmp_path).certificate("localhost")
    with serving(certificate) as (port, heard):
        _cannot_reach(deployment, f"https://localhost:{port}", "tls_error")
    assert heard == []


def _cannot_reach(deployment: Deployment, url: str, trouble: str) -> None:
    """It is said why, nothing left us, and another worker that reaches Slack delivers it."""
    worker = deployment.worker(deployment.ini(slack_url=url))
    deployment.share(10, [NEWS])
    until(lambda: deployment.trouble(NEWS) == trouble, lambda: f"{deployment.trouble(NEWS)} {worker.said}")
    assert deployment.rows("SELECT 1 FROM cocoom_slack_message") == []
    assert worker.lives
    worker.kill()
    deployment.worker()
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates == 0, found


# --- what D1 lacks ---


def test_half_open_connections_to_slack(deployment: Deployment, slack: Control, proxy: FaultProxy) -> None:
    """The network swallows everything, on warm connections too: time-outs, no more than one double a lane."""
    slack.settings(latency_ms=200)
    deployment.worker(deployment.ini(slack_url=_url(proxy)))
    deployment.share(60)
    until(lambda: deployment.seen >= LANES, "nothing is under way")
    proxy.change(silent=True)
    until(lambda: deployment.rows("SELECT 1 FROM cocoom_slack_message WHERE outcome = 'unknown'"))
    proxy.calm()
    proxy.cut()
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates <= LANES, found


@pytest.mark.parametrize(
    "weather", [{"latency": 0.1}, {"bandwidth": 4_000}, {"slow_close": 3.0}], ids=["slow", "thin", "slow end"]
)
def test_bad_lines_to_slack_cost_time_and_nothing_else(
    deployment: Deployment, proxy: FaultProxy, weather: dict[str, float]
) -> None:
    proxy.change(**weather)
    deployment.worker(deployment.ini(slack_url=_url(proxy), slack_timeout=5, lease=12))
    deployment.share(30)
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates == 0, found


def test_answers_cut_off_in_the_middle(deployment: Deployment, slack: Control, proxy: FaultProxy) -> None:
    """The connection ends within the answer's head: unknown, sent again, and as many doubles as were cut off."""
    proxy.change(limit=40)
    deployment.worker(deployment.ini(slack_url=_url(proxy)))
    deployment.share(30)
    unknown = "SELECT 1 FROM cocoom_slack_message WHERE outcome = 'unknown'"
    until(lambda: deployment.rows(unknown), "nothing was cut off")
    proxy.calm()
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates <= len(deployment.rows(unknown)), found


def test_slack_itself_restarts_at_the_same_address(deployment: Deployment) -> None:
    """Its listener goes and comes back with all it knew; the workers' warm connections are dead."""
    port = free_port()
    with SlackThread(port=port) as first:
        state = first.slack
        first.control.limits(enabled=False, tiers_enabled=False)
        first.control.settings(latency_ms=100)
        deployment.slack = first.control
        worker = deployment.worker(deployment.ini(slack_url=first.url))
        deployment.share(LOAD // 2)
        until(lambda: deployment.seen >= LANES, "nothing is under way")
    until(lambda: deployment.rows("SELECT 1 FROM cocoom_slack_lane WHERE trouble IS NOT NULL"), worker.said)
    with SlackThread(state, port=port) as second:
        deployment.slack = second.control
        found = deployment.settle()
        assert found.sound, found
        assert found.duplicates <= LANES, found
        assert worker.lives, worker.said
