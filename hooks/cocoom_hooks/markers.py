"""The two markers. ``hookimpl`` is what a plugin's functions carry, ``hookspec`` belongs to this package."""

from __future__ import annotations

import pluggy

PROJECT_NAME = "cocoom"
"""pluggy's project name; a hook implementation must be marked with this project's marker to be seen."""

ENTRY_POINT_GROUP = "cocoom.plugins"
"""Where installed distributions announce their plugin, under the name that the host's ``cocoom.plugins`` lists."""

hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)
