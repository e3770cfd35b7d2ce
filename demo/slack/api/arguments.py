"""Arguments out of a request: query, form, JSON, or nothing (slack.md section 0 and G)."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any
from urllib.parse import parse_qsl, unquote

from aiohttp import web

from demo.slack.api.error import SlackError


async def read_arguments(request: web.BaseRequest, *, takes_json: bool) -> dict[str, Any]:
    """Raises SlackError of class 6 (slack.md D4) for a malformed request."""
    if request.content_type == "multipart/form-data":
        return await _from_multipart(request)
    body = await request.read() if request.body_exists else b""
    if not body:
        return _from_query(request)
    if "Content-Type" not in request.headers:
        raise SlackError("missing_post_type")
    if request.content_type == "application/json":
        return _from_json(body, request) if takes_json else _from_query(request)
    if request.content_type == "application/x-www-form-urlencoded":
        return _from_query(request) | dict(parse_qsl(_decoded(body, request), keep_blank_values=True))
    raise SlackError("invalid_post_type")


def bearer(request: web.BaseRequest, arguments: dict[str, Any]) -> str:
    """The token: header first, then the form field; never from a query string or JSON (slack.md 0)."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    in_form = request.method == "POST" and request.content_type != "application/json"
    field = arguments.pop("token", "")
    return str(field) if in_form and "token" not in request.query else ""


def client_credentials(request: web.BaseRequest, arguments: dict[str, Any]) -> tuple[str, str]:
    """Client id and secret by HTTP Basic, else from the form (slack.md A4)."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return unquote(client_id), unquote(secret)
    return str(arguments.get("client_id") or ""), str(arguments.get("client_secret") or "")


def _from_query(request: web.BaseRequest) -> dict[str, Any]:
    return dict(request.query) if request.query_string else {}


async def _from_multipart(request: web.BaseRequest) -> dict[str, Any]:
    """Its text fields; uploaded files are none of the methods' business here."""
    try:
        form = await request.post()
    except ValueError:
        raise SlackError("invalid_form_data") from None
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _from_json(body: bytes, request: web.BaseRequest) -> dict[str, Any]:
    """``null`` means "default"; a token in here is no token."""
    try:
        value = json.loads(_decoded(body, request))
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return {name: item for name, item in value.items() if item is not None and name != "token"}


def _decoded(body: bytes, request: web.BaseRequest) -> str:
    try:
        return body.decode(request.charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        raise SlackError("invalid_charset") from None
