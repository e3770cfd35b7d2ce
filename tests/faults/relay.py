"""A host whose only act is sharing posts: loaded from its INI file like the web application, and run as a process.

``python -m tests.faults.relay host.ini <source> <seconds between acts> <file>`` acts until it is ended, and adds
the key of each committed event to the file.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections import Counter
from itertools import cycle
from pathlib import Path

from pyramid.paster import get_app
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import PostEvent, PostKind, Thread
from cocoom_slack_plugin.testing import envelope, make_post, make_tenant, make_user

from .comparison import Lane, make_key
from .crash_points import arm_from_environment

CHANNELS: dict[Lane, tuple[str, str]] = {
    ("acme", "news"): ("T0ACME", "C0NEWS"),
    ("globex", "news"): ("T0GLOBEX", "C1NEWS"),
    ("acme", "general"): ("T0ACME", "C0GENERAL"),
    ("globex", "general"): ("T0GLOBEX", "C1GENERAL"),
    ("acme", "welcome"): ("T0ACME", "C0WELCOME"),
    ("globex", "welcome"): ("T0GLOBEX", "C1WELCOME"),
}
"""The lanes of the load, two bases with three threads each, and where each ends: workspace and channel."""
TENANTS = {name: make_tenant(name, url=f"http://{name}.localhost:6543") for name in ("acme", "globex")}
BOB = make_user("bob")


class Relay:
    """Shares posts; each act is one transaction of the host's, with the hook in it and the doorbell after it."""

    def __init__(self, ini: Path, source: str) -> None:
        registry = get_app(str(ini)).registry
        self.hooks, self.sessions = registry.cocoom_hooks, registry.cocoom_sessionmaker
        self.source = source
        self.acts: Counter[Lane] = Counter()

    def share(self, lane: Lane) -> str:
        """Returns the event's key once it is committed."""
        self.acts[lane] += 1
        key = make_key(lane, self.source, self.acts[lane])
        with self.sessions() as dbsession:
            self.hooks.share_published(shared(lane, key), dbsession)
            dbsession.commit()
        return key

    def share_and_fail(self, lane: Lane) -> str:
        """The host's act fails after the hook: everything is rolled back."""
        key = make_key(lane, f"{self.source}-undone", 1)
        with self.sessions() as dbsession:
            self.hooks.share_published(shared(lane, key), dbsession)
            dbsession.rollback()
        return key

    def close(self) -> None:
        bind = self.sessions.kw["bind"]
        bind.dispose()

    def open_session(self) -> Session:
        session: Session = self.sessions()
        return session


def shared(lane: Lane, key: str) -> PostEvent:
    """The event of a share in this thread, with this key."""
    tenant, name = TENANTS[lane[0]], lane[1]
    where = Thread(id=name, name=name, url=f"{tenant.url}/threads/{name}")
    post = make_post(tenant, BOB, title=key, kind=PostKind.SHARE, thread=where)
    return PostEvent(**{**envelope(tenant, BOB), "event_id": key}, post=post)


def main(arguments: list[str]) -> None:
    ini, source, pause, file = arguments
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    arm_from_environment()
    relay = Relay(Path(ini), source)
    with Path(file).open("a", encoding="utf-8") as told:
        for lane in cycle(CHANNELS):
            if stop.wait(float(pause)):
                return
            told.write(f"{relay.share(lane)}\n")
            told.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
