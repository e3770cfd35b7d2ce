"""Encryption of stored secrets: AES-256-GCM, bound to the tenant and the kind of secret.

A sealed value reads ``v1.<key id>.<base64url(nonce, ciphertext, tag)>``. The associated data is a JSON list of product,
version, key id, tenant and kind, so that a value copied into another row, column or key's name does not open
(reference: security.md E2).
"""

from __future__ import annotations

import base64
import binascii
import enum
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretBytes, SecretStr

from cocoom_slack_plugin.errors import SecretUnreadable

NONCE_BYTES = 12
VERSION = "v1"


class SecretKind(enum.StrEnum):
    """The secrets of a connection."""

    CLIENT_SECRET = "client_secret"
    BOT_TOKEN = "bot_token"
    SIGNING_SECRET = "signing_secret"


class Vault:
    """Seals and opens secrets with a key ring whose first key is the active one."""

    def __init__(self, ring: Mapping[str, SecretBytes]) -> None:
        self._ciphers = {key_id: AESGCM(key.get_secret_value()) for key_id, key in ring.items()}
        self.active_key_id = next(iter(ring))
        active = ring[self.active_key_id].get_secret_value()
        self._fingerprint_key = hashlib.sha256(b"cocoom-slack fingerprint" + active).digest()

    @property
    def key_ids(self) -> list[str]:
        """Of the whole ring, the active one first."""
        return list(self._ciphers)

    def seal(self, secret: SecretStr, tenant_id: str, kind: SecretKind) -> str:
        """Encrypt a secret for this place."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        bound = _associated_data(self.active_key_id, tenant_id, kind)
        sealed = self._ciphers[self.active_key_id].encrypt(nonce, secret.get_secret_value().encode(), bound)
        return f"{VERSION}.{self.active_key_id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, tenant_id: str, kind: SecretKind) -> SecretStr:
        """Decrypt what was sealed for this place. Raises SecretUnreadable, naming the key id and nothing else."""
        version, _, rest = sealed.partition(".")
        key_id, _, encoded = rest.partition(".")
        if version != VERSION or key_id not in self._ciphers:
            raise SecretUnreadable(
                f"the stored {kind} was sealed with key {key_id_of(sealed)!r}, which is not in the ring"
            )
        try:
            raw = base64.b64decode(encoded, altchars=b"-_", validate=True)
            bound = _associated_data(key_id, tenant_id, kind)
            opened = self._ciphers[key_id].decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound)
        except (InvalidTag, ValueError, binascii.Error):
            raise SecretUnreadable(f"the stored {kind} cannot be read: enter it again") from None
        return SecretStr(opened.decode())

    def fingerprint(self, secret: SecretStr) -> str:
        """A short name for a secret by which "the same as before" can be told without opening anything."""
        return hmac.new(self._fingerprint_key, secret.get_secret_value().encode(), "sha256").hexdigest()[:16]


def key_id_of(sealed: str) -> str:
    """The name of the key that sealed this, cut to a sane length; it may not be in any ring."""
    return sealed.partition(".")[2].partition(".")[0][:32]


def _associated_data(key_id: str, tenant_id: str, kind: SecretKind) -> bytes:
    # A JSON list, because plain concatenation lets two different places spell the same bytes.
    return json.dumps(["cocoom-slack", VERSION, key_id, tenant_id, kind.value]).encode()
