"""The host's pages."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    config.include("demo.cocoom.views.routes")
    config.add_static_view("assets", "demo.cocoom:static", cache_max_age=60)
    config.scan("demo.cocoom.views")
