"""Finding rows, always within one base."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Role, UserStatus
from demo.cocoom.tables import (
    BaseRow,
    CommentRow,
    FollowRow,
    LetterRow,
    PostRow,
    PostState,
    ThreadRow,
    UserRow,
)


def base_at(dbsession: Session, subdomain: str) -> BaseRow | None:
    return dbsession.scalar(select(BaseRow).where(BaseRow.subdomain == subdomain))


def base_by_key(dbsession: Session, key: str) -> BaseRow | None:
    """By id or, failing that, by subdomain."""
    return dbsession.get(BaseRow, key) or base_at(dbsession, key)


def user_by_id(
    dbsession: Session, tenant_id: str, user_id: str, *, as_committed: bool = False
) -> UserRow | None:
    """``as_committed`` asks the database again, in case another session has changed the row meanwhile."""
    if as_committed:
        dbsession.flush()
    row = dbsession.get(UserRow, user_id, populate_existing=as_committed)
    return row if row and row.tenant_id == tenant_id else None


def users_by_email(dbsession: Session, tenant_id: str, email: str) -> Sequence[UserRow]:
    wanted = select(UserRow).where(
        UserRow.tenant_id == tenant_id, func.lower(UserRow.email) == email.strip().lower()
    )
    return dbsession.scalars(wanted.order_by(UserRow.id)).all()


def people(dbsession: Session, tenant_id: str) -> Sequence[UserRow]:
    """Everybody in the directory: all but those removed."""
    wanted = select(UserRow).where(UserRow.tenant_id == tenant_id, UserRow.status != UserStatus.REMOVED)
    return dbsession.scalars(wanted.order_by(UserRow.display_name)).all()


def administrators(dbsession: Session, tenant_id: str) -> Sequence[UserRow]:
    wanted = select(UserRow).where(
        UserRow.tenant_id == tenant_id,
        UserRow.role == Role.ADMINISTRATOR,
        UserRow.status == UserStatus.ACTIVE,
    )
    return dbsession.scalars(wanted.order_by(UserRow.id)).all()


def threads(dbsession: Session, tenant_id: str) -> Sequence[ThreadRow]:
    wanted = select(ThreadRow).where(ThreadRow.tenant_id == tenant_id)
    return dbsession.scalars(wanted.order_by(ThreadRow.name)).all()


def thread_by_id(dbsession: Session, tenant_id: str, thread_id: str) -> ThreadRow | None:
    row = dbsession.get(ThreadRow, thread_id)
    return row if row and row.tenant_id == tenant_id else None


def followers(dbsession: Session, tenant_id: str, thread_id: str) -> Sequence[UserRow]:
    """Active collaborators who follow the thread."""
    wanted = (
        select(UserRow)
        .join(FollowRow, FollowRow.user_id == UserRow.id)
        .where(FollowRow.thread_id == thread_id, UserRow.tenant_id == tenant_id)
        .where(UserRow.status == UserStatus.ACTIVE)
    )
    return dbsession.scalars(wanted.order_by(UserRow.id)).all()


def posts(
    dbsession: Session, tenant_id: str, *, author_id: str, thread_id: str | None = None
) -> Sequence[PostRow]:
    """What this author sees in lists, newest first: all that is published, and their own that is not."""
    wanted = select(PostRow).where(PostRow.tenant_id == tenant_id, PostRow.state != PostState.DELETED)
    wanted = wanted.where(or_(PostRow.state == PostState.PUBLISHED, PostRow.author_id == author_id))
    if thread_id is not None:
        wanted = wanted.where(PostRow.thread_id == thread_id)
    return dbsession.scalars(wanted.order_by(PostRow.published_at.desc().nulls_first(), PostRow.id)).all()


def post_by_id(dbsession: Session, tenant_id: str, post_id: str) -> PostRow | None:
    """Any post that was not deleted."""
    row = dbsession.get(PostRow, post_id)
    return row if row and row.tenant_id == tenant_id and row.state != PostState.DELETED else None


def comments(dbsession: Session, post_id: str) -> Sequence[CommentRow]:
    wanted = select(CommentRow).where(CommentRow.post_id == post_id)
    return dbsession.scalars(wanted.order_by(CommentRow.created_at, CommentRow.id)).all()


def comment_by_id(dbsession: Session, tenant_id: str, comment_id: str) -> CommentRow | None:
    row = dbsession.get(CommentRow, comment_id)
    return row if row and row.tenant_id == tenant_id else None


def letters(dbsession: Session, tenant_id: str) -> Sequence[LetterRow]:
    wanted = select(LetterRow).where(LetterRow.tenant_id == tenant_id)
    return dbsession.scalars(wanted.order_by(LetterRow.written_at.desc(), LetterRow.id).limit(50)).all()
