"""docs/hooks.md and the contract say the same, and what the page shows works."""

from __future__ import annotations

import ast
import dataclasses
import enum
import inspect
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

import cocoom_hooks
from cocoom_hooks import (
    Hooks,
    build_plugin_manager,
    contributions,
    events,
    hook_names,
    hookimpl,
    payloads,
    services,
)
from cocoom_hooks.payloads import CollaboratorEvent, PostEvent, TenantEvent, UserStatus
from cocoom_slack_plugin.testing import envelope, make_post, make_tenant, make_user
from demo.servers import Postgres

from .documents import Section, blocks, document, sections, words

PAGE = document("hooks.md")
SECTIONS = {section.title.strip("`"): section for section in sections(PAGE)}
HOOKS = {title: section for title, section in SECTIONS.items() if title.startswith("cocoom_")}
KINDS = {"Events": events, "Services": services, "Contributions": contributions}
ANSWERS = ["when", "process", "transaction", "returns", "raising", "since"]
PAYLOADS = [
    each
    for each in vars(payloads).values()
    if isinstance(each, type) and each.__module__ == payloads.__name__
]
EXAMPLES = [block for block in blocks(PAGE, "python") if "import" in block]

DATABASES = itertools.count()


def names(module: Any) -> list[str]:
    return [name for name in vars(module) if name in hook_names()]


def specification(name: str) -> Any:
    return next(getattr(module, name) for module in KINDS.values() if name in names(module))


def signature(source: str) -> str:
    [function] = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    assert function.returns is not None
    return f"def {function.name}({ast.unparse(function.args)}) -> {ast.unparse(function.returns)}"


def own_fields(payload: Any) -> dict[str, Any]:
    own = inspect.get_annotations(payload)
    return {each.name: each for each in dataclasses.fields(payload) if each.name in own}


def executed(block: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "an_example_of_the_page"}
    exec(compile(block, "docs/hooks.md", "exec"), names)
    return names


def example(name: str) -> dict[str, Any]:
    [block] = [block for block in EXAMPLES if name in block]
    return executed(block)


# --- both directions ---


def test_every_hook_has_a_heading_and_every_such_heading_is_a_hook() -> None:
    assert set(HOOKS) == hook_names()


def test_every_hook_stands_below_its_kind_in_the_order_of_the_code() -> None:
    titles = list(SECTIONS)
    starts = [titles.index(kind) for kind in KINDS] + [titles.index("Payloads")]
    for (kind, module), (start, end) in zip(KINDS.items(), itertools.pairwise(starts), strict=True):
        assert titles[start + 1 : end] == names(module), kind


@pytest.mark.parametrize("name", sorted(hook_names()))
def test_a_hook_is_documented_with_its_exact_signature(name: str) -> None:
    [block] = HOOKS[name].blocks("python")
    assert signature(block) == signature(inspect.getsource(specification(name)))


@pytest.mark.parametrize("name", sorted(hook_names()))
def test_a_hook_is_documented_in_the_words_of_its_specification(name: str) -> None:
    assert words(inspect.getdoc(specification(name)) or "missing") in words(HOOKS[name].text)


@pytest.mark.parametrize("name", sorted(hook_names()))
def test_a_hook_answers_every_question_that_a_plugin_author_has(name: str) -> None:
    [row] = HOOKS[name].rows
    assert list(row) == ANSWERS
    assert all(row.values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_hooks_answers_every_question_once_for_all_its_hooks(kind: str) -> None:
    for answer in ANSWERS:
        assert f"* **{answer.capitalize()}**: " in SECTIONS[kind].text


def test_every_public_name_of_the_contract_is_mentioned_unless_it_serves_hosts_tests_only() -> None:
    for_tests = {"ENTRY_POINT_GROUP", "PROJECT_NAME", "event_hook_names", "event_types", "hook_names"}
    assert [name for name in set(cocoom_hooks.__all__) - for_tests if name not in PAGE] == []
    assert f"`{cocoom_hooks.ENTRY_POINT_GROUP}`" in PAGE


# --- payloads ---


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda each: each.__name__)
def test_a_payload_is_documented_in_the_words_of_its_class(payload: type) -> None:
    assert words(inspect.cleandoc(payload.__doc__ or "missing")) in words(SECTIONS[payload.__name__].text)


