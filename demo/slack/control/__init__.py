"""Steering the stand-in from outside: JSON over HTTP under ``/_control/``, and a client for it."""

from demo.slack.control.client import Control

__all__ = ["Control"]
