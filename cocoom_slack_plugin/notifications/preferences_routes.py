"""The page on which people say what they want to be told by direct message: its route and views."""

from __future__ import annotations

from typing import Any

from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken

from cocoom_slack_plugin.notifications import preferences_views as views
from cocoom_slack_plugin.notifications.admission import NotificationsOn
from cocoom_slack_plugin.notifications.preferences_addresses import PATH, ROUTE


def includeme(config: Any) -> None:
    """Needs pyramid_jinja2, ``registry.cocoom_slack`` and the host's CSRF policy."""
    config.include("cocoom_slack_plugin.pages")
    config.add_route_predicate("cocoom_slack_notifications", NotificationsOn)
    config.add_route(ROUTE, PATH, cocoom_slack_notifications=True)
    show, save, forged = (views.personal(each) for each in (views.show, views.save, views.forged))
    config.add_view(show, route_name=ROUTE, request_method="GET", require_csrf=False)
    config.add_view(save, route_name=ROUTE, request_method="POST", require_csrf=True)
    config.add_view(views.not_allowed, route_name=ROUTE, require_csrf=False)
    for error in (BadCSRFToken, BadCSRFOrigin):
        config.add_exception_view(forged, context=error, route_name=ROUTE)
