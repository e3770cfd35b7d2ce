"""The session cookie: HttpOnly, SameSite=Lax, of this host alone (no Domain), Secure on https."""

from __future__ import annotations

import re
from typing import Any

from webob.cookies import make_cookie  # type: ignore[import-untyped]

NAME = "cocoom_session"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def session_token(request: Any) -> str:
    """The token that the browser sent, empty when there is none or it cannot be one of ours."""
    token: str = request.cookies.get(NAME, "")
    return token if TOKEN.fullmatch(token) else ""


def session_cookie(request: Any, token: str) -> str:
    """The value of the Set-Cookie header; an empty token takes the cookie away."""
    cookie: str = make_cookie(
        NAME,
        token or None,
        path="/",
        secure=request.registry.cocoom_host.addresses.is_https,
        httponly=True,
        samesite="Lax",
    )
    return cookie
