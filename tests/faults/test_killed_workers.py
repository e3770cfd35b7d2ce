"""Workers that are killed, stopped and multiplied under load: F05, F06, F07, F10; and a frozen one, which D1 lacks."""

from __future__ import annotations

import signal

from demo.slack.control import Control

from .deployment import LOAD, Deployment
from .patience import until
from .relay import CHANNELS

POST = "chat.postMessage"
LANES = len(CHANNELS)
NOBODYS_MESSAGES = """
    SELECT id FROM cocoom_slack_message AS m
    WHERE outcome = 'sent' AND NOT EXISTS (SELECT FROM cocoom_slack_notice WHERE message_id = m.id)
"""


def test_f05_idle_worker_killed(deployment: Deployment) -> None:
    first, second = deployment.worker(), deployment.worker()
    deployment.share(LANES)
    deployment.settle()
    first.kill()
    deployment.share(LANES)
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates == 0, found
    assert second.lives


def test_f06_worker_killed_before_slack_reads(deployment: Deployment, slack: Control) -> None:
    """Every request under way is swallowed: each is sent once, by the heir."""
    slack.fault("hang", POST, seconds=120)
    first = deployment.worker()
    deployment.share()
    until(lambda: len(slack.requests(POST)) >= LANES, "not every lane is under way")
    first.kill()
    slack.clear_faults()
    deployment.worker()
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates == 0, found
    assert found.told == LOAD


def test_f07_worker_killed_after_slack_accepted(deployment: Deployment, slack: Control) -> None:
    """One double for each message that Slack had taken and nobody had written down: at most one a lane."""
    slack.fault("hang_after", POST, seconds=120)
    first = deployment.worker()
    deployment.share()
    until(lambda: deployment.seen == LANES, "Slack did not accept one of each lane")
    first.kill()
    slack.clear_faults()
    deployment.worker()
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates <= LANES, found


def test_f10_sigterm_during_posts(deployment: Deployment, slack: Control) -> None:
    """It finishes what is under way, takes up nothing new, ends with 0 and leaves no lease and no doubt."""
    slack.settings(latency_ms=500)
    first = deployment.worker()
    deployment.share()
    until(lambda: len(slack.requests(POST)) >= LANES, "nothing is under way")
    first.signal(signal.SIGTERM)
    assert first.ends() == 0
    assert deployment.seen < LOAD
    assert deployment.rows("SELECT 1 FROM cocoom_slack_message WHERE outcome <> 'sent'") == []
    assert deployment.rows("SELECT 1 FROM cocoom_slack_lane WHERE lease_until IS NOT NULL") == []
    slack.settings(latency_ms=0)
    deployment.worker()
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates == 0, found


def test_a_worker_frozen_for_longer_than_its_lease_comes_back_and_changes_nothing(
    deployment: Deployment, slack: Control
) -> None:
    """SIGSTOP amid its posts, SIGCONT when another has taken over and finished: the late records are refused."""
    slack.settings(latency_ms=700)
    frozen = deployment.worker()
    deployment.share(60)
    until(lambda: len(slack.requests(POST)) >= LANES, "nothing is under way")
    frozen.signal(signal.SIGSTOP)
    slack.settings(latency_ms=0)
    heir = deployment.worker()
    deployment.settle()
    frozen.signal(signal.SIGCONT)
    # Asked to end, it first writes down all that it has to tell: too late.
    frozen.signal(signal.SIGTERM)
    assert frozen.ends() == 0
    assert deployment.rows(NOBODYS_MESSAGES) == [], "a late record was accepted"
    deployment.share(LANES)
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates <= LANES, found
    assert set(deployment.states) == {"sent"}
    assert heir.lives


def test_workers_killed_one_after_the_other_under_load_hand_over_to_the_next(
    deployment: Deployment, slack: Control
) -> None:
    slack.settings(latency_ms=50)
    deployment.share()
    kills = 3
    for number in range(kills):
        doomed = deployment.worker()
        until(lambda number=number: deployment.seen > number * LANES * 2, deployment.said)  # type: ignore[misc]
        doomed.kill()
    deployment.worker()
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates <= kills * LANES * 2, found
