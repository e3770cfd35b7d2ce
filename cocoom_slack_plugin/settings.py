"""The operator's settings: one frozen object, read once, strict. docs/settings.md is tested against these fields."""

from __future__ import annotations

import base64
import binascii
import difflib
import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretBytes,
    SecretStr,
    ValidationError,
    model_validator,
)

from cocoom_slack_plugin.errors import ConfigurationError
from cocoom_slack_plugin.switches import Switches

PREFIX = "cocoom_slack."
EXAMPLE_KEY = "ZXhhbXBsZS1rZXktbmV2ZXItdXNlLWluLXByb2QtISE="
"""The key of development.ini and the docs. Refused as soon as Slack is the real one."""

NUMBER_FORMS = {"int_parsing": "a whole number, such as 10", "float_parsing": "a number, such as 2.5"}
TRUE, FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in TRUE + FALSE:
        raise ValueError(f"write one of {', '.join(TRUE + FALSE)}")
    return word in TRUE


def _key_ring(value: object) -> dict[str, SecretBytes]:
    """Lines of ``<id> <key>``, the active key first; keys are 32 bytes in (url-safe) base64."""
    ring: dict[str, SecretBytes] = {}
    for number, line in enumerate(str(value).split("\n"), 1):
        if not line.strip():
            continue
        key_id, _, encoded = line.strip().partition(" ")
        if not (re.fullmatch(r"[a-z0-9-]{1,32}", key_id) and encoded):
            raise ValueError(f"line {number}: a key id is 1 to 32 of a-z, 0-9 and '-', followed by the key")
        if key_id in ring:
            raise ValueError(f"line {number}: this key id is there twice")
        ring[key_id] = SecretBytes(_key(encoded.strip(), number))
    if not ring:
        raise ValueError("name at least one key; `cocoom-slack key` makes one")
    return ring


def _key(encoded: str, number: int) -> bytes:
    # No message repeats the id: written the wrong way round, the id is the secret.
    try:
        key = base64.b64decode(encoded.replace("-", "+").replace("_", "/"), validate=True)
    except (ValueError, binascii.Error):
        raise ValueError(
            f"line {number}: the key is not base64; `cocoom-slack key` makes a good one"
        ) from None
    if len(key) != 32:
        raise ValueError(
            f"line {number}: the key has {len(key)} bytes instead of 32; `cocoom-slack key` makes a good one"
        )
    return key


def _slack_url(value: object) -> str:
    url = str(value).rstrip("/")
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
    if safe and parts.hostname and not (parts.query or parts.path or parts.username):
        return url
    raise ValueError("write https:// and a host name; http is for a stand-in on this machine's loopback only")


def _redis_url(value: object) -> SecretStr:
    url = str(value).strip()
    if urlsplit(url).scheme not in ("redis", "rediss", "unix") or "://" not in url:
        raise ValueError("start with redis://, rediss:// or unix://")
    return SecretStr(url)


def is_loopback(host: str | None) -> bool:
    """Whether this host name can only mean the machine itself."""
    if host == "localhost" or (host or "").endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


