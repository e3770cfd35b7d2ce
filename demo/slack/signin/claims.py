"""What Slack says about a person, scope by scope (slack.md A5)."""

from __future__ import annotations

from typing import Any

from demo.slack.world.team import Enterprise, Team
from demo.slack.world.user import User
from demo.slack.world.world import World

URL = "https://slack.com/"
"""Prefix of Slack's own claims; always this, whatever the issuer's address."""

_USER_IMAGES = (24, 32, 48, 72, 192, 512, 1024)
_TEAM_IMAGES = (34, 44, 68, 88, 102, 132, 230)


def identity_claims(world: World, team_id: str, user_id: str, scopes: frozenset[str]) -> dict[str, Any]:
    """The claims id_token and userInfo share."""
    team, user = world.teams[team_id], world.user(team_id, user_id)
    claims: dict[str, Any] = {"sub": user.id, URL + "user_id": user.id, URL + "team_id": team.id}
    if "email" in scopes and user.email:
        claims |= {
            "email": user.email,
            "email_verified": user.email_verified,
            "date_email_verified": user.updated,
        }
    if "profile" in scopes:
        claims |= _profile(user) | _team(team) | _enterprise(world.enterprise_of(team))
    return claims


def _profile(user: User) -> dict[str, Any]:
    claims: dict[str, Any] = {"name": user.real_name, "given_name": user.given_name, "locale": user.locale}
    claims |= {"family_name": user.family_name, "picture": user.image(512)}
    return claims | {f"{URL}user_image_{size}": user.image(size) for size in _USER_IMAGES}


def _team(team: Team) -> dict[str, Any]:
    images = {
        f"{URL}team_image_{size}": f"https://avatars.example/{team.id}_{size}.png" for size in _TEAM_IMAGES
    }
    claims: dict[str, Any] = {URL + "team_name": team.name, URL + "team_domain": team.domain}
    return claims | images | {URL + "team_image_default": True}


def _enterprise(enterprise: Enterprise | None) -> dict[str, Any]:
    """On Grid only; that id_tokens carry these too is UNCONFIRMED (slack.md A5)."""
    if enterprise is None:
        return {}
    claims = {URL + "enterprise_id": enterprise.id, URL + "enterprise_name": enterprise.name}
    return claims | {URL + "enterprise_domain": enterprise.domain}
