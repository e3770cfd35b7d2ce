"""``python -m tests.faults.crashing_worker -c host.ini worker``: cocoom-slack that dies where its environment says."""

from __future__ import annotations

from cocoom_slack_plugin.cli import main

from .crash_points import arm_from_environment

if __name__ == "__main__":
    arm_from_environment()
    main()
