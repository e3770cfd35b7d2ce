"""Where commands take secrets from: a prompt, standard input or the environment, never an argument."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import click

ENVIRONMENT = "COCOOM_SLACK_"
stdin_option = click.option(
    "--stdin", is_flag=True, help="Read lines such as bot_token=... from standard input."
)


def secret_source(stdin: bool) -> Callable[[str], str]:
    """A function that gets the secret with this name, such as ``bot_token``."""
    lines = dict(line.strip().split("=", 1) for line in sys.stdin if "=" in line) if stdin else {}

    def secret(name: str) -> str:
        found = lines.get(name) or os.environ.get(ENVIRONMENT + name.upper())
        if found is None and stdin:
            raise click.ClickException(f"standard input has no line {name}=...")
        return found or str(click.prompt(name.replace("_", " ").capitalize(), hide_input=True))

    return secret
