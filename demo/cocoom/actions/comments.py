"""Comments: everybody writes, the author deletes, an administrator moderates (cocoom.md 1.2)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from cocoom_hooks.payloads import Comment, CommentEvent, CommentModerated
from demo.cocoom import payloads
from demo.cocoom.actions.acting import Acting, ImpossibleError, NotAllowedError
from demo.cocoom.rights import Right
from demo.cocoom.tables import BaseRow, CommentRow, PostRow, PostState


def add(acting: Acting, post: PostRow, text: str) -> CommentRow:
    acting.require(Right.READ)
    if post.state != PostState.PUBLISHED:
        raise ImpossibleError("only a published post can be commented on")
    comment = CommentRow(
        id=f"c-{uuid.uuid4().hex[:12]}",
        tenant_id=acting.tenant.id,
        post=post,
        author=acting.author,
        text=text,
        created_at=datetime.now(UTC),
    )
    acting.dbsession.add(comment)
    acting.dbsession.flush()
    acting.tell("comment_added", CommentEvent(**_fields(acting, comment)))
    return comment


def delete(acting: Acting, comment: CommentRow) -> None:
    """The comment's author deletes it."""
    acting.require(Right.READ)
    if acting.author.id != comment.author_id:
        raise NotAllowedError("the comment is somebody else's")
    event = CommentEvent(**_fields(acting, comment))
    acting.dbsession.delete(comment)
    acting.tell("comment_deleted", event)


def moderate(acting: Acting, comment: CommentRow, reason: str | None = None) -> None:
    """An administrator deletes somebody else's comment."""
    acting.require(Right.ADMINISTER)
    if acting.actor and acting.actor.id == comment.author_id:
        raise ImpossibleError("nobody moderates their own comment")
    event = CommentModerated(**_fields(acting, comment), reason=reason)
    acting.dbsession.delete(comment)
    acting.tell("comment_moderated", event)


def _fields(acting: Acting, comment: CommentRow) -> dict[str, Any]:
    post = payloads.post_of(comment.post, acting.tenant)
    return {**acting.envelope(), "post": post, "comment": _told(acting, comment)}


def _told(acting: Acting, comment: CommentRow) -> Comment:
    base = acting.dbsession.get_one(BaseRow, acting.tenant.id)
    return payloads.comment_of(comment, acting.tenant, text_may_leave=base.comments_may_leave)
