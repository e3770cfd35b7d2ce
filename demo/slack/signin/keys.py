"""The keys that sign id_tokens: two are published, and they can be rotated (slack.md A1)."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric import rsa


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: int) -> str:
    return base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@dataclass
class SigningKey:
    """An RSA key and its name."""

    kid: str = field(default_factory=lambda: secrets.token_hex(10))

    @cached_property
    def private(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwk(self) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        key = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.kid}
        return key | {"n": _number(numbers.n), "e": _number(numbers.e)}


@dataclass
class SigningKeys:
    """The first key signs. Keys are made when first needed: a server that only posts never pays for them."""

    keys: list[SigningKey] = field(default_factory=lambda: [SigningKey(), SigningKey()])

    @property
    def current(self) -> SigningKey:
        return self.keys[0]

    def rotate(self, *, keep_old: bool = True) -> str:
        """Sign with a fresh key; its name. Without ``keep_old`` no earlier token can be verified any more."""
        fresh = SigningKey()
        self.keys = [fresh, self.keys[0] if keep_old else SigningKey()]
        return fresh.kid

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        return {"keys": [key.jwk() for key in self.keys]}
