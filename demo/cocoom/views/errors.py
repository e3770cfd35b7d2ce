"""Error pages. What the request had written so far is rolled back (pyramid_tm does, after an exception)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken
from pyramid.httpexceptions import HTTPClientError, HTTPForbidden, HTTPNotFound, HTTPSeeOther

from demo.cocoom.actions.acting import ImpossibleError, NotAllowedError
from demo.cocoom.tenants import NothingHere
from demo.cocoom.views.page import error_page


@error_page(HTTPForbidden)
@error_page(NotAllowedError)
def forbidden(error: Exception, request: Any) -> Any:
    """To the login page when nobody is signed in, and back from there."""
    if isinstance(error, HTTPForbidden) and request.identity is None:
        wanted = {"next": request.path_qs} if request.method == "GET" else {}
        return HTTPSeeOther(location=f"/login?{urlencode(wanted)}" if wanted else "/login")
    return _page(request, 403, "Not for you", "Your role in this base does not include that.")


@error_page(BadCSRFToken)
@error_page(BadCSRFOrigin)
def stale_form(error: Exception, request: Any) -> dict[str, Any]:
    text = "The form was too old, or did not come from this site. Nothing was done. Please go back and retry."
    return _page(request, 403, "Please send it again", text)


@error_page(ImpossibleError)
def impossible(error: ImpossibleError, request: Any) -> dict[str, Any]:
    text = str(error)
    return _page(request, 409, "That does not work", f"{text[:1].upper()}{text[1:]}.")


@error_page(HTTPNotFound)
def not_found(error: Any, request: Any) -> Any:
    if getattr(error, "has_body", False):
        return error
    text = error.detail if isinstance(error, NothingHere) else "There is no such page."
    return _page(request, 404, "Not found", text)


@error_page(HTTPClientError)
def client_error(error: HTTPClientError, request: Any) -> Any:
    """Whoever raised it with a page of its own keeps it."""
    if error.has_body:
        return error
    return _page(request, error.code, error.title, error.detail or error.explanation)


def _page(request: Any, status: int, title: str, text: str) -> dict[str, Any]:
    request.response.status_int = status
    return {"title": title, "text": text, "status": status}
