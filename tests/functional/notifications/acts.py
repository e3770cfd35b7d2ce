"""What can happen to one publication of Bob's after another, as the host tells it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from cocoom_hooks.payloads import (
    CommentEvent,
    CommentModerated,
    ModerationAction,
    Post,
    PostEdited,
    PostEvent,
    PostModerated,
    Role,
    Tenant,
    User,
)
from cocoom_slack_plugin.testing import envelope, make_comment, make_post, make_user

from .host import ACME, BOB, CHLOE, Host

ADMINISTRATOR = make_user("alice", role=Role.ADMINISTRATOR)


@dataclass
class Publication:
    """A publication, told to a host act by act."""

    host: Host
    title: str = "News"
    post_id: str = "p1"
    tenant: Tenant = ACME
    author: User = BOB
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def post(self) -> Post:
        where = f"{self.tenant.url}/posts/{self.post_id}"
        return make_post(
            self.tenant, self.author, id=self.post_id, title=self.title, url=where, **self.fields
        )

    def publish(self, **envelope_: Any) -> None:
        told = {**envelope(self.tenant, self.author), **envelope_}
        self.host.tell("publication_published", PostEvent(**told, post=self.post))

    def edit(self, title: str, actor: User | None = None) -> None:
        self.title = title
        told = PostEdited(**envelope(self.tenant, actor or self.author), post=self.post)
        self.host.tell("publication_edited", told)

    def unpublish(self) -> None:
        told = PostEvent(**envelope(self.tenant, self.author), post=self.post)
        self.host.tell("publication_unpublished", told)

    def delete(self) -> None:
        self.host.tell("publication_deleted", PostEvent(**envelope(self.tenant, self.author), post=self.post))

    def moderate(self, action: ModerationAction = ModerationAction.UNPUBLISHED) -> None:
        told = PostModerated(**envelope(self.tenant, ADMINISTRATOR), post=self.post, action=action)
        self.host.tell("publication_moderated", told)

    def comment(self, author: User = CHLOE, comment_id: str = "c1", **fields: Any) -> CommentEvent:
        comment = make_comment(self.tenant, author, id=comment_id, **fields)
        told = CommentEvent(**envelope(self.tenant, author), post=self.post, comment=comment)
        self.host.tell("comment_added", told)
        return told

    def delete_comment(self, told: CommentEvent) -> None:
        self.host.tell("comment_deleted", replace(told, **envelope(self.tenant, told.comment.author)))

    def moderate_comment(self, told: CommentEvent) -> None:
        known = {**envelope(self.tenant, ADMINISTRATOR), "post": self.post, "comment": told.comment}
        self.host.tell("comment_moderated", CommentModerated(**known))
