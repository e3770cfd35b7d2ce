"""The room's own pages."""

from __future__ import annotations

from typing import Any

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin import pages


def page(request: Any, tenant: Tenant, template: str, status: int = 200, **values: Any) -> Any:
    """A page in the tenant's language, without forms. Translated texts come in as message ids."""
    return pages.page(request, tenant, f"login/{template}", status, **values)


def allow_form(response: Any, slack_url: str) -> Any:
    """Let the page's form reach us, and the browser follow our redirect to Slack.

    Browsers apply ``form-action`` to redirects after a form as well, and Slack sends people on to their company's own
    sign-in server, whose address we cannot know; hence all of https.
    """
    return pages.allow_form(response, "https:", slack_url)
