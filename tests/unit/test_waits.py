"""What Slack asked this process to wait for."""

from __future__ import annotations

from cocoom_slack_plugin.waits import Waits

LOOK_UP = "users.lookupByEmail"


def test_without_an_answer_of_slack_nothing_is_waited_for() -> None:
    assert Waits().left(LOOK_UP, "t-acme", "T0ACME") == 0.0


def test_it_is_waited_for_the_rest_of_the_time() -> None:
    waits = Waits()
    waits.note(LOOK_UP, "t-acme", "T0ACME", 3600.0)
    assert 0.0 < waits.left(LOOK_UP, "t-acme", "T0ACME") <= 3600.0


def test_a_wait_is_one_methods_of_one_tenant_in_one_workspace() -> None:
    waits = Waits()
    waits.note(LOOK_UP, "t-acme", "T0ACME", 3600.0)
    assert waits.left("users.info", "t-acme", "T0ACME") == 0.0
    assert waits.left(LOOK_UP, "t-globex", "T0ACME") == 0.0
    assert waits.left(LOOK_UP, "t-acme", "T0OTHER") == 0.0


def test_of_several_answers_the_longest_wait_counts() -> None:
    waits = Waits()
    waits.note(LOOK_UP, "t-acme", "T0ACME", 3600.0)
    waits.note(LOOK_UP, "t-acme", "T0ACME", 1.0)
    assert waits.left(LOOK_UP, "t-acme", "T0ACME") > 1.0


def test_what_is_over_is_over() -> None:
    waits = Waits()
    waits.note(LOOK_UP, "t-acme", "T0ACME", -1.0)
    assert waits.left(LOOK_UP, "t-acme", "T0ACME") == 0.0
