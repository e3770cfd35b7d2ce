"""Cocoom's simple access: passwords kept as salted scrypt digests (cocoom.md 2.4)."""

from __future__ import annotations

import hashlib
import hmac
import secrets

DEMO_PASSWORD = "cocoom-demo"
"""Everybody's password here, written on the login page; one reason why this host starts on loopback alone."""

COST = {"n": 2**14, "r": 8, "p": 1}


def hash_password(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_digest(password, salt).hex()}"


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one. Takes as long when there is no hash as when there is one."""
    salt, _, digest = (password_hash or hash_password("")).partition("$")
    given = _digest(password, bytes.fromhex(salt))
    return hmac.compare_digest(given, bytes.fromhex(digest)) and password_hash is not None


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, **COST)
