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
    )


def user_of(row: UserRow, tenant: Tenant) -> User:
    return User(
        id=row.id,
        email=row.email,
        display_name=row.display_name,
        role=Role(row.role),
        status=UserStatus(row.status),
        locale=row.locale,
        profile_url=f"{tenant.url}/people/{row.id}",
    )


def thread_of(row: ThreadRow, tenant: Tenant) -> Thread:
    return Thread(id=row.id, name=row.name, url=f"{tenant.url}/threads/{row.id}", color=row.color)


def post_of(row: PostRow, tenant: Tenant) -> Post:
    return Post(
        id=row.id,
        kind=PostKind(row.kind),
        title=row.title,
        subtitle=row.subtitle,
        template=row.template,
        url=f"{tenant.url}/posts/{row.id}",
        thread=thread_of(row.thread, tenant),
        author=user_of(row.author, tenant),
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