@pytest.mark.parametrize(
    "payload", [each for each in PAYLOADS if dataclasses.is_dataclass(each)], ids=lambda each: each.__name__
)
def test_a_payload_is_documented_with_its_fields_types_and_defaults_and_no_others(payload: Any) -> None:
    section = SECTIONS[payload.__name__]
    documented = {row["field"].strip("`"): row for row in section.rows}
    fields = own_fields(payload)
    assert list(documented) == list(fields)
    for name, field in fields.items():
        assert documented[name]["type"] == f"`{field.type}`"
        assert documented[name]["default"].strip("`") == _default(field)
    if payload.__base__ is not object:
        assert f"Everything of `{payload.__base__.__name__}`" in section.text


def _default(field: Any) -> str:
    if field.default is dataclasses.MISSING:
        return "required"
    if isinstance(field.default, enum.Enum):
        return f"{type(field.default).__name__}.{field.default.name}"
    return repr(field.default)


@pytest.mark.parametrize(
    "payload", [each for each in PAYLOADS if issubclass(each, enum.Enum)], ids=lambda each: each.__name__
)
def test_an_enumeration_is_documented_with_its_values(payload: type[enum.Enum]) -> None:
    values = ", ".join(f"`{each.value}`" for each in payload)
    assert f"Values: {values}." in SECTIONS[payload.__name__].text


def test_every_section_below_payloads_is_a_payload() -> None:
    titles = list(SECTIONS)
    assert titles[titles.index("Payloads") + 1 :] == [payload.__name__ for payload in PAYLOADS]


def test_every_type_in_a_signature_is_explained() -> None:
    of_python = {"Sequence", "bool", "int", "list", "str", "tuple"}
    for name in hook_names():
        [function] = ast.parse(inspect.getsource(specification(name))).body
        assert isinstance(function, ast.FunctionDef)
        annotations = [function.returns, *(each.annotation for each in function.args.args)]
        parts = [node for each in annotations if each is not None for node in ast.walk(each)]
        for part in {node.id for node in parts if isinstance(node, ast.Name)} - of_python:
            assert part in SECTIONS or f"* `{part}`: " in SECTIONS["Payloads"].text, part


# --- every block works ---


def test_every_python_block_is_a_signature_or_an_example() -> None:
    signatures = [block for section in HOOKS.values() for block in section.blocks("python")]
    assert len(signatures) + len(EXAMPLES) == len(blocks(PAGE, "python"))
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("section", HOOKS.values(), ids=HOOKS)
def test_a_documented_signature_is_accepted_by_a_manager(section: Section) -> None:
    known = {
        **vars(payloads),
        "DatabaseSession": Any,
        "Request": Any,
        "Configurator": Any,
        "SessionContext": Any,
    }
    [block] = section.blocks("python")
    names: dict[str, Any] = {**known, "Sequence": list}
    exec(compile(block, "docs/hooks.md", "exec"), names)
    name = section.title.strip("`")
    plugin = SimpleNamespace(**{name: hookimpl(names[name])})
    manager = build_plugin_manager([], {"documented": plugin})
    manager.check_pending()
    assert [each.plugin_name for each in getattr(manager.hook, name).get_hookimpls()] == ["documented"]


def test_the_example_plugin_is_accepted_by_a_manager() -> None:
    plugin = example("class PublicationCounter")["PublicationCounter"]()
    manager = build_plugin_manager([], {"counter": plugin})
    manager.check_pending()
    assert len(manager.get_hookcallers(plugin) or []) == 3


# --- and does what the page says, on a real database ---


@pytest.fixture
def engine(postgres: Postgres) -> Iterator[Engine]:
    made = create_engine(postgres.url(f"hooks_{next(DATABASES)}"))
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE host_act (name text PRIMARY KEY)"))
    yield made
    made.dispose()


TENANT = make_tenant()
PUBLISHED = PostEvent(**envelope(TENANT), post=make_post(TENANT, make_user()))


def test_the_example_plugin_counts_shows_and_forgets(engine: Engine) -> None:
    names = example("class PublicationCounter")
    names["counts"].create(engine)
    hooks = Hooks(build_plugin_manager([], {"counter": names["PublicationCounter"]()}))
    with Session(engine) as dbsession:
        request = SimpleNamespace(dbsession=dbsession)
        hooks.publication_published(PUBLISHED, dbsession)
        hooks.publication_published(PUBLISHED, dbsession)
        assert [each.label for each in hooks.administration_entries(request, TENANT)] == ["2 publications"]
        hooks.tenant_removed(TenantEvent(**envelope(TENANT)), dbsession)
        assert dbsession.execute(select(names["counts"])).all() == []
    assert not hooks.failures


def test_the_example_plugin_leaves_the_transaction_usable_when_its_sql_fails(engine: Engine) -> None:
    # The table was never created.
    hooks = Hooks(
        build_plugin_manager([], {"counter": example("class PublicationCounter")["PublicationCounter"]()})
    )
    act(engine, lambda dbsession: hooks.publication_published(PUBLISHED, dbsession))
    assert acts(engine) == ["published"]
    assert hooks.failures == {("counter", "cocoom_publication_published"): 1}


