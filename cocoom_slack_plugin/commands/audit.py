"""``cocoom-slack audit``: who did and changed what, for people to read and for other programs to keep."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import click
from rich.table import Table

from cocoom_slack_plugin import audit as records
from cocoom_slack_plugin.commands.deployment import Deployment, console, locate
from cocoom_slack_plugin.commands.instants import INSTANT, in_utc, shown
from cocoom_slack_plugin.commands.one_line import one_line
from cocoom_slack_plugin.database import transaction


@click.command()
@click.argument("tenant")
@click.option("--since", type=INSTANT, help="Only what happened at or after this instant, in UTC.")
@click.option("--until", type=INSTANT, help="Only what happened before this instant, in UTC.")
@click.option("--json", "form", flag_value="json", help="A JSON object in each line.")
@click.option("--csv", "form", flag_value="csv", help="A table for spreadsheets.")
@click.pass_obj
def audit(
    deployment: Deployment, tenant: str, since: datetime | None, until: datetime | None, form: str | None
) -> None:
    """Show every audit record of TENANT, oldest first: sign-ins, refusals, and changes with before and after."""
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks, base.id) as dbsession:
        found = records.everything(dbsession, base.id, in_utc(since), in_utc(until))
        if form == "json":
            _write_lines(found)
        elif form == "csv":
            _write_csv(found)
        else:
            _show(found)


def _show(found: Iterable[Mapping[str, Any]]) -> None:
    table = Table("when (UTC)", "who", "what", "outcome", "detail", "reference")
    for each in found:
        who = one_line(each["actor"] or "")
        detail = one_line(in_words(each["detail"]))
        table.add_row(shown(each["at"]), who, each["action"], each["outcome"], detail, each["correlation_id"])
    if table.row_count:
        console.print(table)
    else:
        click.echo("nothing is recorded")


def in_words(detail: Mapping[str, Any]) -> str:
    """A record's detail in a line: ``team_id: T1 -> T2; bot_token changed; notices: 3``."""
    said = [_change(name, change) for name, change in detail.get("changes", {}).items()]
    said += [f"{name}: {_value(value)}" for name, value in detail.items() if name != "changes"]
    return "; ".join(said)


def _change(name: str, change: Any) -> str:
    if not isinstance(change, dict):
        return f"{name} {change}"
    return f"{name}: {_value(change['before'])} -> {_value(change['after'])}"


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _write_lines(found: Iterable[Mapping[str, Any]]) -> None:
    for each in found:
        click.echo(json.dumps(_plain(each), ensure_ascii=False))


def _write_csv(found: Iterable[Mapping[str, Any]]) -> None:
    names = records.audit.columns.keys()
    writer = csv.writer(sys.stdout)
    writer.writerow(names)
    for each in found:
        plain = _plain(each)
        detail = json.dumps(plain["detail"], ensure_ascii=False)
        writer.writerow([_cell(detail if name == "detail" else plain[name]) for name in names])


def _plain(each: Mapping[str, Any]) -> dict[str, Any]:
    return {**each, "at": each["at"].astimezone(UTC).isoformat()}


def _cell(value: object) -> str:
    """Spreadsheets take a cell that starts like this for a formula, and run it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
