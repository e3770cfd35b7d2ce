"""``views.publish``: the app's Home tab, one view per person (slack.md F6)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from demo.slack.api.call import Call
from demo.slack.api.error import SlackError, missing_field, with_messages
from demo.slack.api.method import Answer, method
from demo.slack.blocks.kinds import VIEW_BLOCKS
from demo.slack.blocks.storing import stored_blocks
from demo.slack.blocks.validation import check_blocks
from demo.slack.rate_limits import Tier
from demo.slack.world.ids import new_id
from demo.slack.world.team import Team

LARGEST = 250_000


@method("views.publish", Tier.FOUR, token_kinds=frozenset({"bot"}), takes_json=True)
def publish(call: Call) -> Answer:
    team, user_id = call.team(), call.required("user_id")
    if not call.app.home_tab_enabled:
        raise SlackError("not_enabled")
    if user_id not in team.users or team.users[user_id].deleted:
        raise SlackError("user_not_found")
    view = _checked_view(call)
    _check_hash(call, team, user_id)
    _check_external_id(call, team, user_id, view)
    published = _published(call, team, user_id, view)
    team.views[(call.app.id, user_id)] = published
    return {"ok": True, "view": published}


def _checked_view(call: Call) -> dict[str, Any]:
    view = call.structure("view", "invalid_arguments")
    if view is None:
        raise missing_field("view")
    if not isinstance(view, dict) or view.get("type") != "home":
        raise with_messages("invalid_arguments", ["must be one of: home [json-pointer:/view/type]"])
    if len(json.dumps(view)) > LARGEST:
        raise SlackError("view_too_large")
    check_blocks(view.get("blocks"), VIEW_BLOCKS, at="/view/blocks")
    for name, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if len(str(view.get(name, ""))) > most:
            words = f"must be less than {most + 1} characters [json-pointer:/view/{name}]"
            raise with_messages("invalid_arguments", [words])
    return view


def _check_hash(call: Call, team: Team, user_id: str) -> None:
    """A stale ``hash`` loses the race on purpose."""
    expected = call.text("hash")
    current = team.views.get((call.app.id, user_id))
    if expected and current is not None and current["hash"] != expected:
        raise SlackError("hash_conflict")


def _check_external_id(call: Call, team: Team, user_id: str, view: dict[str, Any]) -> None:
    external_id = view.get("external_id")
    for (app_id, owner), other in team.views.items():
        if external_id and app_id == call.app.id and owner != user_id and other["external_id"] == external_id:
            raise SlackError("duplicate_external_id")


def _published(call: Call, team: Team, user_id: str, view: dict[str, Any]) -> dict[str, Any]:
    before = team.views.get((call.app.id, user_id))
    moment = f"{call.slack.clock.now():.6f}"
    return {
        "id": before["id"] if before else new_id("V"),
        "team_id": team.id,
        "type": "home",
        "blocks": stored_blocks(view["blocks"], team),
        "private_metadata": view.get("private_metadata", ""),
        "callback_id": view.get("callback_id", ""),
        "external_id": view.get("external_id", ""),
        "hash": f"{moment.partition('.')[0]}.{hashlib.sha256(moment.encode()).hexdigest()[:8]}",
        "app_id": call.app.id,
        "bot_id": call.token.bot_id,
    }
