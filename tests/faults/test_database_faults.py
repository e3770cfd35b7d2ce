"""PostgreSQL stopped, slow, cut off in the middle: F17, F19, and the worst moments of a recording (not in D1)."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.servers import Postgres, Redis
from demo.slack.control import Control

from .conftest import initialised
from .deployment import LOAD, Deployment
from .patience import until
from .proxy import FaultProxy
from .relay import CHANNELS

POST = "chat.postMessage"
LANES = len(CHANNELS)
NEWS = ("acme", "news")
RECORDED, COMMITTED = b"INSERT INTO cocoom_slack_message", b"COMMIT"


@pytest.fixture
def proxy(postgres: Postgres) -> Iterator[FaultProxy]:
    """Between the workers and the database; the host has its own way."""
    with FaultProxy(postgres.port) as made:
        yield made


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
def test_f17_database_restarts(
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
    cache: Redis,
    slack: Control,
    sign: signal.Signals,
) -> None:
    """Stopped properly, and ended at once so that it recovers from its log; the data is kept, doubles are explained."""
    folder = tmp_path_factory.mktemp("restarting")
    with Postgres(folder / "postgres") as server:
        deployment = Deployment(tmp_path, initialised(server, "faults_restart", folder), cache.url(), slack)
        try:
            deployment.connect()
            _survives_a_restart(deployment, server, slack, sign)
        finally:
            deployment.end()


def _survives_a_restart(
    deployment: Deployment, server: Postgres, slack: Control, sign: signal.Signals
) -> None:
    slack.settings(latency_ms=100)
    workers = [deployment.worker(), deployment.worker()]
    deployment.share()
    until(lambda: deployment.seen >= LANES, "nothing is under way")
    server.stop(sign)
    server.start()
    found = deployment.settle()
    assert found.sound, found
    assert found.told == LOAD
    # A message can be doubled only where its outcome could not be written down.
    assert found.duplicates <= LANES * len(workers), found
    assert set(deployment.states) == {"sent"}
    assert deployment.rows("SELECT 1 FROM cocoom_slack_lane WHERE lease_until > now()") == []
    assert all(worker.lives for worker in workers), deployment.said


def test_f19_database_slow(deployment: Deployment, slack: Control, proxy: FaultProxy) -> None:
    """Each statement takes half a second: claims and records take many seconds, and no lane is served twice."""
    slow = deployment.ini(database=deployment.database_at(proxy.port), lease=40)
    workers = [deployment.worker(slow), deployment.worker(slow)]
    proxy.change(latency=0.25)
    deployment.share(LANES)
    until(lambda: deployment.seen == LANES, lambda: deployment.said)
    deployment.share(LANES)
    until(lambda: deployment.seen == 2 * LANES, lambda: deployment.said)
    proxy.calm()
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates == 0, found
    assert not any("after its lease" in worker.said for worker in workers)


@pytest.mark.parametrize("hand_on", [False, True], ids=["commit lost", "answer to commit lost"])
def test_a_connection_cut_in_the_middle_of_a_recording_is_recorded_again_and_not_sent_again(
    deployment: Deployment, proxy: FaultProxy, hand_on: bool
) -> None:
    worker = deployment.worker(deployment.ini(database=deployment.database_at(proxy.port)))
    sprung = proxy.cut_at(RECORDED, COMMITTED, hand_on=hand_on)
    deployment.share(10, [NEWS])
    until(sprung.is_set, "no recording was met")
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates == 0, found
    assert deployment.states == {"sent": 10}
    assert worker.lives, worker.said


def test_a_database_gone_while_posts_are_under_way_doubles_at_most_those(
    deployment: Deployment, slack: Control, proxy: FaultProxy
) -> None:
    """Away for longer than the ledger is patient: the leases run out, and the notices are still waiting."""
    slack.settings(latency_ms=300)
    worker = deployment.worker(deployment.ini(database=deployment.database_at(proxy.port)))
    deployment.share(60)
    until(lambda: len(slack.requests(POST)) >= LANES, "nothing is under way")
    proxy.refuse()
    until(lambda: "could not be recorded" in worker.said, lambda: worker.said)
    until(lambda: "the chore sweeper failed" in worker.said, lambda: worker.said)
    deployment.share(LANES)
    proxy.calm()
    found = deployment.settle()
    assert found.sound, found
    # What a lane had posted and not yet written down when the database went.
    assert found.duplicates <= 2 * LANES, found
    assert worker.lives, worker.said


def test_a_database_whose_network_falls_silent_is_taken_over_by_a_worker_that_can_reach_it(
    deployment: Deployment, slack: Control, proxy: FaultProxy
) -> None:
    """Half-open TCP to one worker: its lanes go to the other with their leases, and its late records are refused."""
    slack.settings(latency_ms=300)
    cut_off = deployment.worker(deployment.ini(database=deployment.database_at(proxy.port)))
    deployment.share(60)
    until(lambda: len(slack.requests(POST)) >= LANES, "nothing is under way")
    proxy.change(silent=True)
    deployment.worker()
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates <= 2 * LANES, found
    proxy.calm()
    proxy.cut()
    cut_off.signal(signal.SIGTERM)
    assert cut_off.ends() == 0
    assert deployment.compare() == found


def test_workers_started_while_the_database_is_away_deliver_once_it_is_there(
    deployment: Deployment, proxy: FaultProxy
) -> None:
    proxy.refuse()
    ini = deployment.ini(database=deployment.database_at(proxy.port))
    workers = [deployment.worker(ini), deployment.worker(ini)]
    deployment.share(60)
    for worker in workers:
        until(lambda worker=worker: "OperationalError" in worker.said, lambda: deployment.said)  # type: ignore[misc]
    proxy.calm()
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates == 0, found
    assert all(worker.lives for worker in workers), deployment.said
