"""Events of Acme as the host would have had them recorded, at the time that a test wants."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import CommentEvent, Event, PostEdited, PostEvent, Thread, User
from cocoom_slack_plugin.notifications import outbox
from cocoom_slack_plugin.notifications.undecided import decide_batch
from cocoom_slack_plugin.testing import envelope, make_comment, make_post, make_tenant, make_user

ACME = make_tenant(url="http://acme.localhost:6543", timezone="Europe/Paris")
GLOBEX = make_tenant("globex", url="http://globex.localhost:6543", locale="fr")
BOB, CHLOE = make_user("acme-bob"), make_user("acme-chloe")


def record(engine: Engine, kind: str, event: Event, at: datetime | None = None) -> str:
    """Write an event down as the plugin does, and return its id. ``at`` is when it was recorded, else now."""
    with Session(engine) as dbsession:
        assert outbox.record(dbsession, kind, event)
        if at is not None:
            dbsession.execute(
                text("UPDATE cocoom_slack_event SET recorded_at = :at WHERE event_id = :event"),
                {"at": at, "event": event.event_id},
            )
        dbsession.commit()
    return event.event_id


def post(title: str, thread: str = "general", **fields: Any) -> PostEvent:
    """Bob publishes something; the post's id is ``p-`` and its title."""
    tenant, author, actor = fields.pop("tenant", ACME), fields.pop("author", BOB), fields.pop("actor", BOB)
    where = Thread(id=thread, name=thread, url=f"{tenant.url}/threads/{thread}")
    known = {"id": f"p-{title}", "url": f"{tenant.url}/posts/p-{title}", "title": title, "thread": where}
    return PostEvent(**envelope(tenant, actor), post=make_post(tenant, author, **{**known, **fields}))


def edited(title: str, by: User = BOB) -> PostEdited:
    """Somebody edits a publication of Bob's."""
    return PostEdited(**envelope(ACME, by), post=post(title).post)


def comment(title: str = "News") -> CommentEvent:
    """Chloe comments on Bob's post."""
    event = post(title)
    return CommentEvent(**envelope(ACME, CHLOE), post=event.post, comment=make_comment(ACME, CHLOE))


def decide(engine: Engine) -> None:
    with Session(engine) as dbsession:
        decide_batch(dbsession)
        dbsession.commit()
