"""Templates to responses, with a strict content security policy."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from jinja2 import ChainableUndefined, Environment, PackageLoader

from demo.slack.pages.dates import date_sequence

_TEMPLATES = Environment(
    loader=PackageLoader("demo.slack"),
    autoescape=True,
    undefined=ChainableUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

_TEMPLATES.filters["date_sequence"] = date_sequence

_BACK = "'self' https: http://localhost:* http://*.localhost:* http://127.0.0.1:*"
"""Where the consent form may lead: Chromium applies ``form-action`` to the redirect that follows."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action {_BACK}"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page(template: str, status: int = 200, **values: Any) -> web.Response:
    text = _TEMPLATES.get_template(template).render(values)
    return web.Response(status=status, text=text, content_type="text/html", headers=HEADERS)
