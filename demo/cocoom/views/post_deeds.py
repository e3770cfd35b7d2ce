"""What becomes of a post and its comments: published, taken back, deleted, moderated, commented on."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPBadRequest

from cocoom_hooks.payloads import ModerationAction
from demo.cocoom.actions import comments, posts
from demo.cocoom.rights import Right
from demo.cocoom.views import wanted
from demo.cocoom.views.forms import Form
from demo.cocoom.views.page import deed, go_to


@deed("post_publish", Right.CONTRIBUTE)
def publish(request: Any) -> Any:
    return go_to(f"/posts/{posts.publish_draft(request.acting, wanted.post(request)).id}")


@deed("post_unpublish")
def unpublish(request: Any) -> Any:
    post = wanted.post(request)
    posts.unpublish(request.acting, post)
    return go_to(f"/posts/{post.id}")


@deed("post_delete")
def delete(request: Any) -> Any:
    post = wanted.post(request)
    posts.delete(request.acting, post)
    return go_to(f"/threads/{post.thread_id}")


@deed("post_moderate", Right.ADMINISTER)
def moderate(request: Any) -> Any:
    """Fields ``action`` (unpublished or deleted) and ``reason``, which may be empty."""
    post, form = wanted.post(request), Form(request.POST)
    action, reason = form.choice("action", tuple(ModerationAction)), form.text("reason") or None
    if form.faults:
        raise HTTPBadRequest(
            "A post is either unpublished or deleted, with a reason of at most 200 characters."
        )
    posts.moderate(request.acting, post, ModerationAction(action), reason)
    return go_to(f"/threads/{post.thread_id}")


@deed("post_comment")
def comment(request: Any) -> Any:
    post, form = wanted.post(request), Form(request.POST)
    text = form.required("text", most=5_000)
    if form.faults:
        raise HTTPBadRequest("A comment needs some text, and no more than 5000 characters.")
    written = comments.add(request.acting, post, text)
    return go_to(f"/posts/{post.id}#comment-{written.id}")


@deed("comment_delete")
def delete_comment(request: Any) -> Any:
    row = wanted.comment(request)
    comments.delete(request.acting, row)
    return go_to(f"/posts/{row.post_id}")


@deed("comment_moderate", Right.ADMINISTER)
def moderate_comment(request: Any) -> Any:
    row = wanted.comment(request)
    comments.moderate(request.acting, row, request.POST.get("reason", "").strip()[:200] or None)
    return go_to(f"/posts/{row.post_id}")
