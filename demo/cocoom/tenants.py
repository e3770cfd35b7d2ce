"""Which base a request is for: the subdomain in its Host header, and nothing else (no X-Forwarded-*)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.httpexceptions import HTTPClientError, HTTPNotFound
from pyramid.tweens import EXCVIEW

from cocoom_hooks.payloads import Tenant
from demo.cocoom import payloads, queries


class HTTPMisdirectedRequest(HTTPClientError):  # type: ignore[misc]  # pyramid is untyped
    """The Host header is not below our domain (RFC 9110 15.5.20); Pyramid has no class for it."""

    code = 421
    title = "Misdirected Request"
    explanation = "No base lives at this address."


class NothingHere(HTTPNotFound):  # type: ignore[misc]  # pyramid is untyped
    """A 404 whose text was written for people."""


def includeme(config: Any) -> None:
    """Adds ``request.tenant``, and refuses requests for no base before any route is looked at."""
    config.add_request_method(tenant_of_request, "tenant", reify=True)
    config.add_tween("demo.cocoom.tenants.tenant_tween_factory", under=EXCVIEW)


def tenant_of_request(request: Any) -> Tenant | None:
    """None for a foreign Host header as for a subdomain where no base lives."""
    addresses = request.registry.cocoom_host.addresses
    subdomain = addresses.subdomain(request.host)
    row = queries.base_at(request.dbsession, subdomain) if subdomain else None
    return payloads.tenant_of(row, addresses) if row else None


def tenant_tween_factory(handler: Callable[[Any], Any], registry: Any) -> Callable[[Any], Any]:
    def tenant_tween(request: Any) -> Any:
        if registry.cocoom_host.addresses.subdomain(request.host) is None:
            raise HTTPMisdirectedRequest()
        if request.tenant is None:
            raise NothingHere("No base lives at this address.")
        return handler(request)

    return tenant_tween
