"""Domains of e-mail addresses, compared as A-labels (RFC 5890) and never by their ends.

IDNA 2008 without any mapping: the older rules make ``strasse`` of ``straße``, which is somebody else's domain today.
Whatever is not a domain in this sense equals nothing.
"""

from __future__ import annotations

import re

import idna

from cocoom_slack_plugin.errors import InvalidInput
from cocoom_slack_plugin.translations import N_

LONGEST = 253
MOST = 50
NO_DOMAIN = N_("“{value}” is no domain; write it such as acme.example.")
TOO_MANY = N_("These are too many domains.")
BETWEEN = re.compile(r"[\s,;]+")


class UnusableDomains(InvalidInput):
    """What somebody typed as domains is none. ``text`` is the message id, ``value`` its field."""

    def __init__(self, text: str, value: str = "") -> None:
        self.text = text
        self.value = value
        super().__init__("domains", text.format(value=value))


def of_email(email: str) -> str | None:
    """The domain of an address as an A-label, None when there is not exactly one or it is none."""
    mailbox, _, domain = email.partition("@")
    if not mailbox:
        return None
    try:
        return a_label(domain)
    except ValueError:
        return None


def a_label(domain: str) -> str:
    """``Acme.Example`` as ``acme.example``, ``bücher.example`` as ``xn--bcher-kva.example``. Raises ValueError.

    Only ASCII letters are lowered, only ASCII's full stop separates, and a trailing one makes another name of it.
    """
    if len(domain) > LONGEST or "." not in domain or domain.endswith("."):
        raise ValueError("no domain")
    lowered = "".join(each.lower() if each.isascii() else each for each in domain)
    # strict: a doubled full stop is an error, and so are the full stops of other scripts.
    return idna.encode(lowered, strict=True).decode("ascii")


def read(text: str) -> list[str]:
    """What somebody typed, domains between commas or spaces, each once. Raises UnusableDomains."""
    given = [word.removeprefix("@") for word in BETWEEN.split(text) if word]
    found: dict[str, None] = {}
    for word in given:
        try:
            found[a_label(word)] = None
        except ValueError:
            raise UnusableDomains(NO_DOMAIN, word[:80]) from None
    if len(found) > MOST:
        raise UnusableDomains(TOO_MANY)
    return list(found)
