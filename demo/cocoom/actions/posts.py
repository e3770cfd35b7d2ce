"""Writing, publishing, editing and taking back posts (cocoom.md 1.2 and 2.2).

Every act on a post that others can see is told in its own base, and in each base that receives its thread.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cocoom_hooks.payloads import ModerationAction, PostEdited, PostEvent, PostKind, PostModerated
from demo.cocoom import hub
from demo.cocoom.actions.acting import Acting, ImpossibleError, NotAllowedError
from demo.cocoom.rights import Right
from demo.cocoom.tables import PostRow, PostState, ThreadRow


@dataclass(frozen=True, slots=True)
class PostText:
    """What the author writes and may change later."""

    title: str
    subtitle: str | None = None
    body: str = ""
    tags: tuple[str, ...] = ()


def publish(acting: Acting, thread: ThreadRow, text: PostText, *, template: str = "basic") -> PostRow:
    """Write a publication and publish it."""
    return publish_draft(acting, draft(acting, thread, text, template=template))


def draft(acting: Acting, thread: ThreadRow, text: PostText, *, template: str = "basic") -> PostRow:
    """Write a publication and keep it to oneself. Fires nothing."""
    return _write(acting, thread, text, PostKind.PUBLICATION, template)


def publish_draft(acting: Acting, post: PostRow) -> PostRow:
    """The author publishes a draft, or once more what was unpublished."""
    acting.require(Right.CONTRIBUTE)
    _require_author(acting, post)
    if post.state not in (PostState.DRAFT, PostState.UNPUBLISHED):
        raise ImpossibleError("only a draft, or what was unpublished, can be published")
    return _appear(acting, post, "publication_published")


def share(acting: Acting, thread: ThreadRow, text: PostText, *, template: str = "link") -> PostRow:
    """Write a share, which is published at once."""
    return _appear(acting, _write(acting, thread, text, PostKind.SHARE, template), "share_published")


def edit(acting: Acting, post: PostRow, text: PostText) -> PostRow:
    """Change a publication. A share cannot be edited. Fires when it is published and something changed."""
    may_edit(acting, post)
    changed = tuple(name for name in CHANGEABLE if _value(post, name) != getattr(text, name))
    for name in changed:
        setattr(post, name, list(text.tags) if name == "tags" else getattr(text, name))
    if changed and post.state == PostState.PUBLISHED:
        _tell(acting, post, "publication_edited", PostEdited, changed_fields=changed)
    return post


CHANGEABLE = ("title", "subtitle", "body", "tags")


def may_edit(acting: Acting, post: PostRow) -> None:
    """Raises NotAllowedError, or ImpossibleError for a share."""
    if not post.is_publication:
        raise ImpossibleError("a share cannot be edited once published; delete it and start again")
    acting.require(Right.CONTRIBUTE)
    if acting.author.id != post.author_id:
        acting.require(Right.ADMINISTER)


def may_see(acting: Acting, post: PostRow) -> bool:
    """Published posts are everybody's, drafts their author's, unpublished ones also the administrators'."""
    if post.state == PostState.PUBLISHED or acting.author.id == post.author_id:
        return True
    return post.state == PostState.UNPUBLISHED and acting.has(Right.ADMINISTER)


def unpublish(acting: Acting, post: PostRow) -> None:
    """The author takes a publication back."""
    _require_author(acting, post)
    _require_published_publication(post)
    post.state = PostState.UNPUBLISHED
    _tell(acting, post, "publication_unpublished")


def delete(acting: Acting, post: PostRow) -> None:
    """The author deletes a post. Nobody is told of a draft."""
    _require_author(acting, post)
    was_a_draft = post.state == PostState.DRAFT
    post.state = PostState.DELETED
    if not was_a_draft:
        _tell(acting, post, "publication_deleted" if post.is_publication else "share_deleted")


def moderate(acting: Acting, post: PostRow, action: ModerationAction, reason: str | None = None) -> None:
    """An administrator unpublishes or deletes somebody else's post; a share can only be deleted."""
    acting.require(Right.ADMINISTER)
    if acting.actor and acting.actor.id == post.author_id:
        raise ImpossibleError("nobody moderates their own post")
    if post.state == PostState.DRAFT:
        raise NotAllowedError("a draft is its author's alone")
    if action is ModerationAction.UNPUBLISHED:
        _require_published_publication(post)
    post.state = PostState(action)
    hook = "publication_moderated" if post.is_publication else "share_moderated"
    _tell(acting, post, hook, PostModerated, action=action, reason=reason)


def _write(acting: Acting, thread: ThreadRow, text: PostText, kind: PostKind, template: str) -> PostRow:
    acting.require(Right.CONTRIBUTE)
    hub.require_own(acting.dbsession, thread)
    post = PostRow(id=f"p-{uuid.uuid4().hex[:12]}", tenant_id=acting.tenant.id, kind=kind, template=template)
    post.thread, post.author, post.state = thread, acting.author, PostState.DRAFT
    post.title, post.subtitle, post.body, post.tags = text.title, text.subtitle, text.body, list(text.tags)
    acting.dbsession.add(post)
    acting.dbsession.flush()
    return post


def _appear(acting: Acting, post: PostRow, hook: str) -> PostRow:
    post.state, post.published_at = PostState.PUBLISHED, datetime.now(UTC)
    _tell(acting, post, hook)
    return post


def _tell(acting: Acting, post: PostRow, hook: str, event: type[PostEvent] = PostEvent, **more: Any) -> None:
    for fields in hub.tellings(acting, post):
        acting.tell(hook, event(**fields, **more))


def _value(post: PostRow, name: str) -> object:
    return tuple(post.tags) if name == "tags" else getattr(post, name)


def _require_author(acting: Acting, post: PostRow) -> None:
    acting.require(Right.READ)
    if acting.author.id != post.author_id:
        raise NotAllowedError("the post is somebody else's")


def _require_published_publication(post: PostRow) -> None:
    if not post.is_publication or post.state != PostState.PUBLISHED:
        raise ImpossibleError("only a published publication can be unpublished")
