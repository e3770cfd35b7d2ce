"""Masking secrets in log records. It errs on masking too much (security.md E3)."""

from __future__ import annotations

import logging
import re

_SECRETS = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+"
    r"|xapp-[\w-]+"
    r"|eyJ[\w-]+\.[\w-]+\.?[\w-]*"
    r"|https://hooks\.slack\.com/[\w/-]+"
    r"|(?i:bearer)\s+[\w.~+/=-]+"
    r"|(?i:\b(?:client_secret|signing_secret|id_token|access_token|refresh_token|code|state|password|token)"
    r"[\"']?\s*[=:]\s*[\"']?)[^\s&\"',;)}]+"
)
LOGGERS = ("cocoom_slack_plugin", "cocoom_hooks", "slack_sdk", "rq", "social", "urllib3", "aiohttp")
MADE_LATER = ("slack_sdk.web.async_base_client", "slack_sdk.web.async_slack_response")
"""Loggers that slack_sdk makes only when it is used; a filter does not reach the children of its logger."""
MASK = "[masked]"


def masked(text: str) -> str:
    """The text with everything that looks like a secret replaced."""
    return _SECRETS.sub(MASK, text)


class Redaction(logging.Filter):
    """Masks the finished message and the traceback of every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = masked(_message(record)), None
        if record.exc_info and not record.exc_text:
            record.exc_text = masked(logging.Formatter().formatException(record.exc_info))
        if record.stack_info:
            record.stack_info = masked(record.stack_info)
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        # Arguments that do not fit the message. What a filter raises would reach whoever logs.
        return f"{record.msg} {record.args}"


def redact_logs() -> None:
    """Put the filter on our own loggers and on those of the libraries that handle secrets for us. Idempotent."""
    known = [
        name for name in logging.root.manager.loggerDict if name.startswith(tuple(f"{n}." for n in LOGGERS))
    ]
    for name in (*LOGGERS, *MADE_LATER, *known):
        logger = logging.getLogger(name)
        if not any(isinstance(each, Redaction) for each in logger.filters):
            logger.addFilter(Redaction())
