"""A security key in software (WebAuthn, ES256): what a browser and a key make of options, and what a cheat would."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

USER_PRESENT: Final = 0x01
USER_VERIFIED: Final = 0x04
HAS_CREDENTIAL: Final = 0x40


@dataclass
class SecurityKey:
    """One credential. `counts`: how far its counter goes at each use; keys that are synced between devices say 0."""

    origin: str
    rp_id: str
    counts: int = 1
    verifies: bool = True
    counter: int = 0
    user_handle: bytes = b""
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(
        self, options: Mapping[str, Any], *, origin: str | None = None, rp_id: str | None = None
    ) -> dict[str, Any]:
        """What `(await navigator.credentials.create(…)).toJSON()` says."""
        self.user_handle = decoded(options["user"]["id"])
        public = self.private.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        credential = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        data = self._authenticator_data(rp_id, extra=HAS_CREDENTIAL) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._said(
            {
                "clientDataJSON": encoded(self._client_data("webauthn.create", options, origin)),
                "attestationObject": encoded(attestation),
                "transports": ["internal", "hybrid"],
                "publicKeyAlgorithm": -7,
            }
        )

    def use(self, options: Mapping[str, Any], *, origin: str | None = None, rp_id: str | None = None) -> dict[str, Any]:
        """What `(await navigator.credentials.get(…)).toJSON()` says."""
        self.counter += self.counts
        client_data = self._client_data("webauthn.get", options, origin)
        data = self._authenticator_data(rp_id)
        signature = self.private.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return self._said(
            {
                "clientDataJSON": encoded(client_data),
                "authenticatorData": encoded(data),
                "signature": encoded(signature),
                "userHandle": encoded(self.user_handle),
            }
        )

    def _said(self, response: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": encoded(self.id),
            "rawId": encoded(self.id),
            "type": "public-key",
            "response": response,
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
        }

    def _client_data(self, kind: str, options: Mapping[str, Any], origin: str | None) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": origin or self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _authenticator_data(self, rp_id: str | None, *, extra: int = 0) -> bytes:
        flags = USER_PRESENT | (USER_VERIFIED if self.verifies else 0) | extra
        party = hashlib.sha256((rp_id or self.rp_id).encode()).digest()
        return party + bytes([flags]) + self.counter.to_bytes(4, "big")


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "===")
