"""The directory: everybody in the base, and what an administrator does about their accounts."""

from __future__ import annotations

from typing import Any

from cocoom_hooks.payloads import Role
from demo.cocoom import queries
from demo.cocoom.actions import people
from demo.cocoom.rights import Right
from demo.cocoom.views import wanted
from demo.cocoom.views.forms import Form
from demo.cocoom.views.page import deed, go_to, page


@page("directory", "directory")
def directory(request: Any) -> dict[str, Any]:
    return _page(request, Form({}))


@page("person", "person")
def person(request: Any) -> dict[str, Any]:
    return {"person": wanted.person(request), "is_administrator": request.acting.has(Right.ADMINISTER)}


@deed("invite", Right.ADMINISTER, renderer="directory")
def invite(request: Any) -> Any:
    """Fields ``email``, ``display_name`` and ``role``."""
    form = Form(request.POST)
    email, name, role = form.email("email"), form.required("display_name"), form.choice("role", tuple(Role))
    if form.faults:
        request.response.status_int = 422
        return _page(request, form)
    people.invite(request.acting, email=email, display_name=name, role=Role(role))
    return go_to("/directory")


@deed("person_deactivate", Right.ADMINISTER)
def deactivate(request: Any) -> Any:
    row = wanted.person(request)
    people.deactivate(request.acting, row)
    return go_to(f"/people/{row.id}")


@deed("person_reactivate", Right.ADMINISTER)
def reactivate(request: Any) -> Any:
    row = wanted.person(request)
    people.reactivate(request.acting, row)
    return go_to(f"/people/{row.id}")


@deed("person_remove", Right.ADMINISTER)
def remove(request: Any) -> Any:
    people.remove(request.acting, wanted.person(request))
    return go_to("/directory")


def _page(request: Any, form: Form) -> dict[str, Any]:
    return {
        "people": queries.people(request.dbsession, request.tenant.id),
        "is_administrator": request.acting.has(Right.ADMINISTER),
        "values": form.values,
        "faults": form.faults,
        "roles": tuple(Role),
    }
