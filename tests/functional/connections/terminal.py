"""A command at a real terminal, with somebody who answers its questions."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Sequence

from .conftest import ROOT, Deployment

PATIENCE = 60


def at_a_terminal(
    deployment: Deployment,
    arguments: Sequence[str],
    *answers: tuple[str, str],
    env: dict[str, str] | None = None,
    status: int = 0,
) -> str:
    """Run it, give each answer when its question shows, in this order, and return everything that was shown."""
    ours, theirs = pty.openpty()
    path = os.pathsep.join([str(ROOT), str(ROOT / "hooks")])
    command = [sys.executable, "-m", "cocoom_slack_plugin.cli", "-c", str(deployment.ini), *arguments]
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **(env or {}), "PYTHONPATH": path},
    )
    os.close(theirs)
    shown, waiting, deadline = "", list(answers), time.monotonic() + PATIENCE
    try:
        while time.monotonic() < deadline:
            if not select.select([ours], [], [], 1)[0]:
                continue
            try:
                shown += os.read(ours, 4096).decode()
            except OSError:  # how Linux says that the other side has gone
                break
            if waiting and waiting[0][0] in shown:
                os.write(ours, f"{waiting.pop(0)[1]}\n".encode())
        assert process.wait(PATIENCE) == status, shown
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert not waiting, shown
    return shown
