"""What every room needs at run time, made once per host and kept as ``registry.cocoom_slack``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cocoom_hooks import Hooks
from cocoom_slack_plugin.connections.vault import Vault
from cocoom_slack_plugin.settings import Settings
from cocoom_slack_plugin.waits import Waits


@dataclass(frozen=True, slots=True)
class Runtime:
    """The operator's settings, the host's hooks, the vault, and what Slack asked this process to wait for."""

    settings: Settings
    hooks: Hooks
    vault: Vault
    waits: Waits = field(default_factory=Waits)

    @classmethod
    def build(cls, settings: Settings, hooks: Hooks) -> Runtime:
        return cls(settings, hooks, Vault(settings.encryption_keys))

    @staticmethod
    def of(request_or_registry: Any) -> Runtime:
        """The runtime of this request's or this registry's host."""
        registry = getattr(request_or_registry, "registry", request_or_registry)
        runtime: Runtime = registry.cocoom_slack
        return runtime
