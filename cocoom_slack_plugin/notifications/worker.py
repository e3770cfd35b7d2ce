"""The worker process: an RQ worker with settings under which nothing waits for long, and the sweeper beside it.

One queue, no scheduler, no RQ retries (security.md C3). Jobs run in the worker's own process, where connections and
certificates stay warm; a killed worker costs nothing but the leases it held.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterable
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from cocoom_slack_plugin.chores import Chore, start
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import lanes
from cocoom_slack_plugin.notifications.doorbell import Doorbell
from cocoom_slack_plugin.notifications.jobs import Desk, deliver
from cocoom_slack_plugin.runtime import Runtime

log = logging.getLogger(__name__)

MAINTENANCE_SECONDS, WORKER_TTL_SECONDS, MONITORING_SECONDS = 15, 30, 5
REDIS_PAUSE_SECONDS = 1.0
OLDEST_REDIS = (6, 2)


class Worker(SimpleWorker):
    """An RQ worker that asks the running job to come to an end when it is asked to stop."""

    def request_stop(self, signum: int, frame: Any) -> None:
        Desk.stop.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def run(runtime: Runtime, *, chores: Iterable[Chore] = (), burst: bool = False) -> None:
    """Work until SIGTERM or SIGINT; with ``burst`` until the queue is empty. Redis may come and go meanwhile.

    ``chores`` are done beside the sweeping, on behalf of rooms that this one does not know.
    """
    settings = runtime.settings
    # Until RQ installs its own, and while Redis is away.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: Desk.stop.set())
    connection: Redis = Redis.from_url(settings.redis_url.get_secret_value())
    Desk.runtime, Desk.doorbell = runtime, Doorbell(settings)
    doorbell = Desk.doorbell
    sweeper = Chore("sweeper", settings.sweep_interval, lambda stop: sweep(runtime, doorbell))
    start([sweeper, *chores], Desk.stop)
    while not Desk.stop.is_set():
        try:
            _warn_of(connection)
            _worker(connection, settings.queue).work(burst=burst, logging_level="WARNING")
            if burst:
                return
        except (RedisError, SystemExit) as error:
            # Away, full, read-only after a failover: whatever it is, the sweeper delivers meanwhile.
            log.warning("Redis is away; trying again (%s)", type(error).__name__)
        # RQ's loop also ends, with or without an exception, when Redis was away for long: it is started again.
        Desk.stop.wait(REDIS_PAUSE_SECONDS)


def sweep(runtime: Runtime, doorbell: Doorbell) -> None:
    """Ring for work that is due and that nobody rang for: lost rings, wiped queues, leases that ran out.

    Where the doorbell does not work, the work is done right here.
    """
    with transaction(runtime.hooks) as dbsession:
        seconds = lanes.seconds_to_next(dbsession)
    if seconds is not None and seconds <= 0 and not doorbell.ring():
        deliver()


def _worker(connection: Redis, queue: str) -> Worker:
    return Worker(
        [Queue(queue, connection=connection, serializer=JSONSerializer)],
        connection=connection,
        serializer=JSONSerializer,
        maintenance_interval=MAINTENANCE_SECONDS,
        worker_ttl=WORKER_TTL_SECONDS,
        job_monitoring_interval=MONITORING_SECONDS,
        log_job_description=False,
    )


def _warn_of(connection: Redis) -> None:
    """Say what of this Redis could lose rings (security.md B08)."""
    version = _told(lambda: connection.info("server")["redis_version"])
    if version and tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS:
        log.warning("Redis is %s; RQ keeps jobs safe from %s.%s on", version, *OLDEST_REDIS)
    policy = _told(lambda: connection.config_get("maxmemory-policy").get("maxmemory-policy"))
    if policy not in (None, "noeviction"):
        log.warning(
            "Redis has maxmemory-policy %s; set noeviction, or jobs vanish when memory is full", policy
        )


def _told(ask: Callable[[], object]) -> str | None:
    """What Redis answers, None when it does not let us ask: managed ones forbid CONFIG."""
    try:
        answer = ask()
    except RedisError:
        return None
    return None if answer is None else str(answer)
