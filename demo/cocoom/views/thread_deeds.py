"""What is done with a thread: followed by readers, made, renamed and deleted by administrators."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPBadRequest

from demo.cocoom.actions import threads
from demo.cocoom.rights import Right
from demo.cocoom.views import wanted
from demo.cocoom.views.forms import Form
from demo.cocoom.views.page import deed, go_to, page


@deed("thread_follow")
def follow(request: Any) -> Any:
    row = wanted.thread(request)
    threads.follow(request.acting, row)
    return go_to(f"/threads/{row.id}")


@deed("thread_unfollow")
def unfollow(request: Any) -> Any:
    row = wanted.thread(request)
    threads.unfollow(request.acting, row)
    return go_to(f"/threads/{row.id}")


@page("thread_edit", "thread_edit", Right.ADMINISTER)
def edit_form(request: Any) -> dict[str, Any]:
    return {"thread": wanted.thread(request)}


@deed("thread_edit", Right.ADMINISTER)
def edit(request: Any) -> Any:
    """Fields ``name`` and ``color`` (may be empty)."""
    row = wanted.thread(request)
    threads.update(request.acting, row, **_fields(request))
    return go_to(f"/threads/{row.id}")


@deed("thread_create", Right.ADMINISTER)
def create(request: Any) -> Any:
    return go_to(f"/threads/{threads.create(request.acting, **_fields(request)).id}")


@deed("thread_delete", Right.ADMINISTER)
def delete(request: Any) -> Any:
    threads.delete(request.acting, wanted.thread(request))
    return go_to("/administration")


def _fields(request: Any) -> dict[str, Any]:
    form = Form(request.POST)
    fields = {"name": form.required("name", most=60), "color": form.color("color")}
    if form.faults:
        raise HTTPBadRequest(" ".join(f"{name}: {fault}" for name, fault in form.faults.items()))
    return fields
