"""Building the plugin manager of one host. Nothing here is global: two hosts in a process have two managers."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import Any

import pluggy

from cocoom_hooks import contributions, events, services
from cocoom_hooks.markers import ENTRY_POINT_GROUP, PROJECT_NAME
from cocoom_hooks.payloads import Event

SPECIFICATIONS = (events, services, contributions)


class PluginSetupError(Exception):
    """A plugin cannot be used as it is. Raised while a host is being configured; the host must not start."""


def build_plugin_manager(
    enabled: Sequence[str], builtin: Mapping[str, object] | None = None
) -> pluggy.PluginManager:
    """Return a manager that holds the host's own plugins and the enabled installed ones, all checked.

    ``enabled`` names entry points of the group ``cocoom.plugins``; installed plugins that are not named are not even
    imported. An entry point may name a module, an object or a class; of a class each manager gets its own instance, so
    that what a plugin remembers belongs to one host. ``builtin`` maps names to plugin objects of the host itself,
    normally its services.

    Raises PluginSetupError when an enabled plugin is not installed, does not import, or implements a hook that the
    contract does not have.
    """
    manager = pluggy.PluginManager(PROJECT_NAME)
    for specification in SPECIFICATIONS:
        manager.add_hookspecs(specification)
    available = {point.name: point for point in metadata.entry_points(group=ENTRY_POINT_GROUP)}
    for name in enabled:
        _register(manager, name, _load(name, available))
    # pluggy asks the newest first: the host answers for itself, and no plugin can answer in its place.
    for name, plugin in (builtin or {}).items():
        _register(manager, name, plugin)
    _refuse_wrappers(manager)
    return manager


def event_hook_names() -> frozenset[str]:
    """The names of all event hooks."""
    return _names(events)


def event_types() -> dict[str, type[Event]]:
    """The payload class of each event hook, as its specification declares it."""
    return {name: typing.get_type_hints(getattr(events, name))["event"] for name in event_hook_names()}


def hook_names() -> frozenset[str]:
    """The names of all hooks of the contract."""
    return frozenset().union(*(_names(module) for module in SPECIFICATIONS))


def _names(module: Any) -> frozenset[str]:
    return frozenset(name for name in vars(module) if name.startswith(f"{PROJECT_NAME}_"))


def _load(name: str, available: Mapping[str, metadata.EntryPoint]) -> object:
    if name not in available:
        raise PluginSetupError(f"plugin {name!r} is enabled but not installed{_nearest(name, available)}")
    try:
        plugin = available[name].load()
        return plugin() if isinstance(plugin, type) else plugin
    except Exception as error:
        raise PluginSetupError(f"plugin {name!r} does not import: {type(error).__name__}: {error}") from error


def _register(manager: pluggy.PluginManager, name: str, plugin: object) -> None:
    try:
        manager.register(plugin, name)
        manager.check_pending()
    except (pluggy.PluginValidationError, ValueError) as error:
        raise PluginSetupError(f"plugin {name!r} does not fit the contract: {error}") from error


def _refuse_wrappers(manager: pluggy.PluginManager) -> None:
    for name in sorted(hook_names()):
        for implementation in getattr(manager.hook, name).get_hookimpls():
            if implementation.wrapper or implementation.hookwrapper:
                raise PluginSetupError(
                    f"plugin {implementation.plugin_name!r} wraps {name}: plugins are isolated from each other"
                )


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
