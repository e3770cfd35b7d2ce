"""How a view is declared: a page is read, a deed is posted and leads to a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import exception_view_config, view_config

from demo.cocoom.rights import Right

View = TypeVar("View", bound=Callable[..., Any])


class Decorator(Protocol):
    """Leaves the view as it is and remembers it for the scan."""

    def __call__(self, view: View, /) -> View: ...


def template(name: str) -> str:
    return f"demo.cocoom:templates/{name}.jinja2"


def page(route: str, renderer: str, right: Right = Right.READ) -> Decorator:
    """Decorates the view that shows a page to those who have the right."""
    return _view(route, "GET", permission=right, renderer=template(renderer))


def deed(route: str, right: Right | None = Right.READ, renderer: str | None = None) -> Decorator:
    """Decorates the view that does something. Whose thing it is, the action itself checks.

    The renderer shows the form again when something in it was wrong; no right means that everybody may.
    """
    options: dict[str, Any] = {"permission": right} if right else {}
    return _view(route, "POST", renderer=renderer and template(renderer), **options)


def open_page(route: str, renderer: str) -> Decorator:
    """Decorates the view that shows a page to everybody."""
    return _view(route, "GET", renderer=template(renderer))


def error_page(error: type[Exception]) -> Decorator:
    """Decorates the view that shows what such an error means."""
    return cast("Decorator", exception_view_config(error, renderer=template("error")))


def go_to(path: str) -> HTTPSeeOther:
    return HTTPSeeOther(location=path)


def _view(route: str, method: str, **options: Any) -> Decorator:
    declared = view_config(route_name=f"cocoom.{route}", request_method=method, **options)
    return cast("Decorator", declared)
