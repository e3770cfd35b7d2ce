"""Who may enter a tenant with Slack, decided on values alone (DESIGN.md section 6.4; features.md rows 24, 28).

Cocoom is invite-first: an account that is there is always met before a policy is asked. A policy only ever decides
whether somebody whom nobody invited gets an account.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from cocoom_hooks.payloads import Role
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.login import domains
from cocoom_slack_plugin.login.refusals import Code


class Policy(enum.StrEnum):
    """For whom an account is made at the first sign-in. An e-mail that Slack verified is needed in any case."""

    INVITED = "invited"
    """Nobody."""
    DOMAINS = "domains"
    """People whose e-mail is of one of the tenant's domains."""
    WORKSPACE = "workspace"
    """Everybody of the pinned workspace."""


class Pin(enum.StrEnum):
    """What of Slack's answer must be the tenant's own (slack.md A9)."""

    WORKSPACE = "workspace"
    ENTERPRISE = "enterprise"


class Standing(enum.StrEnum):
    """What Slack says of somebody's membership; an id_token does not tell (security.md S109)."""

    MEMBER = "member"
    GUEST = "guest"
    UNKNOWN = "unknown"


ROLES = (Role.READER, Role.CONTRIBUTOR)
"""Those that an account made by a sign-in may have; administrators are made by administrators."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the tenant's administrators decided."""

    policy: Policy = Policy.INVITED
    domains: tuple[str, ...] = ()
    role: Role = Role.READER
    guests: bool = False
    pin: Pin = Pin.WORKSPACE

    @classmethod
    def of(cls, connection: Connection) -> Rules:
        """Those of this connection."""
        return cls(
            Policy(connection.login_policy),
            tuple(connection.login_domains),
            Role(connection.login_role),
            connection.login_guests,
            Pin(connection.login_pin),
        )

    def admits(self, email: str, *, of_workspace: bool) -> bool:
        """Whether the owner of this verified address gets an account without having been invited.

        ``of_workspace`` tells whether they came from the pinned workspace itself, or from another of the organisation.
        """
        if self.policy is Policy.DOMAINS:
            return domains.of_email(email) in self.domains
        return self.policy is Policy.WORKSPACE and of_workspace

    def refusal_of_guests(self, standing: Standing) -> Code | None:
        """Why somebody of this standing is not bound for the first time, None when they may be.

        Where nothing is known, an invitation of that very address is enough; a door that is open for many is not.
        """
        if self.guests or standing is Standing.MEMBER:
            return None
        if standing is Standing.GUEST:
            return Code.GUEST
        return None if self.policy is Policy.INVITED else Code.GUEST_UNKNOWN
