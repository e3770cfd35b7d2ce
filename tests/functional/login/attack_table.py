"""The ids of security.md A3 and the modules of A2, so that a missing test is noticed (test_attack_table.py)."""

from __future__ import annotations

OF_THE_START = "S01 S02 S03 S04 S05 S07 S08 S09 S10 S11 S12"
OF_THE_CALLBACK = (
    "S20 S21 S22 S23 S24 S25 S26 S27 S28 S29 S30 S31 S32 S33 S34 S35 S36 S37 S38 S39 S40 "
    "S46 S47 S48 S49 S50 S51 S53 S54"
)
OF_THE_TOKEN = "S60 S61 S62 S64 S65 S66 S67 S68 S69 S71 S72 S74 S75 S76 S85 S86 S87 S89"
OF_PEOPLE = (
    "S100 S102 S103 S104 S105 S107 S108 S109 S110 S111 S112 S113 S114 S115 S116 S118 S119 S121 S123 S125 "
    "S132 S133 S134 S135"
)
OF_SESSIONS = "S140 S141 S142 S143 S145 S146 S80 S81 S82 S84 S90 S91 S92"
OF_OUTAGES = "S150 S151 S153 S154 S156 S157"
ATTACKS = tuple(
    " ".join((OF_THE_START, OF_THE_CALLBACK, OF_THE_TOKEN, OF_PEOPLE, OF_SESSIONS, OF_OUTAGES)).split()
)

OF_LATER_FEATURES = {
    "S110": "ending the sessions of somebody deactivated in Slack comes with the leavers' check",
    "S134": "connecting is the command line's; an installation through a browser comes with the set-up pages",
    "S135": "pasted credentials are proved by connections/connect.py, whose tests are not this room's",
}
"""Ids without a test in this room, and why. Take the line away with the feature's first test."""

MODULES = {
    "oidcc-client-test": "accept",
    "oidcc-client-test-invalid-iss": "token_invalid",
    "oidcc-client-test-missing-sub": "token_invalid",
    "oidcc-client-test-invalid-aud": "token_invalid",
    "oidcc-client-test-missing-iat": "token_invalid",
    "oidcc-client-test-kid-absent-single-jwks": "accept",
    "oidcc-client-test-kid-absent-multiple-jwks": "accept",
    "oidcc-client-test-idtoken-sig-rs256": "accept",
    "oidcc-client-test-idtoken-sig-none": "token_invalid",
    "oidcc-client-test-invalid-sig-rs256": "token_invalid",
    "oidcc-client-test-userinfo-invalid-sub": "accept",
    "oidcc-client-test-nonce-invalid": "nonce_mismatch",
    "oidcc-client-test-scope-userinfo-claims": "accept",
    "oidcc-client-test-client-secret-basic": "accept",
    "oidcc-client-test-missing-aud": "token_invalid",
    "oidcc-client-test-invalid-sig-es256": "token_invalid",
    "oidcc-client-test-invalid-sig-hs256": "token_invalid",
    "oidcc-client-test-discovery-openid-config": "accept",
    "oidcc-client-test-discovery-jwks-uri-keys": "accept",
    "oidcc-client-test-discovery-issuer-mismatch": "accept",
    "oidcc-client-test-signing-key-rotation": "accept",
    "oidcc-client-test-signing-key-rotation-just-before-signing": "accept",
    "oidcc-client-test-invalid-athash": "token_invalid",
    "oidcc-client-test-missing-athash": "accept",
}
"""The modules that mean something for us, with what we do; test_conformance.py says how each is imitated."""

MODULES_THAT_DO_NOT_APPLY = {
    "oidcc-client-test-userinfo-bearer-header": "userInfo is not called",
    "oidcc-client-test-userinfo-bearer-body": "userInfo is not called",
    "oidcc-client-test-userinfo-signed": "userInfo is not called",
    "oidcc-client-test-form-post-error": "Slack answers by GET; POST is refused with 405 (S38)",
    "oidcc-client-test-refresh-token": "no token is kept, so none is refreshed",
    "oidcc-client-test-refresh-token-invalid-issuer": "as refresh-token",
    "oidcc-client-test-refresh-token-invalid-sub": "as refresh-token",
    "oidcc-client-test-3rd-party-init-login": "a sign-in starts with the button alone (S02)",
    "oidcc-client-test-invalid-chash": "not of the code flow",
    "oidcc-client-test-missing-chash": "not of the code flow",
    "oidcc-client-test-nonce-unless-code-flow": "not of the code flow; our nonce is always required",
}
