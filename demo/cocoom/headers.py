"""Headers on every answer that does not bring its own. There is no script at all, so none is allowed."""

from __future__ import annotations

from typing import Any

from pyramid.events import NewResponse

POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' https:",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def includeme(config: Any) -> None:
    config.add_subscriber(_add_headers, NewResponse)


def content_security_policy(**changes: str) -> str:
    """The strict policy with some directives changed, named with underscores."""
    directives = POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def _add_headers(event: Any) -> None:
    headers = event.response.headers
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if event.response.content_type == "text/html":
        headers.setdefault("Content-Security-Policy", content_security_policy())
        headers.setdefault("Cache-Control", "no-store")
