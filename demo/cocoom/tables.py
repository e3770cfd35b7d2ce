"""What the host remembers. Every row belongs to one base; ids are unique over all of them (cocoom.md 1.2)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Index, MetaData, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from cocoom_hooks.payloads import PostKind, Role, UserStatus

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - read by SQLAlchemy when the class is made
        str: Text,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
    }


class PostState(StrEnum):
    """A publication goes from draft to published to unpublished; anything may be deleted (cocoom.md 1.2)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    DELETED = "deleted"


def _base_id() -> Mapped[str]:
    return mapped_column(ForeignKey("demo_base.id", ondelete="CASCADE"), index=True)


class BaseRow(Table):
    """A base, the host's word for a tenant."""

    __tablename__ = "demo_base"

    id: Mapped[str] = mapped_column(primary_key=True)
    subdomain: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    locale: Mapped[str] = mapped_column(server_default="en")
    timezone: Mapped[str] = mapped_column(server_default="Europe/Paris")
    """The IANA's name of the zone in which the base keeps its hours."""
    comments_may_leave: Mapped[bool] = mapped_column(server_default="false")
    """Whether plugins may be given the text of comments (cocoom.md 5.2, rule 5: not by default)."""


class UserRow(Table):
    """A collaborator of one base, identified there by e-mail (cocoom.md 1.2)."""

    __tablename__ = "demo_user"
    # Exact spelling only: addresses that differ in case are the fault that askers by e-mail must cope with.
    __table_args__ = (Index("uq_demo_user_email", "tenant_id", "email", unique=True),)

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = _base_id()
    email: Mapped[str]
    display_name: Mapped[str]
    role: Mapped[str] = mapped_column(server_default=Role.READER.value)
    status: Mapped[str] = mapped_column(server_default=UserStatus.INVITED.value)
    locale: Mapped[str | None]
    timezone: Mapped[str | None]
    """The IANA's name; as the locale, None where the base's holds."""
    password_hash: Mapped[str | None]

    @property
    def is_active(self) -> bool:
        return self.status == UserStatus.ACTIVE


class ThreadRow(Table):
    """A thematic thread, shown with a leading # (cocoom.md 1.2)."""

    __tablename__ = "demo_thread"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = _base_id()
    name: Mapped[str]
    color: Mapped[str | None]


class LendingRow(Table):
    """A hub: one base lends a thread to another, which shows its posts, to be read alone (cocoom.md 1.2)."""

    __tablename__ = "demo_lending"

    thread_id: Mapped[str] = mapped_column(ForeignKey("demo_thread.id", ondelete="CASCADE"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("demo_base.id", ondelete="CASCADE"), primary_key=True)
    """The base that receives."""
    local_thread_id: Mapped[str] = mapped_column(
        ForeignKey("demo_thread.id", ondelete="CASCADE"), unique=True
    )
    """Its own thread, in which the posts appear there."""


class FollowRow(Table):
    """A collaborator follows a thread (cocoom.md 3.4)."""

    __tablename__ = "demo_follow"

    thread_id: Mapped[str] = mapped_column(ForeignKey("demo_thread.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("demo_user.id", ondelete="CASCADE"), primary_key=True)


class PostRow(Table):
    """A publication or a share; ``template`` is the form it was made from, for good (cocoom.md 1.2)."""

    __tablename__ = "demo_post"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = _base_id()
    thread_id: Mapped[str] = mapped_column(ForeignKey("demo_thread.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[str] = mapped_column(ForeignKey("demo_user.id", ondelete="CASCADE"))
    kind: Mapped[str]
    template: Mapped[str]
    title: Mapped[str]
    subtitle: Mapped[str | None]
    body: Mapped[str] = mapped_column(server_default="")
    tags: Mapped[list[str]] = mapped_column(server_default="{}")
    state: Mapped[str]
    published_at: Mapped[datetime | None]

    thread: Mapped[ThreadRow] = relationship(lazy="joined")
    author: Mapped[UserRow] = relationship(lazy="joined")

    @property
    def is_publication(self) -> bool:
        return self.kind == PostKind.PUBLICATION


class CommentRow(Table):
    """A signed comment on a post."""

    __tablename__ = "demo_comment"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = _base_id()
    post_id: Mapped[str] = mapped_column(ForeignKey("demo_post.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[str] = mapped_column(ForeignKey("demo_user.id", ondelete="CASCADE"))
    text: Mapped[str]
    created_at: Mapped[datetime]

    post: Mapped[PostRow] = relationship(lazy="joined")
    author: Mapped[UserRow] = relationship(lazy="joined")


class SessionRow(Table):
    """A browser's session at one base. ``id`` is a digest, so that reading the table opens no session."""

    __tablename__ = "demo_session"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = _base_id()
    user_id: Mapped[str | None] = mapped_column(ForeignKey("demo_user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen: Mapped[datetime]
    ends_at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class LetterRow(Table):
    """What the real host would mail or show under the bell; here it is read in the outbox."""

    __tablename__ = "demo_letter"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = _base_id()
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    url: Mapped[str | None]
    written_at: Mapped[datetime]
