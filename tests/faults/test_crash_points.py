"""A process that dies at each boundary between two steps, with exactly one notice under way, and its heir.

F01, F02, F03 (the host), F04, F07, F08 (the worker), security.md C6.
"""

from __future__ import annotations

import pytest

from .crash_points import STATUS, CrashPoint
from .deployment import Deployment
from .patience import until

NEWS = ("acme", "news")
HOSTS = (CrashPoint.BEFORE_COMMIT, CrashPoint.AFTER_COMMIT)
SLACK_KNOWS_WE_DO_NOT = (CrashPoint.AFTER_POST, CrashPoint.BEFORE_RECORD, CrashPoint.AMID_RECORD)


@pytest.mark.parametrize("point", [each for each in CrashPoint if each not in HOSTS])
def test_a_worker_that_dies_anywhere_loses_nothing_and_doubles_at_most_what_slack_alone_knew_of(
    deployment: Deployment, point: CrashPoint
) -> None:
    first = deployment.worker(crash=point)
    deployment.share(1, [NEWS])
    assert first.ends() == STATUS
    deployment.share(9, [NEWS])
    # With the same orders: the marker lets it live.
    heir = deployment.worker(crash=point)
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates <= (1 if point in SLACK_KNOWS_WE_DO_NOT else 0), found
    assert deployment.states == {"sent": 10}
    assert heir.lives


@pytest.mark.parametrize("point", SLACK_KNOWS_WE_DO_NOT)
def test_with_a_look_into_the_history_not_even_that_is_doubled(
    deployment: Deployment, point: CrashPoint
) -> None:
    """F07: 0 doubles with the look-up."""
    deployment.connect(scopes=["chat:write", "channels:history"])
    first = deployment.worker(crash=point)
    deployment.share(1, [NEWS])
    assert first.ends() == STATUS
    deployment.share(9, [NEWS])
    deployment.worker(crash=point)
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates == 0, found
    assert deployment.states == {"sent": 10}


def test_f01_host_dies_after_the_commit_and_before_the_ring(deployment: Deployment) -> None:
    worker = deployment.worker()
    relay = deployment.relay_process("dying", crash=CrashPoint.AFTER_COMMIT)
    assert relay.ends() == STATUS
    assert deployment.relayed == []
    assert len(deployment.committed) == 1
    found = deployment.settle()
    assert (found.told, found.messages, found.sound) == (1, 1, True), found
    assert worker.lives


def test_f02_host_dies_before_the_commit(deployment: Deployment) -> None:
    """No row, and so no message: not even after everything that was told later has been sent."""
    deployment.worker()
    relay = deployment.relay_process("dying", crash=CrashPoint.BEFORE_COMMIT)
    assert relay.ends() == STATUS
    assert deployment.committed == []
    deployment.share(6)
    found = deployment.settle()
    assert (found.messages, found.sound) == (6, True), found


def test_f03_host_rolls_back(deployment: Deployment) -> None:
    deployment.worker()
    undone = deployment.relay.share_and_fail(NEWS)
    deployment.share(6)
    found = deployment.settle()
    assert undone not in deployment.committed
    assert (found.messages, found.sound) == (6, True), found


def test_a_worker_and_its_heir_die_at_the_same_point_one_after_the_other(deployment: Deployment) -> None:
    """Two deaths after Slack accepted: at most two doubles, and still in order."""
    for _ in range(2):
        worker = deployment.worker(crash=CrashPoint.AFTER_POST)
        if not deployment.told:
            deployment.share(1, [NEWS])
        assert worker.ends() == STATUS
        (deployment.folder / f"{CrashPoint.AFTER_POST}.crashed").unlink()
    deployment.share(9, [NEWS])
    deployment.worker()
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates <= 2, found
    until(lambda: deployment.states == {"sent": 10})
