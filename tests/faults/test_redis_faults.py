"""Redis killed, wiped, full, frozen, read-only, without a disk: the doorbell is lost, nothing else is.

F11, F12, F14, F16, F29 and the warnings of B08; a replica that refuses writes, and two more that D1 lacks.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis as Client

from demo.servers import Redis
from demo.slack.control import Control

from .deployment import LOAD, Child, Deployment
from .patience import until
from .proxy import FaultProxy
from .relay import CHANNELS

LANES = len(CHANNELS)


@pytest.fixture
def client(cache: Redis) -> Iterator[Any]:
    with Client.from_url(cache.url()) as made:
        yield made


def _acts_go_on(deployment: Deployment, count: int = 30) -> None:
    """The host's acts are done without an error, and none of them waits as long as redis-py would by itself."""
    slowest = 0.0
    for _ in range(count):
        began = time.monotonic()
        deployment.share(1)
        slowest = max(slowest, time.monotonic() - began)
    assert not deployment.relay.hooks.failures
    assert slowest < 4, "redis-py's own patience with a Redis that is down is 4.3 s, with a frozen one 59 s"


def _is_at_work(deployment: Deployment, slack: Control) -> None:
    """Jobs are under way when the fault comes, and for as long as it lasts."""
    slack.settings(latency_ms=300)
    deployment.share(60)
    until(lambda: deployment.seen >= LANES, "nothing is under way")


def _job_could_not_be_finished(worker: Child) -> None:
    """RQ gives up with these words when it may not write down that a job has ended; the worker must not end with it."""
    until(lambda: "unhandled exception, quitting" in worker.said, lambda: worker.said)


def _all_arrived_once(deployment: Deployment) -> None:
    found = deployment.settle()
    assert found.sound, found
    assert found.duplicates == 0, found


