"""Does this redirect address belong to the app? (slack.md A3)"""

from __future__ import annotations

from urllib.parse import SplitResult, urlencode, urlsplit

from demo.slack.loopback import NotLoopbackError, check_redirect_url


def matches(asked: str, registered: str) -> bool:
    """Same scheme, host and port; the same path or one below it. Another subdomain is another place."""
    try:
        check_redirect_url(asked)
        ours, theirs = urlsplit(registered), urlsplit(asked)
        same_place = _origin(ours) == _origin(theirs)
    except (NotLoopbackError, ValueError):
        return False
    below = theirs.path.startswith(ours.path.rstrip("/") + "/")
    climbs = any(step in (".", "..") for step in theirs.path.lower().replace("%2e", ".").split("/"))
    return same_place and (theirs.path == ours.path or below) and not climbs


def _origin(url: SplitResult) -> tuple[str, str, int]:
    return url.scheme, url.hostname or "", url.port or {"https": 443, "http": 80}[url.scheme]


def with_parameters(url: str, **parameters: str) -> str:
    """The address to send the browser back to; empty parameters are left out."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"{url}{'&' if '?' in url else '?'}{query}"
