"""The administration page: what plugins add, the threads, the outbox, and the end of the base."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPBadRequest

from demo.cocoom import queries
from demo.cocoom.actions import bases
from demo.cocoom.rights import Right
from demo.cocoom.views.page import deed, page


@page("administration", "administration", Right.ADMINISTER)
def administration(request: Any) -> dict[str, Any]:
    return {
        "entries": request.registry.cocoom_hooks.administration_entries(request, request.tenant),
        "threads": queries.threads(request.dbsession, request.tenant.id),
        "letters": queries.letters(request.dbsession, request.tenant.id),
    }


@deed("base_remove", Right.ADMINISTER, renderer="removed")
def remove_base(request: Any) -> dict[str, Any]:
    """Field ``subdomain``: the base's own, typed once more."""
    if request.POST.get("subdomain", "").strip() != request.tenant.subdomain:
        raise HTTPBadRequest("The base stays: what you typed is not its subdomain.")
    acting = request.acting
    request.session.invalidate()
    bases.remove(acting)
    return {"name": request.tenant.name}
