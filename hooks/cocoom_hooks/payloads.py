"""What crosses the contract: small frozen values, never ORM rows or requests.

Every value that a hook carries is complete in itself, so that a plugin may store it and read it again in a worker
without asking the host. Links always come from the host: the address of a publication is the host's to know
(reference: help.cocoom.com documents none).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime


class Role(enum.StrEnum):
    """The three roles of a base (help.cocoom.com/advanced/users.html)."""

    READER = "reader"
    CONTRIBUTOR = "contributor"
    ADMINISTRATOR = "administrator"


class UserStatus(enum.StrEnum):
    """Where a collaborator's account stands. Somebody must be deactivated before they can be removed."""

    INVITED = "invited"
    ACTIVE = "active"
    DEACTIVATED = "deactivated"
    REMOVED = "removed"


class PostKind(enum.StrEnum):
    """A post is long (publication) or short (share). A share cannot be edited once published."""

    PUBLICATION = "publication"
    SHARE = "share"


class ModerationAction(enum.StrEnum):
    """What an administrator did to somebody else's post or comment."""

    UNPUBLISHED = "unpublished"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """One Cocoom base. ``id`` never changes; ``subdomain`` is its address and may.

    ``url`` is the base's address without a trailing slash, ``https://acme.cocoom.com``; ``locale`` is ``en`` or ``fr``;
    ``timezone`` is the IANA's name of the zone in which the base keeps its hours.
    """

    id: str
    subdomain: str
    name: str
    url: str
    locale: str = "en"
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A collaborator of one base. ``email`` identifies them within the base.

    ``locale`` and ``timezone`` (the IANA's name) are None where the base's hold.
    """

    id: str
    email: str
    display_name: str
    role: Role = Role.READER
    status: UserStatus = UserStatus.ACTIVE
    locale: str | None = None
    timezone: str | None = None
    avatar_url: str | None = None
    profile_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A thematic thread of a base. Never to be confused with a Slack channel."""

    id: str
    name: str
    url: str
    color: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A publication or a share. ``template`` is the host's name for its form (basic, poll, link, event...)."""

    id: str
    kind: PostKind
    title: str
    url: str
    thread: Thread
    author: User
    published_at: datetime
    subtitle: str | None = None
    template: str | None = None
    image_url: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A signed comment. ``excerpt`` is filled in only where the tenant allows comment text to leave the base."""

    id: str
    author: User
    url: str
    created_at: datetime
    excerpt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event hook carries.

    ``event_id`` is unique within the tenant and the same when the host tells the same act twice; ``occurred_at`` is
    timezone-aware; ``actor`` is None for the system. ``batch`` is the host's id of the import or other mass act that
    this one is a part of: its parts are told together, in a few words, instead of one by one.
    """

    tenant: Tenant
    event_id: str
    occurred_at: datetime
    actor: User | None
    batch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEvent(Event):
    """An event about one post."""

    post: Post


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEdited(PostEvent):
    """A publication was edited. ``changed_fields`` names what changed, empty when the host does not tell."""

    changed_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostModerated(PostEvent):
    """An administrator unpublished or deleted somebody else's post."""

    action: ModerationAction
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentEvent(PostEvent):
    """An event about one comment on one post."""

    comment: Comment


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentModerated(CommentEvent):
    """An administrator deleted somebody else's comment."""

    action: ModerationAction = ModerationAction.DELETED
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollaboratorEvent(Event):
    """An event about one collaborator of the base."""

    collaborator: User


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadEvent(Event):
    """An event about one thread."""

    thread: Thread
    changed_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantEvent(Event):
    """An event about the base as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministratorNotice:
    """What a plugin wants the administrators of a base to know, in the base's language.

    ``url`` leads to the page where something can be done about it.
    """

    subject: str
    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInOption:
    """A way to sign in that a plugin offers on a tenant's login page.

    The host renders a form that POSTs to ``action`` with its own CSRF token in ``csrf_token`` and the wanted ``next``.
    ``label`` is the button's text in the tenant's language; ``image_url`` a provider's button picture, whose
    alternative text is ``label``; ``style`` an optional CSS class the plugin's ``stylesheet_url`` defines.

    ``leads_to`` are the origins to which the answer redirects: browsers hold them against ``form-action`` of the login
    page's content security policy, so the host allows them there. ``exclusive`` says that the tenant wants its users to
    sign in this way only: the host then shows its own form to nobody, and refuses it.
    """

    id: str
    label: str
    action: str
    image_url: str | None = None
    style: str | None = None
    stylesheet_url: str | None = None
    leads_to: tuple[str, ...] = ()
    exclusive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEntry:
    """A line that leads to a page of a plugin: on a tenant's administration page, or on a user's own settings page."""

    id: str
    label: str
    url: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command line that a plugin adds to the host's own: ``main(arguments)`` returns the exit status.

    ``main`` is named by its dotted path, ``package.module:function``, so that asking for it imports nothing.
    """

    name: str
    help: str
    main: str = field(repr=False)
