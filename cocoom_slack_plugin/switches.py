"""Which function the operator lets which tenant use. Whether it is on is the connection's to say."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cocoom_hooks.payloads import Tenant

TENANT_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""A DNS label: what a subdomain can be, and the form we ask of tenant ids in settings."""

EVERYBODY_ELSE = "*"


class Function(enum.StrEnum):
    """The two functions of the plugin. They are independent: a tenant may use either, both or none."""

    LOGIN = "login"
    NOTIFICATIONS = "notifications"


@dataclass(frozen=True, slots=True)
class Switches:
    """The operator's word on every tenant. Tenants that are not named have what ``otherwise`` says."""

    by_name: Mapping[str, frozenset[Function]] = field(default_factory=lambda: MappingProxyType({}))
    otherwise: frozenset[Function] = frozenset()

    def allow(self, function: Function, tenant: Tenant) -> bool:
        """Whether this tenant may use this function. The immutable id is looked up before the subdomain."""
        named = self.by_name.get(tenant.id)
        if named is None:
            named = self.by_name.get(tenant.subdomain)
        return function in (self.otherwise if named is None else named)

    def only(self, function: Function) -> Callable[[Tenant], bool]:
        """``allow`` of one function at a third of its price, for what every act on the platform asks."""
        named = {name: function in functions for name, functions in self.by_name.items()}
        otherwise = function in self.otherwise

        def allows(tenant: Tenant) -> bool:
            found = named.get(tenant.id)
            return named.get(tenant.subdomain, otherwise) if found is None else found

        return allows

    @classmethod
    def parse(cls, value: object) -> Switches:
        """Read lines of ``<tenant> <function>...``. Raises ValueError that names the line and what is wrong."""
        if isinstance(value, cls):
            return value
        by_name: dict[str, frozenset[Function]] = {}
        for line in str(value).split("\n"):
            if words := line.split():
                name = _tenant_name(words[0])
                if name in by_name:
                    raise ValueError(f"{name!r} is there twice")
                by_name[name] = frozenset(_function(word, name) for word in words[1:])
        otherwise = by_name.pop(EVERYBODY_ELSE, frozenset())
        return cls(MappingProxyType(by_name), otherwise)


def _tenant_name(word: str) -> str:
    if word != EVERYBODY_ELSE and not TENANT_NAME.fullmatch(word):
        raise ValueError(
            f"{word[:80]!r} is no tenant: an id or subdomain is 1 to 63 of a-z, 0-9 and '-' (not first or last), or '*'"
        )
    return word


def _function(word: str, tenant: str) -> Function:
    try:
        return Function(word)
    except ValueError:
        known = " and ".join(Function)
        raise ValueError(f"{tenant}: there is no function {word[:80]!r}; the functions are {known}") from None
