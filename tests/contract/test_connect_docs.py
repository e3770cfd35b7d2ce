"""docs/connect.md names the functions and features with the permissions that the code asks for."""

from __future__ import annotations

import re

from click.testing import CliRunner

from cocoom_slack_plugin import cli
from cocoom_slack_plugin.connect.features import COSTS, Feature, Wish
from cocoom_slack_plugin.connect.icon import FILE_NAME
from cocoom_slack_plugin.connect.manifest import LONGEST_LINK
from cocoom_slack_plugin.switches import Function

from .documents import document, sections

PAGE = document("connect.md")
LINES = [line for line in PAGE.splitlines() if line.startswith("| `")]
ROWS = {row[0].strip("`"): row for row in ([c.strip() for c in line.strip("|").split("|")] for line in LINES)}


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_tables_name_everything_there_is() -> None:
    assert set(ROWS) == {*map(str, Function), *map(str, Feature)}


def test_each_function_has_its_permissions() -> None:
    login, notifications = Wish.of([Function.LOGIN]), Wish.of([Function.NOTIFICATIONS])
    assert named(ROWS["login"][2]) == list(login.user_scopes)
    assert named(ROWS["notifications"][2]) == list(notifications.bot_scopes)


def test_each_feature_has_its_permissions_and_functions() -> None:
    for feature, costs in COSTS.items():
        assert named(ROWS[feature][2]) == list(costs.scopes)
        needs = set(Function) if ROWS[feature][1] == "both" else set(named(ROWS[feature][1]))
        assert needs == costs.functions


def test_numbers_and_names_are_the_codes() -> None:
    assert f"below {LONGEST_LINK} characters" in PAGE
    assert f"`{FILE_NAME}`" in PAGE


def test_the_commands_take_the_options_shown() -> None:
    for section in sections(PAGE):
        for command, rest in re.findall(
            r"^    cocoom-slack -c host.ini (\w+)(.*)$", section.text, re.MULTILINE
        ):
            known = CliRunner().invoke(cli.main, [command, "--help"]).output
            for option in re.findall(r"--[a-z]+", rest):
                assert option in known, f"{command} has no {option}"
