from __future__ import annotations

import pytest

from cocoom_slack_plugin.switches import Function, Switches
from cocoom_slack_plugin.testing import make_tenant

LOGIN, NOTIFICATIONS = Function.LOGIN, Function.NOTIFICATIONS


def test_nobody_is_allowed_anything_by_default() -> None:
    for switches in (Switches(), Switches.parse(""), Switches.parse("\n \n")):
        assert not any(switches.allow(function, make_tenant()) for function in Function)


def test_the_functions_are_independent() -> None:
    switches = Switches.parse("acme login\nglobex notifications\ninitech login notifications\nhooli")
    allowed = {
        name: [function for function in Function if switches.allow(function, make_tenant(name))]
        for name in ("acme", "globex", "initech", "hooli", "unnamed")
    }
    assert allowed == {
        "acme": [LOGIN],
        "globex": [NOTIFICATIONS],
        "initech": [LOGIN, NOTIFICATIONS],
        "hooli": [],
        "unnamed": [],
    }


def test_the_star_is_for_those_that_are_not_named() -> None:
    switches = Switches.parse("acme\n* notifications")
    assert not switches.allow(NOTIFICATIONS, make_tenant("acme"))
    assert switches.allow(NOTIFICATIONS, make_tenant("other"))
    assert not switches.allow(LOGIN, make_tenant("other"))


def test_the_immutable_id_is_looked_up_before_the_subdomain() -> None:
    switches = Switches.parse("t-acme login\nglobex notifications")
    renamed = make_tenant("acme", subdomain="globex")
    assert switches.allow(LOGIN, renamed)
    assert not switches.allow(NOTIFICATIONS, renamed)


@pytest.mark.parametrize("name", ["../x", "Acme", "a" * 64, "-acme", "acme-", "acme.com", "a_b", "**", "é"])
def test_what_cannot_be_a_tenant_is_refused(name: str) -> None:
    """B12"""
    with pytest.raises(ValueError, match="is no tenant: an id or subdomain is 1 to 63 of a-z, 0-9 and '-'"):
        Switches.parse(f"{name} login")


def test_a_huge_name_is_cut_in_the_message() -> None:
    with pytest.raises(ValueError, match="is no tenant") as caught:
        Switches.parse("x" * 10_000)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("twice", ["acme login\nacme notifications", "* login\n* login"])
def test_a_tenant_named_twice_is_refused(twice: str) -> None:
    with pytest.raises(ValueError, match="is there twice"):
        Switches.parse(twice)


def test_an_unknown_function_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        ValueError, match="acme: there is no function 'Login'; the functions are login and not"
    ):
        Switches.parse("acme Login")


def test_parsing_what_is_parsed_changes_nothing() -> None:
    switches = Switches.parse("acme login")
    assert Switches.parse(switches) is switches


@pytest.mark.parametrize("function", list(Function))
def test_the_quick_answer_for_one_function_is_the_same(function: Function) -> None:
    switches = Switches.parse("acme login\nt-globex notifications\nempty\n* notifications")
    only = switches.only(function)
    for name in ("acme", "globex", "empty", "other"):
        assert only(make_tenant(name)) == switches.allow(function, make_tenant(name))
