"""Threads: an administrator keeps them, everybody follows them (cocoom.md 1.2 and 3.4)."""

from __future__ import annotations

import uuid

from sqlalchemy import delete as delete_rows
from sqlalchemy import select

from cocoom_hooks.payloads import ThreadEvent
from demo.cocoom import hub, payloads
from demo.cocoom.actions.acting import Acting, ImpossibleError
from demo.cocoom.rights import Right
from demo.cocoom.tables import FollowRow, PostRow, PostState, ThreadRow


def create(acting: Acting, *, name: str, color: str | None = None) -> ThreadRow:
    """Fires nothing: no plugin has anything to do about an empty thread."""
    acting.require(Right.ADMINISTER)
    thread = ThreadRow(id=f"th-{uuid.uuid4().hex[:12]}", tenant_id=acting.tenant.id, name=name, color=color)
    acting.dbsession.add(thread)
    acting.dbsession.flush()
    return thread


def update(acting: Acting, thread: ThreadRow, *, name: str, color: str | None) -> None:
    """Rename or recolour. Fires only when something changed."""
    acting.require(Right.ADMINISTER)
    wanted = {"name": name, "color": color}
    changed = tuple(field for field, value in wanted.items() if getattr(thread, field) != value)
    thread.name, thread.color = name, color
    if changed:
        _tell(acting, thread, "thread_updated", changed)


def delete(acting: Acting, thread: ThreadRow) -> None:
    """Only a thread that holds no post can be deleted."""
    acting.require(Right.ADMINISTER)
    held = select(PostRow.id).where(PostRow.thread_id == thread.id, PostRow.state != PostState.DELETED)
    if acting.dbsession.scalar(held.limit(1)):
        raise ImpossibleError("a thread that holds posts cannot be deleted")
    hub.require_own(acting.dbsession, thread)
    acting.dbsession.execute(delete_rows(PostRow).where(PostRow.thread_id == thread.id))
    acting.dbsession.delete(thread)
    _tell(acting, thread, "thread_deleted", ())


def follow(acting: Acting, thread: ThreadRow) -> None:
    acting.require(Right.READ)
    acting.dbsession.merge(FollowRow(thread_id=thread.id, user_id=acting.author.id))


def unfollow(acting: Acting, thread: ThreadRow) -> None:
    acting.require(Right.READ)
    followed = (FollowRow.thread_id == thread.id, FollowRow.user_id == acting.author.id)
    acting.dbsession.execute(delete_rows(FollowRow).where(*followed))


def _tell(acting: Acting, thread: ThreadRow, hook: str, changed: tuple[str, ...]) -> None:
    told = payloads.thread_of(thread, acting.tenant)
    acting.tell(hook, ThreadEvent(**acting.envelope(), thread=told, changed_fields=changed))
