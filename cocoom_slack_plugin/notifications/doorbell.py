"""The doorbell: an RQ job without content that says "there is work". Best effort: the sweeper makes good.

Ringing never raises, never waits long, and does not ring again while nobody has answered the last ring.
"""

from __future__ import annotations

import logging
import time

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session

from cocoom_hooks.host import DatabaseSession
from cocoom_slack_plugin.settings import Settings

log = logging.getLogger(__name__)

JOB = "cocoom_slack_plugin.notifications.jobs.deliver"
RING_TIMEOUT_SECONDS = 0.08
QUIET_SECONDS = 5.0
"""How long a broken Redis is not asked again, so that a request loses the timeout once and then nothing."""
UNANSWERED_SECONDS = 5
"""A ring that nobody answers counts as lost after this time."""
WANTED = "cocoom_slack.ring_after_commit"
"""Where a session keeps the doorbell that is to be rung."""


class Doorbell:
    """Rings for one deployment. Every method may be called from any thread."""

    def __init__(self, settings: Settings) -> None:
        # redis-py's own defaults hold a web request for up to a minute when Redis is frozen (security.md C4).
        self._redis: Redis = Redis.from_url(
            settings.redis_url.get_secret_value(),
            socket_timeout=RING_TIMEOUT_SECONDS,
            socket_connect_timeout=RING_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._queue = Queue(settings.queue, connection=self._redis, serializer=JSONSerializer)
        self._job_timeout = int(settings.drain_budget + settings.slack_timeout + 30)
        self._rung = f"{settings.queue}:rung"
        self._quiet_until = 0.0

    def ring(self) -> bool:
        """Put a job into the queue unless one waits unanswered. Returns whether work is announced now."""
        if time.monotonic() < self._quiet_until:
            return False
        try:
            if self._redis.set(self._rung, 1, nx=True, ex=UNANSWERED_SECONDS):
                self._queue.enqueue(JOB, job_timeout=self._job_timeout, result_ttl=0, failure_ttl=86_400)
        except RedisError as error:
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            log.warning(
                "the doorbell does not work (%s); the sweeper will find the work", type(error).__name__
            )
            return False
        return True

    def answer(self) -> None:
        """Take note that a worker has come: from now on new work needs a new ring."""
        try:
            self._redis.delete(self._rung)
        except RedisError as error:
            log.warning("the doorbell cannot be reset: %s", type(error).__name__)

    def ring_after_commit(self, dbsession: DatabaseSession) -> None:
        """Ring once when this session's transaction has been committed; forget it when it is rolled back."""
        dbsession.info[WANTED] = self


def _committed(dbsession: Session) -> None:
    # Also called when a savepoint is released, which makes nothing true yet.
    if WANTED in dbsession.info and not dbsession.in_nested_transaction():
        dbsession.info.pop(WANTED).ring()


def _rolled_back(dbsession: Session) -> None:
    if not dbsession.in_nested_transaction():
        dbsession.info.pop(WANTED, None)


# Once for all sessions: to listen to one costs a good part of an INSERT, and every request has its own.
event.listen(Session, "after_commit", _committed)
event.listen(Session, "after_rollback", _rolled_back)
