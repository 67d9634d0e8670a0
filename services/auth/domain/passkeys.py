"""Passkeys (WebAuthn): what a browser is asked for, and whether what it answers holds. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from webauthn.helpers import base64url_to_bytes, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

CHALLENGE_LIFE: Final = timedelta(minutes=5)
CHALLENGE_BYTES: Final = 32
MOST_PASSKEYS: Final = 20
_MILLISECONDS: Final = int(CHALLENGE_LIFE.total_seconds() * 1000)
# Always the owner's finger, face or PIN: whoever finds the screen unlocked must not become elevated by a click.
_VERIFIED: Final = UserVerificationRequirement.REQUIRED


class Purpose(StrEnum):
    """What a signature was asked for: one that was given for one thing is of no use for another."""

    REGISTER = "register"
    SECOND_FACTOR = "second-factor"
    ELEVATE = "elevate"
    SIGN_IN = "sign-in"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who Heed is to a browser: the name that passkeys are made for, and the one address they are used from."""

    id: str
    origin: str

    @classmethod
    def at(cls, public_url: str) -> "RelyingParty":
        parts = urlsplit(public_url)
        return cls(parts.hostname or "localhost", f"{parts.scheme}://{parts.netloc}".lower())


@dataclass(frozen=True, slots=True)
class KnownPasskey:
    credential_id: bytes
    transports: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NewPasskey:
    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]


def creation_options(
    party: RelyingParty,
    *,
    challenge: bytes,
    staff_id: UUID,
    email: str,
    display_name: str,
    known: Iterable[KnownPasskey],
) -> dict[str, Any]:
    """As `PublicKeyCredential.parseCreationOptionsFromJSON` takes it."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name="Heed",
        user_id=staff_id.bytes,
        user_name=email,
        user_display_name=display_name,
        challenge=challenge,
        timeout=_MILLISECONDS,
        exclude_credentials=_described(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=_VERIFIED
        ),
    )
    return options_to_json_dict(options)


def request_options(party: RelyingParty, *, challenge: bytes, known: Iterable[KnownPasskey] = ()) -> dict[str, Any]:
    """As `PublicKeyCredential.parseRequestOptionsFromJSON` takes it. Without known ones the browser finds its own."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=_MILLISECONDS,
        allow_credentials=_described(known),
        user_verification=_VERIFIED,
    )
    return options_to_json_dict(options)


def new_passkey(party: RelyingParty, credential: Mapping[str, Any], *, challenge: bytes) -> NewPasskey | None:
    """None when the answer was not made for this challenge, this address and this name, or its owner was not asked."""
    try:
        made = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    said = credential.get("response", {}).get("transports") or ()
    known = {each.value for each in AuthenticatorTransport}
    transports = sorted(known.intersection(str(each) for each in said))
    return NewPasskey(made.credential_id, made.credential_public_key, made.sign_count, transports)


def used_count(
    party: RelyingParty, credential: Mapping[str, Any], *, challenge: bytes, public_key: bytes
) -> int | None:
    """What the key's own counter says now; None when this was not signed by it, for this challenge, from here."""
    try:
        used = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            # Looked at apart, by `has_a_double`: it is the one failure that somebody has to hear of.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return used.new_sign_count


def has_a_double(*, last: int, now: int) -> bool:
    """Whether the counter stands still or goes back. Keys that do not count say 0 for ever."""
    return (last > 0 or now > 0) and now <= last


def credential_id_of(credential: Mapping[str, Any]) -> bytes:
    """Which passkey an answer names; of one that cannot be read, none."""
    return _bytes(credential.get("id"))


def owner_of(credential: Mapping[str, Any]) -> bytes:
    """Whose passkey a browser says that it used, without having been told who signs in."""
    response = credential.get("response")
    return _bytes(response.get("userHandle")) if isinstance(response, Mapping) else b""


def _bytes(text: object) -> bytes:
    try:
        return base64url_to_bytes(text) if isinstance(text, str) else b""
    except ValueError:
        return b""


def _described(known: Iterable[KnownPasskey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=each.credential_id, transports=[AuthenticatorTransport(way) for way in each.transports] or None
        )
        for each in known
    ]
