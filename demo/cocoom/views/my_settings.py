"""One's own settings: the language and the time zone in which one is told things, and what plugins add."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from demo.cocoom.actions import people
from demo.cocoom.views.forms import Form
from demo.cocoom.views.page import deed, go_to, page

LANGUAGES = {"en": "English", "fr": "Français"}
CONTINENTS = (
    "Africa",
    "America",
    "Antarctica",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@page("settings", "my_settings")
def settings(request: Any) -> dict[str, Any]:
    user = request.identity
    return _page(request, Form({"locale": user.locale or "", "timezone": user.timezone or ""}))


@deed("settings", renderer="my_settings")
def save(request: Any) -> Any:
    """Fields ``locale`` and ``timezone``; empty for the base's own."""
    form = Form(request.POST)
    locale = form.choice("locale", ("", *LANGUAGES))
    timezone = form.choice("timezone", ("", *timezones()))
    if form.faults:
        request.response.status_int = 422
        return _page(request, form)
    people.prefer(request.acting, locale=locale or None, timezone=timezone or None)
    return go_to("/settings?saved=1")


@cache
def timezones() -> tuple[str, ...]:
    """The zones that are named after a place, UTC among them."""
    places = (name for name in available_timezones() if name.partition("/")[0] in CONTINENTS)
    return ("UTC", *sorted(places))


def _page(request: Any, form: Form) -> dict[str, Any]:
    tenant = request.tenant
    language = LANGUAGES.get(tenant.locale, tenant.locale)
    return {
        "languages": [("", f"As {tenant.name}: {language}"), *LANGUAGES.items()],
        "timezones": [("", f"As {tenant.name}: {tenant.timezone}"), *((name, name) for name in timezones())],
        "values": form.values,
        "faults": form.faults,
        "saved": "saved" in request.GET,
        "entries": request.registry.cocoom_hooks.account_entries(request, tenant),
    }
