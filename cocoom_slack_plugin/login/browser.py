"""The browser that starts a sign-in is the only one that may finish it (RFC 9700 4.7; security.md R1, S23, S142).

The browser holds a random value in a cookie of this very host; we keep its SHA-256 alone. The host's own session is not
used, because it must be new after the sign-in and may be missing before it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any

from cocoom_hooks.payloads import Tenant

COOKIE = "cocoom-slack-sign-in"
VALUE = re.compile(r"[A-Za-z0-9_-]{43}")


def cookie_name(tenant: Tenant) -> str:
    """With the ``__Host-`` prefix a browser takes the cookie from this host alone, never from a sibling subdomain."""
    return f"__Host-{COOKIE}" if _is_https(tenant) else COOKIE


def known(request: Any, tenant: Tenant) -> str | None:
    """The browser's value, None when it has none of ours."""
    value = request.cookies.get(cookie_name(tenant), "")
    return value if VALUE.fullmatch(value) else None


def new() -> str:
    """A value of 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(value: str) -> str:
    """What is stored of a secret that a browser or an address carries."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def remember(response: Any, tenant: Tenant, value: str, lifetime: int) -> None:
    """Give the browser its value. Lax, because Slack's redirect is a cross-site GET (security.md S145)."""
    _set(response, tenant, value, lifetime)


def forget(response: Any, tenant: Tenant) -> None:
    """Take the value away."""
    _set(response, tenant, "", 0)


def _set(response: Any, tenant: Tenant, value: str, lifetime: int) -> None:
    response.set_cookie(
        cookie_name(tenant),
        value,
        max_age=lifetime,
        path="/",
        secure=_is_https(tenant),
        httponly=True,
        samesite="Lax",
    )


def _is_https(tenant: Tenant) -> bool:
    return tenant.url.startswith("https://")
