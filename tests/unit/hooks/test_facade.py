"""Calling hooks: everybody is told in order, nobody can hurt the host or a neighbour, and mistakes are named."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from cocoom_hooks import (
    Hooks,
    PluginSetupError,
    build_plugin_manager,
    event_hook_names,
    event_types,
    hook_names,
    hookimpl,
)
from cocoom_hooks.payloads import Command, PageEntry, SignInOption, TenantEvent
from cocoom_slack_plugin.testing import MemoryServices, envelope, make_tenant

ACME = make_tenant()
REMOVED = "cocoom_tenant_removed"


def _hooks(**plugins: object) -> Hooks:
    return Hooks(build_plugin_manager([], plugins))


def _event() -> TenantEvent:
    return TenantEvent(**envelope(ACME))


class Listener:
    def __init__(self, told: list[Any], name: str = "") -> None:
        self.told, self.name = told, name

    @hookimpl
    def cocoom_tenant_removed(self, event: Any, dbsession: Any) -> str:
        self.told.append((self.name, event, dbsession))
        return "ignored"


class Broken:
    @hookimpl
    def cocoom_tenant_removed(self, event: Any) -> None:
        raise RuntimeError("a plugin's fault")


def test_everybody_is_told_once_with_the_event_and_the_session() -> None:
    told: list[Any] = []
    hooks = _hooks(one=Listener(told, "one"), two=Listener(told, "two"))
    event, session = _event(), object()
    hooks.tenant_removed(event, session)
    assert [each[0] for each in told] == ["one", "two"]
    assert all(each[1] is event and each[2] is session for each in told)


def test_one_that_raises_hurts_neither_the_host_nor_its_neighbours(caplog: pytest.LogCaptureFixture) -> None:
    told: list[Any] = []
    hooks = _hooks(one=Listener(told), broken=Broken(), two=Listener(told))
    with caplog.at_level(logging.ERROR, "cocoom_hooks"):
        for _ in range(3):
            hooks.tenant_removed(_event(), None)
    assert len(told) == 6
    assert hooks.failures == {("broken", REMOVED): 3}
    assert caplog.text.count(f"plugin broken failed in {REMOVED}") == 3
    assert "RuntimeError: a plugin's fault" in caplog.text


def test_what_ends_the_process_is_not_held_up() -> None:
    class Ending:
        @hookimpl
        def cocoom_tenant_removed(self) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _hooks(ending=Ending()).tenant_removed(_event(), None)


def test_an_implementation_may_take_any_of_the_arguments_in_any_order() -> None:
    told: list[Any] = []

    class Swapped:
        @hookimpl
        def cocoom_tenant_removed(self, dbsession: Any, event: Any) -> None:
            told.append((event, dbsession))

    class OnlyEvent:
        @hookimpl
        def cocoom_tenant_removed(self, event: Any) -> None:
            told.append(event)

    class OnlySession:
        @hookimpl
        def cocoom_tenant_removed(self, dbsession: Any) -> None:
            told.append(dbsession)

    class Nothing:
        @hookimpl
        def cocoom_tenant_removed(self) -> None:
            told.append(None)

    event = _event()
    _hooks(a=Swapped(), b=OnlyEvent(), c=OnlySession(), d=Nothing()).tenant_removed(event, "session")
    assert sorted(map(repr, told)) == sorted(map(repr, [(event, "session"), event, "session", None]))


def test_an_unknown_hook_is_refused_with_the_known_ones() -> None:
    """B26"""
    with pytest.raises(LookupError, match="no event hook is called 'cocoom_tenant_gone'") as caught:
        _hooks().tell("cocoom_tenant_gone", _event(), None)
    for name in event_hook_names():
        assert name in str(caught.value)


@pytest.mark.parametrize("name", sorted(event_hook_names()))
def test_every_event_hook_has_its_method_and_arrives_at_its_listeners(name: str) -> None:
    told: list[Any] = []

    def listener(event: Any) -> None:
        told.append(event)

    plugin = type("Plugin", (), {name: staticmethod(hookimpl(listener))})()
    event: Any = object()
    getattr(_hooks(plugin=plugin), name.removeprefix("cocoom_"))(event, None)
    assert told == [event]
    assert name in event_types()


def test_a_wrapper_of_a_contribution_is_refused() -> None:
    class Wrapping:
        @hookimpl(wrapper=True)
        def cocoom_sign_in_option(self) -> Any:
            return (yield)

    with pytest.raises(PluginSetupError, match="wraps cocoom_sign_in_option"):
        _hooks(wrapping=Wrapping())


@pytest.mark.parametrize("marker", [{"wrapper": True}, {"hookwrapper": True}])
def test_wrappers_of_event_hooks_are_refused(marker: dict[str, bool]) -> None:
    class Wrapping:
        @hookimpl(**marker)
        def cocoom_tenant_removed(self) -> Any:
            return (yield)

    with pytest.raises(PluginSetupError, match=f"plugin 'wrapping' wraps {REMOVED}"):
        _hooks(wrapping=Wrapping())


def test_a_hook_that_the_contract_does_not_have_is_refused() -> None:
    class Typo:
        @hookimpl
        def cocoom_tenant_remved(self) -> None: ...

    with pytest.raises(PluginSetupError, match="plugin 'typo' does not fit the contract"):
        _hooks(typo=Typo())


def test_an_argument_that_the_contract_does_not_have_is_refused() -> None:
    class Curious:
        @hookimpl
        def cocoom_tenant_removed(self, event: Any, request: Any) -> None: ...

    with pytest.raises(PluginSetupError, match="plugin 'curious' does not fit the contract"):
        _hooks(curious=Curious())


@pytest.mark.parametrize(
    ("name", "advice"), [("slak", "; did you mean 'slack'?"), ("teams-and-more", "but not installed")]
)
def test_an_unknown_plugin_is_refused_with_the_nearest_name(name: str, advice: str) -> None:
    with pytest.raises(PluginSetupError, match=f"plugin '{name}' is enabled but not installed") as caught:
        build_plugin_manager([name])
    assert str(caught.value).endswith(advice)


def test_a_plugin_that_is_named_twice_is_refused() -> None:
    with pytest.raises(PluginSetupError, match="does not fit the contract"):
        build_plugin_manager(["slack", "slack"])


def test_each_manager_has_a_plugin_of_its_own() -> None:
    one, two = (Hooks(build_plugin_manager(["slack"])) for _ in range(2))
    assert one.plugin("slack") is not None
    assert one.plugin("slack") is not two.plugin("slack")
    assert one.plugin("teams") is None


def test_a_plugin_without_a_runtime_does_nothing() -> None:
    """Enabled but never configured: every event hook is empty, or writes only through the session it is given."""
    hooks = Hooks(build_plugin_manager(["slack"]))
    for name in ("publication_published", "comment_added", "collaborator_joined"):
        getattr(hooks, name)(_event(), None)
    assert not hooks.failures


class TestServices:
    def test_the_first_answer_counts(self) -> None:
        services = MemoryServices(open_session=lambda: None, tenants=[ACME])  # type: ignore[arg-type,return-value]
        hooks = _hooks(host=services)
        assert hooks.find_tenant("acme", None) is ACME
        assert hooks.find_tenant("t-acme", None) is ACME
        assert hooks.find_tenant("globex", None) is None
        assert hooks.offers("find_tenant")

    def test_without_anybody_to_answer_the_answer_is_the_empty_one(self) -> None:
        hooks = _hooks()
        assert hooks.find_tenant("acme", None) is None
        assert hooks.users_by_email(ACME, "x", None) == ()
        assert hooks.thread_followers(ACME, "x", None) == ()
        assert hooks.end_sessions(ACME, "x", None) == 0
        assert hooks.tell_administrators(ACME, None, None) is False  # type: ignore[arg-type]
        assert hooks.may_administer(None, ACME) is False
        assert not hooks.offers("find_tenant")

    def test_without_a_database_session_nothing_works(self) -> None:
        with pytest.raises(PluginSetupError, match="the host does not implement cocoom_open_dbsession"):
            _hooks().open_dbsession(None)

    def test_what_a_service_raises_reaches_the_asker(self) -> None:
        class Failing:
            @hookimpl
            def cocoom_find_tenant(self) -> None:
                raise RuntimeError("away")

        with pytest.raises(RuntimeError, match="away"):
            _hooks(host=Failing()).find_tenant("acme", None)


class TestContributions:
    def test_they_come_in_the_order_in_which_plugins_were_enabled(self) -> None:
        def plugin(name: str) -> object:
            class Plugin:
                @hookimpl
                def cocoom_command(self) -> Command | None:
                    return Command(name=name, help="", main="x:y") if name else None

                @hookimpl
                def cocoom_sign_in_option(self) -> SignInOption | None:
                    return SignInOption(id=name, label="", action="") if name else None

                @hookimpl
                def cocoom_configure(self, config: Any) -> None:
                    config.append(name)

            return Plugin()

        hooks = _hooks(one=plugin("one"), none=plugin(""), two=plugin("two"))
        configured: Any = []
        hooks.configure(configured)
        assert configured == ["one", "", "two"]
        assert [each.name for each in hooks.commands()] == ["one", "two"]
        assert [each.id for each in hooks.sign_in_options(None, ACME)] == ["one", "two"]

    def test_a_broken_sign_in_option_is_left_out_and_counted(self) -> None:
        class Failing:
            @hookimpl
            def cocoom_sign_in_option(self, tenant: Any) -> None:
                raise RuntimeError("away")

        hooks = _hooks(failing=Failing())
        assert hooks.sign_in_options(None, ACME) == []
        assert hooks.failures == {("failing", "cocoom_sign_in_option"): 1}

    def test_account_entries_of_all_plugins_are_one_list(self) -> None:
        def plugin(answer: Any) -> object:
            class Plugin:
                @hookimpl
                def cocoom_account_entries(self, tenant: Any) -> Any:
                    if isinstance(answer, Exception):
                        raise answer
                    return answer

            return Plugin()

        def entry(name: str) -> PageEntry:
            return PageEntry(id=name, label=name, url=f"/{name}")

        hooks = _hooks(
            one=plugin([entry("a"), entry("b")]),
            none=plugin(None),
            failing=plugin(RuntimeError("away")),
            empty=plugin(()),
            wrong=plugin(7),
            two=plugin((entry("c"),)),
        )
        assert [each.id for each in hooks.account_entries(None, ACME)] == ["a", "b", "c"]
        hook = "cocoom_account_entries"
        assert hooks.failures == {("failing", hook): 1, ("wrong", hook): 1}
        assert _hooks().account_entries(None, ACME) == []

    def test_a_host_must_not_start_half_configured(self) -> None:
        class Failing:
            @hookimpl
            def cocoom_configure(self) -> None:
                raise RuntimeError("half")

        with pytest.raises(RuntimeError, match="half"):
            _hooks(failing=Failing()).configure([])  # type: ignore[arg-type]


def test_all_names_of_the_contract_start_alike() -> None:
    assert event_hook_names() < hook_names()
    assert all(name.startswith("cocoom_") for name in hook_names())
