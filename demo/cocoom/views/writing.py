"""Writing: the forms of publications and shares."""

from __future__ import annotations

from typing import Any

from demo.cocoom import hub
from demo.cocoom.actions import posts
from demo.cocoom.rights import Right
from demo.cocoom.tables import PostRow, ThreadRow
from demo.cocoom.views import wanted
from demo.cocoom.views.forms import Form
from demo.cocoom.views.page import deed, go_to, page

PUBLICATIONS = ("basic", "portrait", "quote", "document", "poll")
SHARES = ("link", "event", "instant")
"""The forms of a post (cocoom.md 1.2)."""


@page("publish", "write", Right.CONTRIBUTE)
def publication_form(request: Any) -> dict[str, Any]:
    return _form(request, Form({}), PUBLICATIONS)


@deed("publish", Right.CONTRIBUTE, renderer="write")
def publish(request: Any) -> Any:
    """The button ``draft`` keeps the publication to its author."""
    act = posts.draft if "draft" in request.POST else posts.publish
    return _write(request, PUBLICATIONS, act)


@page("share", "write", Right.CONTRIBUTE)
def share_form(request: Any) -> dict[str, Any]:
    return _form(request, Form({}), SHARES)


@deed("share", Right.CONTRIBUTE, renderer="write")
def share(request: Any) -> Any:
    return _write(request, SHARES, posts.share)


@page("post_edit", "write", Right.CONTRIBUTE)
def edit_form(request: Any) -> dict[str, Any]:
    post = wanted.post(request)
    posts.may_edit(request.acting, post)
    return _form(request, Form(_values(post)), ()) | {"post": post}


@deed("post_edit", Right.CONTRIBUTE, renderer="write")
def edit(request: Any) -> Any:
    post, form = wanted.post(request), Form(request.POST)
    text = form.post_text()
    if form.faults:
        return _again(request, form, ()) | {"post": post}
    return _show(posts.edit(request.acting, post, text))


def _write(request: Any, templates: tuple[str, ...], act: Any) -> Any:
    form = Form(request.POST)
    thread, text, template = _thread(request, form), form.post_text(), form.choice("template", templates)
    if thread is None or form.faults:
        return _again(request, form, templates)
    return _show(act(request.acting, thread, text, template=template))


def _thread(request: Any, form: Form) -> ThreadRow | None:
    threads = {row.id: row for row in hub.own_threads(request.dbsession, request.tenant.id)}
    return threads.get(form.choice("thread", tuple(threads)))


def _again(request: Any, form: Form, templates: tuple[str, ...]) -> dict[str, Any]:
    request.response.status_int = 422
    return _form(request, form, templates)


def _form(request: Any, form: Form, templates: tuple[str, ...]) -> dict[str, Any]:
    threads = hub.own_threads(request.dbsession, request.tenant.id)
    preset = {"thread": request.GET.get("thread", "")}
    return {
        "values": {**preset, **form.values},
        "faults": form.faults,
        "templates": templates,
        "threads": threads,
    }


def _values(post: PostRow) -> dict[str, str]:
    return {
        "title": post.title,
        "subtitle": post.subtitle or "",
        "body": post.body,
        "tags": ", ".join(post.tags),
    }


def _show(post: PostRow) -> Any:
    return go_to(f"/posts/{post.id}")
