"""The thing that an address names, looked up only after the reader's right was checked. Unknown is a 404."""

from __future__ import annotations

from typing import Any

from cocoom_hooks.payloads import UserStatus
from demo.cocoom import hub, queries
from demo.cocoom.actions.posts import may_see
from demo.cocoom.hub import ShownPost
from demo.cocoom.tables import CommentRow, PostRow, ThreadRow, UserRow
from demo.cocoom.tenants import NothingHere


def post(request: Any) -> PostRow:
    row = queries.post_by_id(request.dbsession, request.tenant.id, request.matchdict["post"])
    if row is None or not may_see(request.acting, row):
        raise NothingHere("There is no such post, or not any more.")
    return row


def shown_post(request: Any) -> ShownPost:
    """To be read: one of the base's own, or one that another base lends to it."""
    lent = hub.lent_post(request.dbsession, request.tenant.id, request.matchdict["post"])
    if lent is not None:
        return lent
    row = post(request)
    return ShownPost(row, row.thread)


def thread(request: Any) -> ThreadRow:
    row = queries.thread_by_id(request.dbsession, request.tenant.id, request.matchdict["thread"])
    if row is None:
        raise NothingHere("There is no such thread, or not any more.")
    return row


def comment(request: Any) -> CommentRow:
    row = queries.comment_by_id(request.dbsession, request.tenant.id, request.matchdict["comment"])
    if row is None or not may_see(request.acting, row.post):
        raise NothingHere("There is no such comment, or not any more.")
    return row


def person(request: Any) -> UserRow:
    row = queries.user_by_id(request.dbsession, request.tenant.id, request.matchdict["person"])
    if row is None or row.status == UserStatus.REMOVED:
        raise NothingHere("There is nobody like that in this base.")
    return row
