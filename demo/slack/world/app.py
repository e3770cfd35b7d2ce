"""A Slack app, its installation in a workspace, and the tokens that stand for it (slack.md B)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from demo.slack.world.ids import new_client_id, new_id, new_secret

SIGN_IN_SCOPES = frozenset({"openid", "email", "profile"})


class TokenState(StrEnum):
    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"
    INACTIVE = "inactive"
    """Its user or workspace is gone: ``account_inactive`` for whatever kind of token."""


@dataclass(slots=True)
class Bot:
    """The app's own account in one workspace (or in a whole organisation)."""

    user_id: str
    bot_id: str


@dataclass(slots=True)
class App:
    """Owned by one workspace; others may install it only once it is distributed (slack.md B6)."""

    id: str
    name: str
    team_id: str
    client_id: str = field(default_factory=new_client_id)
    client_secret: str = field(default_factory=new_secret)
    signing_secret: str = field(default_factory=new_secret)
    redirect_urls: list[str] = field(default_factory=list)
    bot_scopes: frozenset[str] = frozenset()
    user_scopes: frozenset[str] = SIGN_IN_SCOPES
    distributed: bool = False
    messages_tab_enabled: bool = True
    home_tab_enabled: bool = True
    bot_name: str = ""
    """What its bots are called; empty for one called after the app."""
    manifest: dict[str, Any] = field(default_factory=dict)
    """As last given, where it was made from one; what changed since is in the other fields."""
    bots: dict[str, Bot] = field(default_factory=dict)
    """Team id, or enterprise id for an org-wide install, -> bot."""

    def bot(self, owner_id: str) -> Bot:
        """The app's bot in that workspace; made at the first installation."""
        if owner_id not in self.bots:
            prefix = "W" if owner_id.startswith("E") else "U"
            self.bots[owner_id] = Bot(user_id=new_id(prefix), bot_id=new_id("B"))
        return self.bots[owner_id]


@dataclass(slots=True)
class Token:
    """Of an app in a workspace, or in an organisation when only ``enterprise_id`` is set."""

    value: str = field(repr=False)
    kind: str
    app_id: str
    team_id: str | None
    user_id: str
    scopes: frozenset[str]
    bot_id: str | None = None
    enterprise_id: str | None = None
    granted_team_ids: set[str] = field(default_factory=set)
    """Workspaces an org-wide token may act in (slack.md B2)."""
    state: TokenState = TokenState.ACTIVE
    scopes_header: str = ""

    def __post_init__(self) -> None:
        self.set_scopes(self.scopes)

    def set_scopes(self, scopes: frozenset[str]) -> None:
        self.scopes = scopes
        self.scopes_header = ",".join(sorted(scopes))

    @property
    def is_org_wide(self) -> bool:
        return self.team_id is None

    @property
    def short(self) -> str:
        """Enough to recognise it on a page, too little to use it."""
        return f"{self.value[:4]}…{self.value[-3:]}"
