"""Where something about a post was told, or waits to be told: all that has to follow what becomes of the post."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import CommentEvent, Event, PostEvent
from cocoom_slack_plugin.notifications.decision import Act, Decision
from cocoom_slack_plugin.notifications.kinds import CHANGING, COMMENT_GONE

CARDS = ("publication_published", "share_published")
"""The messages that show the post itself."""
REMARKS = ("comment_added", "publication_edited")
"""The messages that name and link it. They follow when it is gone; a new title is not worth rewriting them all."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What was told about a post where: its card, or a remark, which may be about one of its comments."""

    kind: str
    comment_id: str | None
    conversation: str


_TOLD = text("""
    SELECT e.tenant_id, e.post_id, e.kind, e.payload #>> '{comment,id}' AS comment_id, l.conversation
    FROM unnest(CAST(:tenants AS text[]), CAST(:posts AS text[])) AS wanted(tenant_id, post_id)
    JOIN cocoom_slack_event e USING (tenant_id, post_id)
    JOIN cocoom_slack_notice n ON n.event_pk = e.id AND n.act = 'tell' AND n.state IN ('waiting', 'sent')
    JOIN cocoom_slack_lane l ON l.id = n.lane_id
    WHERE e.kind = ANY(CAST(:kinds AS text[]))
    ORDER BY n.id
""")

Post = tuple[str, str]  # tenant id, post id


class Whereabouts:
    """Of the posts of some events; what these events themselves are told of is added while they are decided."""

    def __init__(self, dbsession: Session, events: Iterable[tuple[str, str, Event]]) -> None:
        """``events`` are (tenant id, kind, event)."""
        self._told: dict[Post, list[Telling]] = {
            (tenant_id, event.post.id): []
            for tenant_id, kind, event in events
            if kind in CHANGING and isinstance(event, PostEvent)
        }
        if self._told:
            wanted = {"tenants": [t for t, _ in self._told], "posts": [p for _, p in self._told]}
            for row in dbsession.execute(_TOLD, {**wanted, "kinds": [*CARDS, *REMARKS]}):
                telling = Telling(row.kind, row.comment_id, row.conversation)
                self._told[row.tenant_id, row.post_id].append(telling)

    def of(self, tenant_id: str, kind: str, event: Event) -> list[str]:
        """The conversations in which this event changes what was told."""
        if kind not in CHANGING or not isinstance(event, PostEvent):
            return []
        told = self._told.get((tenant_id, event.post.id), ())
        if kind == "publication_edited":
            told = [each for each in told if each.kind in CARDS]
        elif kind in COMMENT_GONE and isinstance(event, CommentEvent):
            told = [each for each in told if each.comment_id == event.comment.id]
        return list(dict.fromkeys(each.conversation for each in told))

    def note(self, tenant_id: str, kind: str, event: Event, decisions: Iterable[Decision]) -> None:
        """These decisions were just made: what comes later in the batch has to know of them."""
        if kind not in (*CARDS, *REMARKS) or not isinstance(event, PostEvent):
            return
        comment_id = event.comment.id if isinstance(event, CommentEvent) else None
        if (told := self._told.get((tenant_id, event.post.id))) is not None:
            told += [
                Telling(kind, comment_id, each.conversation)
                for each in decisions
                if each.conversation and each.act is Act.TELL
            ]
