"""``cocoom-slack connect`` with credentials of another workspace: explained, and done only when somebody agrees."""

from __future__ import annotations

import sys

import click

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.commands.deployment import actor
from cocoom_slack_plugin.commands.fates import in_words
from cocoom_slack_plugin.commands.one_line import one_line
from cocoom_slack_plugin.connect.retiring import revoke_replaced
from cocoom_slack_plugin.connect.rotating import write_down
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.connections.workspace_change import WorkspaceChange
from cocoom_slack_plugin.errors import InvalidInput
from cocoom_slack_plugin.runtime import Runtime


def agree(base: Tenant, change: WorkspaceChange, may_ask: bool) -> None:
    """Explain and ask. Raises InvalidInput where nobody can be asked, and ends the command when somebody says no."""
    click.echo(explanation(base, change))
    if not (may_ask and sys.stdin.isatty()):
        old, new = _names(change)
        problem = f"these credentials are of {new}, but {base.subdomain} is connected to {old}"
        raise InvalidInput("workspace", f"{problem}; --change-workspace agrees to what is said above")
    click.confirm("Change the workspace?", abort=True)


def explanation(base: Tenant, change: WorkspaceChange) -> str:
    """What another workspace means."""
    old, new = _names(change)
    lines = [
        f"{base.subdomain} changes from the workspace {old} to {new}. That means:",
        "  people: who is who in the old workspace is forgotten; they are matched, and sign in, anew",
        f"  routes: they name channels of the old workspace; look at `cocoom-slack routes list {base.subdomain}`",
        "  notices that wait: they are held until you say what becomes of them",
        "  preferences, history and audit: kept",
        "  the old workspace: its bot token is revoked at Slack, the bot leaves all channels there",
    ]
    lines += [
        f"  {each}: switched off, because no credentials of the new workspace's app are given for it"
        for each in change.dropped
    ]
    return "\n".join(lines)


def end_old_bot(runtime: Runtime, base: Tenant, known: Connection, now: Connection) -> str:
    """Revoke the token of the workspace that was left, and say what came of it."""
    retired = revoke_replaced(runtime, known, now, wanted=True)
    write_down(runtime, base, retired, actor())
    return in_words(retired, "the old workspace's bot token")


def _names(change: WorkspaceChange) -> tuple[str, str]:
    old, new = (
        f"{name} ({team_id})" if name else team_id
        for name, team_id in ((change.old_name, change.old_id), (change.new_name, change.new_id))
    )
    return one_line(old), one_line(new)
