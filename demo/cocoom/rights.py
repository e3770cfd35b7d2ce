"""What each role may do (cocoom.md 2.1). There is no moderator: administrators moderate."""

from __future__ import annotations

from enum import StrEnum

from cocoom_hooks.payloads import Role


class Right(StrEnum):
    """Also the names of the Pyramid permissions."""

    READ = "read"
    """Read, comment, follow, see the directory."""
    CONTRIBUTE = "contribute"
    """Write publications and shares."""
    ADMINISTER = "administer"
    """Manage everybody's posts and comments, threads and people."""


READER = frozenset({Right.READ})
CONTRIBUTOR = READER | {Right.CONTRIBUTE}
ADMINISTRATOR = CONTRIBUTOR | {Right.ADMINISTER}

RIGHTS = {Role.READER: READER, Role.CONTRIBUTOR: CONTRIBUTOR, Role.ADMINISTRATOR: ADMINISTRATOR}


def rights_of(role: str) -> frozenset[Right]:
    return RIGHTS[Role(role)]
