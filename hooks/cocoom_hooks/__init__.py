"""The contract between Cocoom and its plugins.

A host builds a manager with ``build_plugin_manager`` and calls hooks through ``Hooks`` alone. A plugin marks its
functions with ``hookimpl`` and reads what it needs from ``cocoom_hooks.payloads``. docs/hooks.md describes each hook.
"""

from __future__ import annotations

from cocoom_hooks.facade import Hooks
from cocoom_hooks.manager import (
    PluginSetupError,
    build_plugin_manager,
    event_hook_names,
    event_types,
    hook_names,
)
from cocoom_hooks.markers import ENTRY_POINT_GROUP, PROJECT_NAME, hookimpl

__all__ = [
    "ENTRY_POINT_GROUP",
    "PROJECT_NAME",
    "Hooks",
    "PluginSetupError",
    "build_plugin_manager",
    "event_hook_names",
    "event_types",
    "hook_names",
    "hookimpl",
]