class Settings(BaseModel):
    """All settings of the plugin. In the INI file each field's name follows the prefix ``cocoom_slack.``."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    tenants: Annotated[Switches, BeforeValidator(Switches.parse)] = Field(
        default_factory=Switches,
        description="Which tenant may use which function: a line each, `<id or subdomain> login notifications`; "
        "the line `*` stands for all that are not named.",
    )
    encryption_keys: Annotated[dict[str, SecretBytes], BeforeValidator(_key_ring)] = Field(
        description="The key ring for stored secrets: a line each, `<key id> <32 bytes in base64>`. The first is used "
        "for writing, all for reading.",
    )
    redis_url: Annotated[SecretStr, BeforeValidator(_redis_url)] = Field(
        description="Where the doorbell's queue lives, `redis://host:port/db`.",
    )
    queue: str = Field(
        default="cocoom-slack", pattern=r"^[A-Za-z0-9_-]{1,64}$", description="The name of the RQ queue."
    )
    slack_url: Annotated[str, BeforeValidator(_slack_url)] = Field(
        default="https://slack.com",
        description="Where Slack is. Something else than `https://slack.com` is for stand-ins and GovSlack.",
    )
    app_color: str = Field(
        default="#175AE4",
        pattern=r"^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$",
        description="The colour behind the icon of the Slack apps that tenants make, as `#rrggbb`.",
    )
    slack_timeout: float = Field(
        default=10.0, ge=1, le=60, description="Seconds that one call to Slack may take in all."
    )
    sign_in_lifetime: int = Field(
        default=600,
        ge=60,
        le=1800,
        description="Seconds between pressing the button and coming back from Slack.",
    )
    session_max_age: int = Field(
        default=0,
        ge=0,
        le=31_536_000,
        description="Seconds after which somebody who signed in with Slack must do so again; 0 leaves it to the host.",
    )
    leavers_interval: int = Field(
        default=3600,
        ge=60,
        le=604_800,
        description="Seconds between two looks of a worker for people who were deactivated in Slack.",
    )
    audit_days: int = Field(default=400, ge=30, le=3660, description="Days for which audit records are kept.")
    notice_days: int = Field(
        default=30,
        ge=1,
        le=3660,
        description="Days for which finished notices, their events and their messages are kept.",
    )
    post_days: int = Field(
        default=400,
        ge=1,
        le=36_500,
        description="Days for which messages that tell of posts are remembered, so that they can be withdrawn.",
    )
    lookup_again_hours: int = Field(
        default=24,
        ge=1,
        le=720,
        description="Hours after which somebody who was not found in Slack by e-mail is looked for again.",
    )
    lease: float = Field(
        default=10.0,
        ge=2,
        le=300,
        description="Seconds after which another worker takes over a silent one's lanes. A worker that lives keeps "
        "its own.",
    )
    sweep_interval: float = Field(
        default=3.0,
        ge=0.2,
        le=60,
        description="Seconds between two looks of a worker for work nobody rang for.",
    )
    drain_budget: float = Field(
        default=30.0, ge=1, le=120, description="Seconds after which a delivering job ends and rings again."
    )
    lanes_in_flight: int = Field(
        default=64, ge=1, le=1000, description="Messages that one worker may have under way at once."
    )
    tenant_share: int = Field(
        default=16,
        ge=1,
        le=1000,
        description="How many of these may be one tenant's, so that others find room.",
    )
    channel_interval: float = Field(
        default=1.0, ge=0, le=60, description="Seconds between two messages into one conversation (Slack: 1)."
    )
    channel_burst: int = Field(
        default=3, ge=1, le=20, description="Messages that a conversation gets at once after a rest."
    )
    workspace_per_minute: int = Field(
        default=240,
        ge=0,
        le=10_000,
        description="Messages a minute into one workspace (Slack: several hundred); 0 sets no limit.",
    )
    digest_size: int = Field(
        default=20,
        ge=1,
        le=40,
        description="Notices that one message may carry where a conversation is behind its pace; 1 never condenses.",
    )
    gather_seconds: float = Field(
        default=30.0,
        ge=0,
        le=600,
        description="Seconds for which further edits of a post, or parts of an import, are waited for, to be told "
        "together.",
    )
    verify_tables: Annotated[bool, BeforeValidator(_boolean)] = Field(
        default=True,
        description="Whether the host refuses to start while the plugin's tables are missing or old.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        example = base64.b64decode(EXAMPLE_KEY)
        if not self.is_stand_in and any(
            k.get_secret_value() == example for k in self.encryption_keys.values()
        ):
            raise ValueError(
                "encryption_keys holds the example key of the documentation; `cocoom-slack key` makes one"
            )
        return self

    @property
    def is_stand_in(self) -> bool:
        """Whether Slack is a stand-in on this machine."""
        return is_loopback(urlsplit(self.slack_url).hostname)

    @classmethod
    def from_mapping(cls, settings: Mapping[str, Any]) -> Settings:
        """Read the settings of a Pyramid host.

        Raises ConfigurationError that names every problem at once, with the nearest known name for an unknown
        setting, and never a value.
        """
        given = {key.removeprefix(PREFIX): value for key, value in settings.items() if key.startswith(PREFIX)}
        # In an INI file an empty value is how people write "not set".
        given = {key: value for key, value in given.items() if value != ""}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise ConfigurationError([_explain(each) for each in error.errors()]) from None


def _explain(error: Any) -> str:
    field = str(error["loc"][0]) if error["loc"] else ""
    kind = error["type"]
    if kind == "extra_forbidden":
        close = difflib.get_close_matches(field, Settings.model_fields, n=1)
        return f"unknown setting {PREFIX}{field}" + (f"; did you mean {PREFIX}{close[0]}?" if close else "")
    if kind == "missing":
        return f"{PREFIX}{field} is missing: {Settings.model_fields[field].description}"
    if kind in NUMBER_FORMS:
        return f"{PREFIX}{field}: write {NUMBER_FORMS[kind]}"
    problem = error["msg"].removeprefix("Value error, ")
    return f"{PREFIX}{field}: {problem}" if field else problem
