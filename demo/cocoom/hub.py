"""A hub: threads that one base lends to another, and their posts as the receiving base shows them.

A plugin is told of such a post once for each base that shows it, with that base's tenant, link and thread
(cocoom.md 5.5). The receiving base reads; whoever wants to write, edit or comment does so where the post lives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from demo.cocoom import payloads, queries
from demo.cocoom.actions.acting import Acting, ImpossibleError
from demo.cocoom.tables import BaseRow, LendingRow, PostRow, PostState, ThreadRow


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A post as one base shows it. ``lender`` is the name of the base it comes from, None for one's own."""

    post: PostRow
    thread: ThreadRow
    lender: str | None = None


def tellings(acting: Acting, post: PostRow) -> Iterator[dict[str, Any]]:
    """The common fields of each event that an act on this post is: in its own base, then in the others."""
    yield {**acting.envelope(), "post": payloads.post_of(post, acting.tenant)}
    for lending, thread in _lendings(acting.dbsession, post.thread_id):
        tenant = acting.hooks.find_tenant(lending.tenant_id, acting.dbsession)
        if tenant is not None:
            told = payloads.lent_post_of(post, tenant, thread, acting.tenant)
            yield {**acting.envelope_in(tenant), "post": told}


def shown_posts(
    dbsession: Session, tenant_id: str, *, reader_id: str, thread_id: str | None = None
) -> list[ShownPost]:
    """What this reader sees in lists, newest first: the base's own posts and those lent to it."""
    own = queries.posts(dbsession, tenant_id, author_id=reader_id, thread_id=thread_id)
    shown = [ShownPost(post, post.thread) for post in own]
    shown += _lent_posts(
        dbsession, tenant_id, LendingRow.local_thread_id == thread_id if thread_id else true()
    )
    return sorted(shown, key=_newest_first)


def lent_post(dbsession: Session, tenant_id: str, post_id: str) -> ShownPost | None:
    """The published post with this id, if a thread lent to this base holds it."""
    return next(iter(_lent_posts(dbsession, tenant_id, PostRow.id == post_id)), None)


def own_threads(dbsession: Session, tenant_id: str) -> list[ThreadRow]:
    """The threads in which this base writes: all but those that show another's posts."""
    received = set(dbsession.scalars(select(LendingRow.local_thread_id)))
    return [thread for thread in queries.threads(dbsession, tenant_id) if thread.id not in received]


def lender_of(dbsession: Session, thread_id: str) -> str | None:
    """The name of the base whose posts this thread shows; None for an ordinary thread."""
    wanted = (
        select(BaseRow.name)
        .join(ThreadRow, ThreadRow.tenant_id == BaseRow.id)
        .join(LendingRow, LendingRow.thread_id == ThreadRow.id)
        .where(LendingRow.local_thread_id == thread_id)
    )
    return dbsession.scalar(wanted)


def receivers_of(dbsession: Session, thread_id: str) -> list[str]:
    """The names of the bases to which this thread is lent."""
    wanted = select(BaseRow.name).join(LendingRow, LendingRow.tenant_id == BaseRow.id)
    return list(dbsession.scalars(wanted.where(LendingRow.thread_id == thread_id).order_by(BaseRow.name)))


def require_own(dbsession: Session, thread: ThreadRow) -> None:
    """Raises ImpossibleError for a thread that shows another base's posts."""
    lender = lender_of(dbsession, thread.id)
    if lender is not None:
        raise ImpossibleError(f"this thread shows posts of {lender} and is for reading only")


def _lendings(dbsession: Session, thread_id: str) -> Sequence[tuple[LendingRow, ThreadRow]]:
    wanted = select(LendingRow, ThreadRow).join(ThreadRow, ThreadRow.id == LendingRow.local_thread_id)
    found = wanted.where(LendingRow.thread_id == thread_id).order_by(LendingRow.tenant_id)
    return [(lending, thread) for lending, thread in dbsession.execute(found)]


def _lent_posts(dbsession: Session, tenant_id: str, condition: ColumnElement[bool]) -> list[ShownPost]:
    wanted = (
        select(PostRow, ThreadRow, BaseRow.name)
        .join(LendingRow, LendingRow.thread_id == PostRow.thread_id)
        .join(ThreadRow, ThreadRow.id == LendingRow.local_thread_id)
        .join(BaseRow, BaseRow.id == PostRow.tenant_id)
        .where(LendingRow.tenant_id == tenant_id, PostRow.state == PostState.PUBLISHED, condition)
    )
    return [ShownPost(post, thread, lender) for post, thread, lender in dbsession.execute(wanted)]


def _newest_first(shown: ShownPost) -> tuple[bool, float, str]:
    """Unpublished drafts come first, as they have no date yet."""
    at = shown.post.published_at
    return (at is not None, -at.timestamp() if at else 0.0, shown.post.id)
