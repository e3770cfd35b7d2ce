from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from demo.slack.thread import SlackThread

Refusal = Callable[..., dict[str, Any]]
HOME: dict[str, Any] = {"type": "home", "blocks": [{"type": "divider"}]}


def test_a_published_view_is_stored_per_person(it: SlackThread, acme: WebClient) -> None:
    view = acme.views_publish(user_id="U0ALICE", view=HOME | {"private_metadata": "p"})["view"]
    assert (view["type"], view["app_id"], view["private_metadata"]) == ("home", "A0ACME", "p")
    assert it.control.home_view("A0ACME", "T0ACME", "U0ALICE") == view
    assert it.control.home_view("A0ACME", "T0ACME", "U0BOB") is None


def test_publishing_again_keeps_the_id_and_changes_the_hash(acme: WebClient) -> None:
    first = acme.views_publish(user_id="U0ALICE", view=HOME)["view"]
    second = acme.views_publish(user_id="U0ALICE", view=HOME, hash=first["hash"])["view"]
    assert second["id"] == first["id"]
    assert second["hash"] != first["hash"]


def test_a_stale_hash_loses(acme: WebClient, refusal: Refusal) -> None:
    acme.views_publish(user_id="U0ALICE", view=HOME)
    assert refusal(acme.views_publish, user_id="U0ALICE", view=HOME, hash="1.old")["error"] == "hash_conflict"


def test_the_home_tab_can_be_off(it: SlackThread, acme: WebClient, refusal: Refusal) -> None:
    it.control.change_app("A0ACME", home_tab_enabled=False)
    assert refusal(acme.views_publish, user_id="U0ALICE", view=HOME)["error"] == "not_enabled"


def test_an_external_id_belongs_to_one_view(acme: WebClient, refusal: Refusal) -> None:
    acme.views_publish(user_id="U0ALICE", view=HOME | {"external_id": "e"})
    answer = refusal(acme.views_publish, user_id="U0BOB", view=HOME | {"external_id": "e"})
    assert answer["error"] == "duplicate_external_id"


@pytest.mark.parametrize(
    ("user", "view", "error"),
    [
        ("U9NOBODY", HOME, "user_not_found"),
        ("U0LEAVER", HOME, "user_not_found"),
        ("U0ALICE", {"type": "modal", "blocks": []}, "invalid_arguments"),
        ("U0ALICE", HOME | {"private_metadata": "x" * 3001}, "invalid_arguments"),
        ("U0ALICE", HOME | {"blocks": [{"type": "divider"}] * 101}, "invalid_blocks"),
        ("U0ALICE", HOME | {"private_metadata": "x" * 260_000}, "view_too_large"),
        ("U0ALICE", None, "invalid_arguments"),
        ("U0ALICE", "{", "invalid_arguments"),
    ],
)
def test_publishing_is_refused(acme: WebClient, refusal: Refusal, user: str, view: Any, error: str) -> None:
    arguments = {"user_id": user, "view": view}
    assert refusal(acme.api_call, "views.publish", json=arguments)["error"] == error
