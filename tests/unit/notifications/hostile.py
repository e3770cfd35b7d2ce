"""Events in which everything that users write is replaced by something else."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from cocoom_hooks.payloads import Comment, Post, PostModerated, Tenant, Thread, User

T = TypeVar("T")

WRITTEN: dict[type[Any], tuple[str, ...]] = {
    Tenant: ("name",),
    User: ("display_name",),
    Thread: ("name",),
    Post: ("title", "subtitle", "tags"),
    Comment: ("excerpt",),
    PostModerated: ("reason",),
}
"""What users write, by the class of the contract."""


def rewritten(value: T, text: str) -> T:
    """The same event, with this text for all that people could have written there."""
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changes: dict[str, Any] = {}
    for field in fields(value):
        old = getattr(value, field.name)
        if field.name in WRITTEN.get(type(value), ()) or (field.name == "reason" and old):
            changes[field.name] = (text, text) if isinstance(old, tuple) else text
        elif is_dataclass(old):
            changes[field.name] = rewritten(old, text)
    return replace(value, **changes)
