"""A stand-in must never be taken for Slack: it listens here only, and sends browsers to safe places."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


class NotLoopbackError(ValueError):
    """The address could be reached from, or lead to, another machine."""


def is_loopback(host: str) -> bool:
    """True for ``localhost``, ``*.localhost``, 127.0.0.0/8 and ::1."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def check_host(host: str) -> str:
    """The host to listen on; raises NotLoopbackError for any other machine's address."""
    if not is_loopback(host):
        raise NotLoopbackError(f"the stand-in Slack listens on loopback addresses only, not on {host!r}")
    return host


def check_redirect_url(url: str) -> str:
    """A Redirect URL as Slack takes it: https, or http on this machine; no fragment (slack.md A3)."""
    parts = urlsplit(url)
    if parts.fragment or "#" in url or "@" in parts.netloc or not parts.hostname:
        raise NotLoopbackError(f"not a redirect URL: {url!r}")
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname)):
        return url
    raise NotLoopbackError(f"a redirect URL is https, or http on localhost: {url!r}")
