"""What the host reads from its configuration file, once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from demo.cocoom.addresses import TenantAddresses, is_loopback


class SettingsError(Exception):
    """A setting of the host is missing or wrong. The host must not start."""


@dataclass(frozen=True, slots=True)
class HostSettings:
    """``plugins`` are entry-point names in the order in which they are asked."""

    database_url: str = field(repr=False)
    secret: str = field(repr=False)
    addresses: TenantAddresses
    plugins: tuple[str, ...] = ()

    @classmethod
    def read(cls, settings: Mapping[str, str]) -> HostSettings:
        """Raises SettingsError, above all when the bases would live anywhere but on loopback."""
        return cls(
            database_url=_required(settings, "sqlalchemy.url"),
            secret=_required(settings, "cocoom.secret"),
            addresses=_addresses(_required(settings, "cocoom.tenant_url")),
            plugins=tuple(re.findall(r"[^\s,]+", settings.get("cocoom.plugins", ""))),
        )


def _required(settings: Mapping[str, str], key: str) -> str:
    if value := settings.get(key, "").strip():
        return value
    raise SettingsError(f"{key} is missing")


def _addresses(template: str) -> TenantAddresses:
    try:
        addresses = TenantAddresses(template)
    except ValueError as error:
        raise SettingsError(f"cocoom.tenant_url: {error}") from error
    if not is_loopback(addresses.domain):
        raise SettingsError(
            "cocoom.tenant_url must be on localhost: this host is a stand-in with known passwords"
        )
    return addresses
