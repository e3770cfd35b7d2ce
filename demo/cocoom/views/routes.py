"""All addresses of the host, in one place. Links lead to ``/posts``, ``/threads`` and ``/people``."""

from __future__ import annotations

from typing import Any

ROUTES = {
    "home": "/",
    "login": "/login",
    "sign_out": "/sign-out",
    "oidc": "/oidc",
    "thread": "/threads/{thread}",
    "thread_follow": "/threads/{thread}/follow",
    "thread_unfollow": "/threads/{thread}/unfollow",
    "thread_edit": "/threads/{thread}/edit",
    "thread_import": "/threads/{thread}/import",
    "thread_delete": "/threads/{thread}/delete",
    "publish": "/publish",
    "share": "/share",
    "post": "/posts/{post}",
    "post_edit": "/posts/{post}/edit",
    "post_publish": "/posts/{post}/publish",
    "post_unpublish": "/posts/{post}/unpublish",
    "post_delete": "/posts/{post}/delete",
    "post_moderate": "/posts/{post}/moderate",
    "post_comment": "/posts/{post}/comments",
    "comment_delete": "/comments/{comment}/delete",
    "comment_moderate": "/comments/{comment}/moderate",
    "directory": "/directory",
    "invite": "/directory/invite",
    "person": "/people/{person}",
    "person_deactivate": "/people/{person}/deactivate",
    "person_reactivate": "/people/{person}/reactivate",
    "person_remove": "/people/{person}/remove",
    "settings": "/settings",
    "administration": "/administration",
    "comments_leave": "/administration/comments",
    "thread_create": "/administration/threads",
    "base_remove": "/administration/remove",
}


def includeme(config: Any) -> None:
    for name, pattern in ROUTES.items():
        config.add_route(f"cocoom.{name}", pattern)
