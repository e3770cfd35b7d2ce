"""A sealed secret opens at its own place and nowhere else (security.md E2, B50)."""

from __future__ import annotations

import base64
import pickle

import pytest
from pydantic import SecretBytes, SecretStr

from cocoom_slack_plugin.connections.vault import SecretKind, Vault, key_id_of
from cocoom_slack_plugin.errors import SecretUnreadable

TOKEN = SecretStr("xoxb-demo-acme")
OLD, NEW = SecretBytes(bytes(range(32))), SecretBytes(bytes(range(1, 33)))
BOT = SecretKind.BOT_TOKEN


@pytest.fixture
def vault() -> Vault:
    return Vault({"old": OLD})


def test_what_was_sealed_opens(vault: Vault) -> None:
    sealed = vault.seal(TOKEN, "t-acme", BOT)
    assert sealed.startswith("v1.old.")
    assert "xoxb" not in sealed
    assert vault.open(sealed, "t-acme", BOT) == TOKEN


def test_the_same_secret_is_never_sealed_the_same_way(vault: Vault) -> None:
    assert len({vault.seal(TOKEN, "t-acme", BOT) for _ in range(100)}) == 100


@pytest.mark.parametrize("kind", SecretKind)
@pytest.mark.parametrize("tenant", ["t-acme", "t-globex", "", "T-ACME", 't-acme", "bot_token'])
def test_it_opens_for_no_other_tenant_and_no_other_kind(vault: Vault, kind: SecretKind, tenant: str) -> None:
    sealed = vault.seal(TOKEN, "t-acme", BOT)
    if (tenant, kind) == ("t-acme", BOT):
        assert vault.open(sealed, tenant, kind) == TOKEN
    else:
        with pytest.raises(SecretUnreadable, match=f"the stored {kind} cannot be read: enter it again"):
            vault.open(sealed, tenant, kind)


def test_places_that_would_be_spelt_alike_are_told_apart(vault: Vault) -> None:
    sealed = vault.seal(TOKEN, 'a", "b', BOT)
    with pytest.raises(SecretUnreadable):
        vault.open(sealed, "a", BOT)


def test_it_does_not_open_under_another_key_id_even_of_the_same_key() -> None:
    both = Vault({"old": OLD, "copy": OLD})
    sealed = both.seal(TOKEN, "t-acme", BOT)
    with pytest.raises(SecretUnreadable, match="cannot be read"):
        both.open(sealed.replace("v1.old.", "v1.copy."), "t-acme", BOT)


def test_a_wrong_key_is_refused(vault: Vault) -> None:
    with pytest.raises(SecretUnreadable, match="cannot be read"):
        Vault({"old": NEW}).open(vault.seal(TOKEN, "t-acme", BOT), "t-acme", BOT)


def test_a_key_that_is_not_in_the_ring_is_named(vault: Vault) -> None:
    with pytest.raises(SecretUnreadable, match="sealed with key 'old', which is not in the ring"):
        Vault({"new": NEW}).open(vault.seal(TOKEN, "t-acme", BOT), "t-acme", BOT)


def test_every_cut_and_every_flipped_bit_is_refused(vault: Vault) -> None:
    prefix, raw = _parts(vault.seal(TOKEN, "t-acme", BOT))
    spoilt = [raw[:length] for length in range(len(raw))]
    spoilt += [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in range(len(raw))]
    spoilt += [raw + b"\0", b""]
    for value in spoilt:
        with pytest.raises(SecretUnreadable):
            vault.open(prefix + base64.urlsafe_b64encode(value).decode(), "t-acme", BOT)


@pytest.mark.parametrize(
    "stored", ["", "v1", "v1.old", "v1.old.", "v1..", "xoxb-demo-acme", "v1.old.é", "v1.old.*"]
)
def test_garbage_is_refused(vault: Vault, stored: str) -> None:
    """There is no fallback to the stored text."""
    with pytest.raises(SecretUnreadable):
        vault.open(stored, "t-acme", BOT)


@pytest.mark.parametrize("version", ["v0", "v2", "", "V1", "v11"])
def test_an_unknown_version_is_refused(vault: Vault, version: str) -> None:
    _, rest = vault.seal(TOKEN, "t-acme", BOT).split(".", 1)
    with pytest.raises(SecretUnreadable):
        vault.open(f"{version}.{rest}", "t-acme", BOT)


def test_after_rotation_the_old_is_read_and_the_new_is_written(vault: Vault) -> None:
    rotated = Vault({"new": NEW, "old": OLD})
    assert rotated.open(vault.seal(TOKEN, "t-acme", BOT), "t-acme", BOT) == TOKEN
    assert rotated.seal(TOKEN, "t-acme", BOT).startswith("v1.new.")


def test_the_ring_is_told_with_the_active_key_first() -> None:
    assert Vault({"new": NEW, "old": OLD}).key_ids == ["new", "old"]


@pytest.mark.parametrize(
    ("sealed", "key_id"),
    [("v1.old.xxxx", "old"), ("v2.k-1.a.b", "k-1"), ("", ""), ("clear", ""), (f"v1.{'k' * 99}.x", "k" * 32)],
    ids=["plain", "another-version", "empty", "no-seal", "long"],
)
def test_the_key_of_a_sealed_value_is_told_without_opening_it(sealed: str, key_id: str) -> None:
    assert key_id_of(sealed) == key_id


def test_no_text_of_it_shows_a_secret(vault: Vault) -> None:
    sealed = vault.seal(TOKEN, "t-acme", BOT)
    opened = vault.open(sealed, "t-acme", BOT)
    for text in (repr(vault), str(vault), repr(opened), str(opened), repr([opened]), f"{opened}"):
        assert "demo-acme" not in text
        assert repr(bytes(range(32)))[2:20] not in text


def test_a_refusal_names_no_stored_text(vault: Vault) -> None:
    with pytest.raises(SecretUnreadable) as caught:
        vault.open("v1.old.aHVzaA", "t-acme", BOT)
    assert "aHVzaA" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_vault_is_not_pickled(vault: Vault) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(vault)


def test_fingerprints_tell_the_same_secret_without_showing_it(vault: Vault) -> None:
    same, other = vault.fingerprint(TOKEN), vault.fingerprint(SecretStr("xoxb-demo-globex"))
    assert same == vault.fingerprint(SecretStr("xoxb-demo-acme")) != other
    assert len(same) == 16
    assert same != Vault({"old": NEW}).fingerprint(TOKEN)


def _parts(sealed: str) -> tuple[str, bytes]:
    prefix, _, encoded = sealed.rpartition(".")
    return f"{prefix}.", base64.urlsafe_b64decode(encoded)
