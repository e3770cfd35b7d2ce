"""docs/settings.md, development.ini and the settings say the same."""

from __future__ import annotations

from configparser import ConfigParser
from typing import Any

import pytest
from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.settings import EXAMPLE_KEY, FALSE, PREFIX, TRUE, Settings
from cocoom_slack_plugin.switches import Function, Switches
from cocoom_slack_plugin.testing import make_tenant

from .documents import ROOT, blocks, document, sections, words

PAGE = document("settings.md")
SECTIONS = {section.title.strip("`").removeprefix(PREFIX): section for section in sections(PAGE)}
DOCUMENTED = [section.title.strip("`") for section in sections(PAGE) if section.title.startswith("`")]
FIELDS: dict[str, FieldInfo] = Settings.model_fields
TYPES = {float: "a number", int: "a whole number", bool: "yes or no", Switches: "lines"}
TEXTS = {
    "app_color": "text",
    "queue": "text",
    "slack_url": "an address",
    "redis_url": "an address, secret",
    "encryption_keys": "lines, secret",
}


def row(name: str) -> dict[str, str]:
    [found] = SECTIONS[name].rows
    return found


def default_of(name: str) -> Any:
    return FIELDS[name].get_default(call_default_factory=True)


def shown(value: Any) -> str:
    """A value as an INI file has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def ini(text: str) -> dict[str, str]:
    parser = ConfigParser(interpolation=None)
    parser.read_string(text)
    return dict(parser["app:main"])


DEVELOPMENT = ini((ROOT / "development.ini").read_text(encoding="utf-8"))


def test_every_setting_has_a_heading_and_every_such_heading_is_a_setting() -> None:
    assert sorted(DOCUMENTED) == sorted(f"{PREFIX}{name}" for name in FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_a_setting_is_described_in_the_words_of_its_field(name: str) -> None:
    assert words(SECTIONS[name].text).startswith(words(FIELDS[name].description or "missing"))


@pytest.mark.parametrize("name", FIELDS)
def test_a_setting_names_its_type_in_words(name: str) -> None:
    kind: Any = FIELDS[name].annotation
    assert row(name)["type"] == (TEXTS.get(name) or TYPES[kind])


@pytest.mark.parametrize("name", FIELDS)
def test_a_setting_names_its_default(name: str) -> None:
    default = default_of(name)
    if isinstance(default, Switches):
        assert default == Switches()
        assert row(name)["default"] == "nothing for anybody"
    else:
        assert row(name)["default"] == ("required" if FIELDS[name].is_required() else f"`{shown(default)}`")


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if field.annotation in (int, float)])
def test_a_number_names_its_range(name: str) -> None:
    [low] = [each.ge for each in FIELDS[name].metadata if isinstance(each, Ge)]
    [high] = [each.le for each in FIELDS[name].metadata if isinstance(each, Le)]
    assert row(name)["range"] == f"{shown(low)} to {shown(high)}"


def test_required_settings_stand_below_required_and_the_others_below_optional() -> None:
    titles = list(SECTIONS)
    required = titles[titles.index("Required") + 1 : titles.index("Optional")]
    assert set(required) == {name for name, field in FIELDS.items() if field.is_required()}


def test_the_words_for_yes_and_no_are_all_there() -> None:
    yes, no = (", ".join(f"`{word}`" for word in known) for known in (TRUE, FALSE))
    assert row("verify_tables")["range"] == f"{yes}; {no}"


def test_the_functions_are_all_there() -> None:
    assert row("tenants")["range"] == f"functions: {', '.join(f'`{each}`' for each in Function)}"


def test_the_example_is_what_the_plugin_reads() -> None:
    [example] = blocks(PAGE, "ini")
    settings = Settings.from_mapping(ini(example))
    assert settings.is_stand_in
    assert settings.tenants.allow(Function.LOGIN, make_tenant("acme"))
    assert not settings.tenants.allow(Function.LOGIN, make_tenant("globex"))
    assert settings.tenants.allow(Function.NOTIFICATIONS, make_tenant("somebody-else"))


def test_what_the_page_says_about_switches_is_so() -> None:
    tenant = Tenant(id="17", subdomain="acme", name="Acme", url="https://acme.cocoom.test")
    assert Switches.parse("17 login\nacme notifications").allow(Function.LOGIN, tenant)
    assert not Switches.parse("17 login\nacme notifications").allow(Function.NOTIFICATIONS, tenant)
    assert not Switches.parse("acme\n* login").allow(Function.LOGIN, tenant)
    assert not Switches.parse("globex login").allow(Function.LOGIN, tenant)
    with pytest.raises(ValueError, match="twice"):
        Switches.parse("acme login\nacme notifications")


def test_development_ini_names_every_setting_and_no_other() -> None:
    named = [name for name in DEVELOPMENT if name.startswith(PREFIX)]
    assert sorted(named) == sorted(f"{PREFIX}{name}" for name in FIELDS)


def test_development_ini_is_what_the_plugin_reads() -> None:
    assert Settings.from_mapping(DEVELOPMENT).is_stand_in


def test_development_ini_shows_defaults_as_they_are() -> None:
    settings = Settings.from_mapping(DEVELOPMENT)
    differs = {name for name in FIELDS if getattr(settings, name) != default_of(name)}
    assert differs == {"tenants", "encryption_keys", "redis_url", "slack_url", "gather_seconds"}


def test_the_only_key_in_sight_is_the_one_that_real_slack_refuses() -> None:
    assert DEVELOPMENT[f"{PREFIX}encryption_keys"].split()[1] == EXAMPLE_KEY
    [example] = blocks(PAGE, "ini")
    assert ini(example)[f"{PREFIX}encryption_keys"].split()[1] == EXAMPLE_KEY
