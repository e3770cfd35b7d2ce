"""Where to go after the sign-in: a path of this base, or its front page (security.md S80-S84, RFC 9700 4.11)."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote, urlsplit

DEFAULT = "/"
LONGEST = 2000
# Everything that may stand in a path, query or fragment (RFC 3986), so that only what may not is encoded.
LITERAL = "/?#%&=+,;:@!$'()*~-._[]"


def local_path(wanted: object) -> str:
    """The wanted path in ASCII, ready for a Location header after the tenant's address; ``/`` when it is not local."""
    if not isinstance(wanted, str) or not _is_local(wanted):
        return DEFAULT
    encoded = quote(wanted, safe=LITERAL, errors="replace")
    return encoded if len(encoded) <= LONGEST else DEFAULT


def _is_local(wanted: str) -> bool:
    if not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return False
    # Browsers drop some control characters before they read an address; "/<tab>/evil" would become "//evil".
    if any(unicodedata.category(character).startswith(("C", "Z")) for character in wanted):
        return False
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc
