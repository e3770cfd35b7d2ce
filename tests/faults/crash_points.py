"""Named places at which a process ends at once, as a power cut would end it; wrapped around the product from outside.

A process dies once: it leaves a marker file, so that the one that is started again lives.
"""

from __future__ import annotations

import enum
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from cocoom_slack_plugin.notifications import lanes, recording, undecided
from cocoom_slack_plugin.notifications.doorbell import Doorbell
from cocoom_slack_plugin.slack import SlackGateway

POINT, MARKER = "COCOOM_CRASH_POINT", "COCOOM_CRASH_MARKER"
"""The environment variables that name the point and the marker file."""
STATUS = 9


class CrashPoint(enum.StrEnum):
    """The first two are the host's, the others the worker's, in the order in which they are passed."""

    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"
    """The event is committed, the doorbell has not been rung."""
    AFTER_DECIDE = "after_decide"
    """Notices are made, and not committed."""
    AFTER_CLAIM = "after_claim"
    """Lanes are claimed and committed."""
    BEFORE_POST = "before_post"
    AFTER_POST = "after_post"
    """Slack has accepted; nobody has written it down."""
    BEFORE_RECORD = "before_record"
    AMID_RECORD = "amid_record"
    """Written down, and not committed."""
    AFTER_RECORD = "after_record"
    """Written down and committed."""


def arm_from_environment() -> None:
    """Let this process end where its environment says."""
    if point := os.environ.get(POINT):
        arm(CrashPoint(point), Path(os.environ[MARKER]))


def arm(point: CrashPoint, marker: Path) -> None:
    """Wrap the product so that this process ends at the point, unless the marker file is there already."""

    def crash(*_: object) -> None:
        with suppress(FileExistsError):
            os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
            os._exit(STATUS)

    _ARMING[point](crash)


Crash = Callable[..., None]


def _before_commit(crash: Crash) -> None:
    event.listen(Session, "before_commit", crash)


def _after_commit(crash: Crash) -> None:
    _wrap_method(Doorbell, "ring", before=crash)


def _after_decide(crash: Crash) -> None:
    _wrap(undecided.decide_batch, after=lambda _, decided: crash() if decided else None)


def _after_claim(crash: Crash) -> None:
    _wrap(lanes.claim, after=lambda dbsession, claims: _once_committed(dbsession, crash) if claims else None)


def _before_record(crash: Crash) -> None:
    _wrap(recording.record, before=crash)


def _amid_record(crash: Crash) -> None:
    _wrap(recording.record, after=lambda *_: crash())


def _after_record(crash: Crash) -> None:
    _wrap(recording.record, after=lambda dbsession, _: _once_committed(dbsession, crash))


def _before_post(crash: Crash) -> None:
    _wrap_post(before=crash)


def _after_post(crash: Crash) -> None:
    _wrap_post(after=crash)


_ARMING = {
    CrashPoint.BEFORE_COMMIT: _before_commit,
    CrashPoint.AFTER_COMMIT: _after_commit,
    CrashPoint.AFTER_DECIDE: _after_decide,
    CrashPoint.AFTER_CLAIM: _after_claim,
    CrashPoint.BEFORE_POST: _before_post,
    CrashPoint.AFTER_POST: _after_post,
    CrashPoint.BEFORE_RECORD: _before_record,
    CrashPoint.AMID_RECORD: _amid_record,
    CrashPoint.AFTER_RECORD: _after_record,
}


def _nothing(*_: object) -> None: ...


def _once_committed(dbsession: Session, crash: Crash) -> None:
    event.listen(dbsession, "after_commit", crash)


def _wrap(function: Any, *, before: Crash = _nothing, after: Crash = _nothing) -> None:
    """Wherever the product looks the function up; ``after`` gets the database session and the result."""

    @wraps(function)
    def wrapped(*given: Any, **named: Any) -> Any:
        before()
        result = function(*given, **named)
        after(next(each for each in (*given, *named.values()) if isinstance(each, Session)), result)
        return result

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "cocoom_slack_plugin":
            for known, value in list(vars(module).items()):
                if value is function:
                    setattr(module, known, wrapped)


def _wrap_method(owner: type, name: str, before: Crash) -> None:
    method = getattr(owner, name)

    @wraps(method)
    def wrapped(*given: Any, **named: Any) -> Any:
        before()
        return method(*given, **named)

    setattr(owner, name, wrapped)


def _wrap_post(*, before: Crash = _nothing, after: Crash = _nothing) -> None:
    post = SlackGateway.post

    @wraps(post)
    async def wrapped(*given: Any, **named: Any) -> Any:
        before()
        posted = await post(*given, **named)
        after()
        return posted

    SlackGateway.post = wrapped  # type: ignore[method-assign]
