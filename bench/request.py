"""A request of the host in which somebody acts: the hook within the transaction, and the doorbell after its commit."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from bench.contenders import PLAIN_QUEUE, post_one
from bench.world import World, publication
from cocoom_hooks import Hooks

HOOK = "cocoom_publication_published"


class Requests:
    """Acts of one web process, one after the other; each in a session and a transaction of its own, as requests are.

    The commit itself is the host's and is not counted: what hangs on it is measured from the first of the session's
    listeners to the last.
    """

    def __init__(self, world: World, hooks: Hooks) -> None:
        self._engine = world.engine
        self._hooks = hooks
        self._began = self._ended = 0.0

    def __enter__(self) -> Self:
        event.listen(Session, "after_commit", self._begin, insert=True)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        event.remove(Session, "after_commit", self._begin)

    def act(self) -> float:
        """Somebody publishes. Returns the seconds that the hook and the doorbell took of the request."""
        told = publication(0)
        with Session(self._engine) as dbsession:
            dbsession.execute(text("SELECT 1"))
            began = time.perf_counter()
            self._hooks.tell(HOOK, told, dbsession)
            hook = time.perf_counter() - began
            event.listen(dbsession, "after_commit", self._end)
            dbsession.commit()
        return hook + self._ended - self._began

    def _begin(self, _: Session) -> None:
        self._began = time.perf_counter()

    def _end(self, _: Session) -> None:
        self._ended = time.perf_counter()


def enqueue(world: World) -> float:
    """Seconds of enqueuing one plain RQ job with a small message."""
    queue = Queue(PLAIN_QUEUE, connection=_client(world.redis_url), serializer=JSONSerializer)
    message = {"text": "Bob published News", "blocks": []}
    began = time.perf_counter()
    queue.enqueue(post_one, "https://slack.com", "token", "C0NEWS", message, result_ttl=0)
    return time.perf_counter() - began


_CLIENTS: dict[str, Redis] = {}


def _client(url: str) -> Redis:
    """One connection pool for all jobs, as a host has it."""
    return _CLIENTS.setdefault(url, Redis.from_url(url))
