"""The administration page: what plugins add and may see, the threads, the outbox, and the end of the base."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPBadRequest

from demo.cocoom import queries
from demo.cocoom.actions import bases
from demo.cocoom.rights import Right
from demo.cocoom.tables import BaseRow
from demo.cocoom.views.page import deed, go_to, page


@page("administration", "administration", Right.ADMINISTER)
def administration(request: Any) -> dict[str, Any]:
    return {
        "entries": request.registry.cocoom_hooks.administration_entries(request, request.tenant),
        "threads": queries.threads(request.dbsession, request.tenant.id),
        "comments_may_leave": request.dbsession.get_one(BaseRow, request.tenant.id).comments_may_leave,
        "letters": queries.letters(request.dbsession, request.tenant.id),
    }


@deed("comments_leave", Right.ADMINISTER)
def let_comments_leave(request: Any) -> Any:
    """Field ``allowed``, sent when it is ticked."""
    bases.let_comments_leave(request.acting, "allowed" in request.POST)
    return go_to("/administration#comments")


@deed("base_remove", Right.ADMINISTER, renderer="removed")
def remove_base(request: Any) -> dict[str, Any]:
    """Field ``subdomain``: the base's own, typed once more."""
    if request.POST.get("subdomain", "").strip() != request.tenant.subdomain:
        raise HTTPBadRequest("The base stays: what you typed is not its subdomain.")
    acting = request.acting
    request.session.invalidate()
    bases.remove(acting)
    return {"name": request.tenant.name}