def test_f11_redis_killed_and_back_empty(deployment: Deployment, slack: Control, cache: Redis) -> None:
    slack.settings(latency_ms=100)
    workers = [deployment.worker(), deployment.worker()]
    deployment.share(LOAD // 2)
    until(lambda: deployment.seen >= LANES, "nothing is under way")
    cache.stop(signal.SIGKILL)
    deployment.share(LOAD // 2)
    cache.start()
    _all_arrived_once(deployment)
    assert len(deployment.committed) == LOAD
    assert all(worker.lives for worker in workers), deployment.said


@pytest.mark.parametrize("frozen", [False, True], ids=["down", "frozen"])
def test_f12_redis_away(deployment: Deployment, cache: Redis, frozen: bool) -> None:
    worker = deployment.worker()
    deployment.share(LANES)
    _all_arrived_once(deployment)
    if frozen:
        os.kill(cache.pid, signal.SIGSTOP)
    else:
        cache.stop(signal.SIGKILL)
    try:
        _acts_go_on(deployment)
    finally:
        if frozen:
            os.kill(cache.pid, signal.SIGCONT)
        else:
            cache.start()
    _all_arrived_once(deployment)
    assert worker.lives, worker.said


def test_f14_redis_full(deployment: Deployment, slack: Control, client: Any) -> None:
    """``noeviction``: Redis refuses each write. The outbox grows, the host acts on, and it recovers by itself."""
    worker = deployment.worker()
    _is_at_work(deployment, slack)
    client.config_set("maxmemory", 1)
    try:
        _acts_go_on(deployment)
        _job_could_not_be_finished(worker)
        assert "OutOfMemoryError" in worker.said
    finally:
        client.config_set("maxmemory", 0)
    _all_arrived_once(deployment)
    assert worker.lives, worker.said


def test_f16_redis_wiped_in_the_middle(deployment: Deployment, slack: Control, client: Any) -> None:
    slack.settings(latency_ms=50)
    workers = [deployment.worker(), deployment.worker()]
    for _ in range(4):
        deployment.share(LOAD // 4)
        client.flushall()
    _all_arrived_once(deployment)
    assert all(worker.lives for worker in workers), deployment.said


def test_a_redis_that_turns_read_only_stops_no_act_and_no_worker(
    deployment: Deployment, slack: Control, client: Any
) -> None:
    """What a failover leaves behind: the address now leads to a replica, which refuses every write."""
    worker = deployment.worker()
    _is_at_work(deployment, slack)
    client.replicaof("127.0.0.1", 1)
    try:
        _acts_go_on(deployment)
        _job_could_not_be_finished(worker)
        assert "ReadOnlyError" in worker.said
    finally:
        client.replicaof("NO", "ONE")
    _all_arrived_once(deployment)
    assert worker.lives, worker.said


class SmallDisk(Redis):
    """A Redis that keeps its data on a disk with only so much space: a limit on the size of its files."""

    def command(self) -> list[str]:
        # Ignored, a write beyond the limit fails with an error like on a full disk, instead of ending the process.
        return ["sh", "-c", 'trap "" XFSZ; exec "$@"', "sh", *super().command()]

    def space(self, size: int) -> None:
        _, most = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size, most))


def test_f29_redis_on_a_full_disk(deployment: Deployment, slack: Control, tmp_path: Path) -> None:
    """Redis refuses writes while it cannot append to its file, and takes them again when there is space."""
    with SmallDisk(tmp_path / "redis") as small, Client.from_url(small.url()) as client:
        deployment.redis = small.url()
        worker = deployment.worker()
        _is_at_work(deployment, slack)
        small.space(1)
        try:
            until(
                lambda: client.info("persistence")["aof_last_write_status"] == "err", "the disk is not full"
            )
            _acts_go_on(deployment)
            _job_could_not_be_finished(worker)
            assert "MISCONF" in worker.said
        finally:
            small.space(resource.RLIM_INFINITY)
        until(small.answers)
        _all_arrived_once(deployment)
        assert worker.lives, worker.said


def test_workers_started_while_redis_is_away_deliver_once_it_is_there(
    deployment: Deployment, cache: Redis
) -> None:
    cache.stop()
    try:
        workers = [deployment.worker(), deployment.worker()]
        deployment.share(60)
        for worker in workers:
            until(lambda worker=worker: "Redis is away" in worker.said, lambda: deployment.said)  # type: ignore[misc]
    finally:
        cache.start()
    _all_arrived_once(deployment)
    assert all(worker.lives for worker in workers), deployment.said


def test_a_network_to_redis_that_falls_silent_and_comes_back(deployment: Deployment, cache: Redis) -> None:
    """Half-open TCP: nobody says that the connection is gone."""
    with FaultProxy(cache.port) as proxy:
        deployment.redis = f"redis://127.0.0.1:{proxy.port}/0"
        worker = deployment.worker()
        deployment.share(LANES)
        _all_arrived_once(deployment)
        proxy.change(silent=True)
        _acts_go_on(deployment)
        # As a router that forgot the connections answers, once it is back.
        proxy.calm()
        proxy.cut()
        _all_arrived_once(deployment)
        assert worker.lives, worker.said


# --- B08: what could lose rings is said when the worker starts ---


def test_b08_an_evicting_redis_is_warned_of(deployment: Deployment, client: Any) -> None:
    client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        worker = deployment.worker()
        until(lambda: "maxmemory-policy allkeys-lru; set noeviction" in worker.said, lambda: worker.said)
        deployment.share(LANES)
        _all_arrived_once(deployment)
    finally:
        client.config_set("maxmemory-policy", "noeviction")


def test_b08_an_old_redis_is_warned_of(deployment: Deployment, cache: Redis, client: Any) -> None:
    version = str(client.info("server")["redis_version"]).encode()
    older = b"5" + version[1:]
    with FaultProxy(cache.port) as proxy:
        proxy.change(rewrite=(b"redis_version:" + version, b"redis_version:" + older))
        deployment.redis = f"redis://127.0.0.1:{proxy.port}/0"
        worker = deployment.worker()
        until(
            lambda: f"Redis is {older.decode()}; RQ keeps jobs safe from 6.2" in worker.said,
            lambda: worker.said,
        )


def test_b08_a_good_redis_is_not_warned_of(deployment: Deployment) -> None:
    worker = deployment.worker()
    deployment.share(LANES)
    _all_arrived_once(deployment)
    assert "maxmemory-policy" not in worker.said
    assert "keeps jobs safe" not in worker.said
