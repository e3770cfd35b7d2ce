"""Reading: the home page, a thread, a post with its comments."""

from __future__ import annotations

from typing import Any

from demo.cocoom import hub, queries
from demo.cocoom.rights import Right
from demo.cocoom.views import wanted
from demo.cocoom.views.page import page


@page("home", "home")
def home(request: Any) -> dict[str, Any]:
    return {"posts": _posts(request), "threads": queries.threads(request.dbsession, request.tenant.id)}


@page("thread", "thread")
def thread(request: Any) -> dict[str, Any]:
    row = wanted.thread(request)
    followers = queries.followers(request.dbsession, request.tenant.id, row.id)
    return {
        "thread": row,
        "posts": _posts(request, thread_id=row.id),
        "threads": queries.threads(request.dbsession, request.tenant.id),
        "follower_count": len(followers),
        "is_followed": request.identity in followers,
        "lender": hub.lender_of(request.dbsession, row.id),
        "receivers": hub.receivers_of(request.dbsession, row.id),
    }


@page("post", "post")
def post(request: Any) -> dict[str, Any]:
    shown = wanted.shown_post(request)
    row = shown.post
    return {
        "shown": shown,
        "post": row,
        "comments": queries.comments(request.dbsession, row.id),
        "is_mine": row.author_id == request.identity.id,
        "is_administrator": shown.lender is None and request.acting.has(Right.ADMINISTER),
    }


def _posts(request: Any, thread_id: str | None = None) -> Any:
    reader = request.identity.id
    return hub.shown_posts(request.dbsession, request.tenant.id, reader_id=reader, thread_id=thread_id)