class Careless:
    """Fails in SQL without a savepoint of its own."""

    @hookimpl
    def cocoom_publication_published(self, dbsession: Session) -> None:
        dbsession.execute(text("SELECT * FROM nowhere"))


def test_a_listener_without_a_savepoint_costs_the_host_its_act_as_the_page_warns(engine: Engine) -> None:
    hooks = Hooks(build_plugin_manager([], {"careless": Careless()}))
    act(engine, lambda dbsession: hooks.publication_published(PUBLISHED, dbsession))
    assert acts(engine) == []


def test_the_host_of_the_page_keeps_its_act_whatever_a_listener_does(engine: Engine) -> None:
    hooks = Hooks(build_plugin_manager([], {"careless": Careless()}))
    tell = example("def tell(")["tell"]
    act(engine, lambda dbsession: tell(hooks, "cocoom_publication_published", PUBLISHED, dbsession))
    assert acts(engine) == ["published"]


def test_the_host_of_the_page_keeps_what_a_good_listener_wrote(engine: Engine) -> None:
    class Good:
        @hookimpl
        def cocoom_publication_published(self, dbsession: Session) -> None:
            dbsession.execute(text("INSERT INTO host_act VALUES ('told')"))

    hooks = Hooks(build_plugin_manager([], {"good": Good()}))
    tell = example("def tell(")["tell"]
    act(engine, lambda dbsession: tell(hooks, "cocoom_publication_published", PUBLISHED, dbsession))
    assert acts(engine) == ["published", "told"]


def act(engine: Engine, tell: Callable[[Session], None]) -> None:
    """The host does something, tells its plugins and commits."""
    with Session(engine) as dbsession:
        dbsession.execute(text("INSERT INTO host_act VALUES ('published')"))
        tell(dbsession)
        try:
            dbsession.commit()
        except SQLAlchemyError:
            dbsession.rollback()


def acts(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT name FROM host_act ORDER BY name")))


def test_the_services_of_the_page_answer_and_tell_of_a_newcomer(engine: Engine) -> None:
    heard: list[CollaboratorEvent] = []

    class Listener:
        @hookimpl
        def cocoom_collaborator_joined(self, event: CollaboratorEvent) -> None:
            heard.append(event)

    names = example("class HostServices")
    invited = make_user("ann", status=UserStatus.INVITED)
    gone = make_user("eve", status=UserStatus.REMOVED)
    users = {each.id: each for each in (invited, gone)}
    host = names["HostServices"](sessionmaker(engine), [TENANT], users)
    registry = SimpleNamespace()
    names["plug_in"](registry, host, [])
    hooks: Hooks = registry.cocoom_hooks
    assert host.hooks is hooks

    # The listener comes as an installed plugin would: with the manager.
    hooks = host.hooks = Hooks(build_plugin_manager([], {"host": host, "listener": Listener()}))
    with hooks.open_dbsession(None) as dbsession:
        assert hooks.find_tenant("t-acme", dbsession) == hooks.find_tenant("acme", dbsession) == TENANT
        assert hooks.find_tenant("nobody", dbsession) is None
        joined = hooks.activate_user(TENANT, "ann", dbsession)
        assert joined == replace(invited, status=UserStatus.ACTIVE)
        assert hooks.activate_user(TENANT, "ann", dbsession) == joined
        assert hooks.activate_user(TENANT, "eve", dbsession) is None
        assert hooks.activate_user(TENANT, "nobody", dbsession) is None
    assert [event.collaborator for event in heard] == [joined]
    assert not hooks.failures


def test_the_host_is_asked_first_and_plugins_are_told_in_the_order_of_enabling_as_the_page_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []

    class Named:
        def __init__(self, name: str) -> None:
            self.name = name

        @hookimpl
        def cocoom_find_tenant(self) -> Any:
            return make_tenant(self.name)

        @hookimpl
        def cocoom_tenant_removed(self) -> None:
            told.append(self.name)

    monkeypatch.setattr("cocoom_hooks.manager._load", lambda name, available: Named(name))
    hooks = Hooks(build_plugin_manager(["first", "second"], {"host": Named("host")}))
    found = hooks.find_tenant("any", SimpleNamespace())
    assert found is not None
    assert found.subdomain == "host"
    hooks.tell("cocoom_tenant_removed", TenantEvent(**envelope(TENANT)), SimpleNamespace())
    assert told == ["first", "second", "host"]
