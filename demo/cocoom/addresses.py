"""Where bases live: one subdomain each (cocoom.md 2.3)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
PLACE = "{subdomain}."


class TenantAddresses:
    """The addresses of all bases, by a template such as ``http://{subdomain}.localhost:6543``."""

    def __init__(self, template: str) -> None:
        """Raises ValueError for a template that is not a bare address beginning with ``{subdomain}.``."""
        parts = urlsplit(template)
        if (
            parts.scheme not in ("http", "https")
            or not parts.netloc.startswith(PLACE)
            or parts.path.strip("/")
        ):
            raise ValueError("must look like http://{subdomain}.localhost:6543")
        self.scheme = parts.scheme
        self.netloc = parts.netloc.removeprefix(PLACE).lower()
        self.domain = self.netloc.partition(":")[0]

    @property
    def is_https(self) -> bool:
        return self.scheme == "https"

    def url(self, subdomain: str) -> str:
        """The base's address, without a trailing slash."""
        return f"{self.scheme}://{subdomain}.{self.netloc}"

    def subdomain(self, host: str) -> str | None:
        """The subdomain that a Host header names, whatever its port; None when it is not below our domain."""
        name = host.partition(":")[0].lower()
        label, dot, domain = name.partition(".")
        return label if dot and domain == self.domain and SUBDOMAIN.fullmatch(label) else None


def is_loopback(domain: str) -> bool:
    """Whether this domain is the machine itself: ``localhost`` and all that ends in it (RFC 6761)."""
    return domain == "localhost" or domain.endswith(".localhost")
