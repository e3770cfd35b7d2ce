"""The id_token: claims by scope, then a signature, honest unless a knob says otherwise (slack.md A5)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from demo.slack.signin.claims import identity_claims
from demo.slack.signin.codes import Grant
from demo.slack.signin.keys import SigningKey, base64url
from demo.slack.signin.knobs import IdTokenKnob, Signing
from demo.slack.slack import Slack
from demo.slack.world.app import App


def issue_id_token(slack: Slack, app: App, grant: Grant, access_token: str) -> str:
    """Signed for this app and person; ``exp = iat + 300``, ``nonce`` empty when none was sent."""
    knob = slack.knobs.take(app.id, app.client_id)
    claims = _claims(slack, app, grant, access_token, knob)
    return _sign(claims, slack.keys.current, app.client_secret, knob)


def _claims(slack: Slack, app: App, grant: Grant, access_token: str, knob: IdTokenKnob) -> dict[str, Any]:
    issued = int(slack.clock.now()) + knob.iat_offset
    claims: dict[str, Any] = {"iss": slack.url, "aud": app.client_id, "nonce": grant.nonce}
    claims |= {"iat": issued, "auth_time": issued, "exp": issued + knob.lifetime}
    claims["at_hash"] = base64url(hashlib.sha256(access_token.encode()).digest()[:16])
    claims |= identity_claims(slack.world, grant.team_id, grant.user_id, grant.scopes)
    claims |= knob.claims
    return {name: value for name, value in claims.items() if name not in knob.drop}


def _sign(claims: dict[str, Any], key: SigningKey, secret: str, knob: IdTokenKnob) -> str:
    algorithm = knob.signing.value.partition(" ")[0]
    header: dict[str, Any] = {"typ": "JWT", "alg": algorithm, "kid": knob.kid or key.kid}
    if knob.kid is None:
        del header["kid"]
    signed = f"{_part(header | knob.header)}.{_part(claims)}"
    signature = _SIGNERS[knob.signing](signed.encode(), key, secret)
    return ".".join([*signed.split("."), base64url(signature)][: knob.segments])


def _part(value: dict[str, Any]) -> str:
    return base64url(json.dumps(value, separators=(",", ":")).encode())


def _rs256(message: bytes, key: SigningKey, secret: str) -> bytes:
    return key.private.sign(message, padding.PKCS1v15(), hashes.SHA256())


def _none(message: bytes, key: SigningKey, secret: str) -> bytes:
    return b""


def _hs256_secret(message: bytes, key: SigningKey, secret: str) -> bytes:
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


def _hs256_public_key(message: bytes, key: SigningKey, secret: str) -> bytes:
    """The classic confusion: our published key taken for a shared secret."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = key.private.public_key().public_bytes(serialization.Encoding.PEM, form)
    return hmac.new(pem, message, hashlib.sha256).digest()


def _es256(message: bytes, key: SigningKey, secret: str) -> bytes:
    r, s = decode_dss_signature(
        ec.generate_private_key(ec.SECP256R1()).sign(message, ec.ECDSA(hashes.SHA256()))
    )
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _foreign_key(message: bytes, key: SigningKey, secret: str) -> bytes:
    foreign = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return foreign.sign(message, padding.PKCS1v15(), hashes.SHA256())


_SIGNERS: dict[Signing, Callable[[bytes, SigningKey, str], bytes]] = {
    Signing.RS256: _rs256,
    Signing.NONE: _none,
    Signing.HS256_SECRET: _hs256_secret,
    Signing.HS256_PUBLIC_KEY: _hs256_public_key,
    Signing.ES256: _es256,
    Signing.FOREIGN_KEY: _foreign_key,
}
