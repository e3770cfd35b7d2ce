"""Where to go after signing in: a page of this base or nowhere else."""

from __future__ import annotations

import re

HOME = "/"
LOCAL_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1999}")
"""One slash, not two, then printable ASCII without a backslash, which browsers read as a slash."""


def next_page(wanted: str | None) -> str:
    """The wanted page if it is a local path, otherwise the home page."""
    return wanted if wanted and LOCAL_PATH.fullmatch(wanted) else HOME
