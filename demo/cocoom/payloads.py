"""From the host's rows to what crosses the contract. Every link is built from the base's own address."""

from __future__ import annotations

from datetime import UTC, datetime

from cocoom_hooks.payloads import Comment, Post, PostKind, Role, Tenant, Thread, User, UserStatus
from demo.cocoom.addresses import TenantAddresses
from demo.cocoom.tables import BaseRow, CommentRow, PostRow, ThreadRow, UserRow

EXCERPT_LENGTH = 200


def tenant_of(row: BaseRow, addresses: TenantAddresses) -> Tenant:
    return Tenant(
        id=row.id,
        subdomain=row.subdomain,
        name=row.name,
        url=addresses.url(row.subdomain),
        locale=row.locale,
        timezone=row.timezone,
    )


def user_of(row: UserRow, tenant: Tenant) -> User:
    return User(
        id=row.id,
        email=row.email,
        display_name=row.display_name,
        role=Role(row.role),
        status=UserStatus(row.status),
        locale=row.locale,
        timezone=row.timezone,
        profile_url=f"{tenant.url}/people/{row.id}",
    )


def guest_of(row: UserRow, home: Tenant) -> User:
    """Somebody of another base of the hub, as the base that receives their posts knows them: a name.

    Their id is none of this base's; without an address, and removed as far as this base goes, they are told
    nothing here.
    """
    return User(
        id=f"hub:{home.id}:{row.id}",
        email="",
        display_name=row.display_name,
        role=Role.READER,
        status=UserStatus.REMOVED,
    )


def thread_of(row: ThreadRow, tenant: Tenant) -> Thread:
    return Thread(id=row.id, name=row.name, url=f"{tenant.url}/threads/{row.id}", color=row.color)


def post_of(row: PostRow, tenant: Tenant) -> Post:
    """In its own base."""
    return _post(row, tenant, row.thread, user_of(row.author, tenant))


def lent_post_of(row: PostRow, tenant: Tenant, thread: ThreadRow, home: Tenant) -> Post:
    """In a base that receives it: at that base's address, in that base's thread."""
    return _post(row, tenant, thread, guest_of(row.author, home))


def _post(row: PostRow, tenant: Tenant, thread: ThreadRow, author: User) -> Post:
    return Post(
        id=row.id,
        kind=PostKind(row.kind),
        title=row.title,
        subtitle=row.subtitle,
        template=row.template,
        url=f"{tenant.url}/posts/{row.id}",
        thread=thread_of(thread, tenant),
        author=author,
        published_at=row.published_at or datetime.now(UTC),
        tags=tuple(row.tags),
    )


def comment_of(row: CommentRow, tenant: Tenant, *, text_may_leave: bool) -> Comment:
    return Comment(
        id=row.id,
        author=user_of(row.author, tenant),
        url=f"{tenant.url}/posts/{row.post_id}#comment-{row.id}",
        created_at=row.created_at,
        excerpt=row.text[:EXCERPT_LENGTH] if text_may_leave else None,
    )
