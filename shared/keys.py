"""Ed25519 signing keys, made here, kept in the service's own database under a secret that no backup holds."""

import json
from datetime import UTC, datetime
from os import urandom
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import OKPKey
from pydantic import SecretStr
from sqlalchemy import text

from shared.db import Database, Scope
from shared.ids import new_id
from shared.settings import UnsafeStart

NONCE_BYTES: Final = 12


class WrongSecret(UnsafeStart):
    """HEED_KEY_SECRET is not the one under which the keys were sealed."""

    def __init__(self) -> None:
        super().__init__("HEED_KEY_SECRET is not the one with which this database was set up. Put the old one back.")


class Seal:
    """AES-256-GCM under a secret from the environment; `purpose` keeps one use from being taken for another."""

    def __init__(self, secret: SecretStr, *, purpose: str) -> None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"heed {purpose}".encode())
        self._cipher = AESGCM(derive.derive(secret.get_secret_value().encode()))
        self._purpose = purpose.encode()

    def close(self, plain: bytes) -> bytes:
        nonce = urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, self._purpose)

    def open(self, sealed: bytes) -> bytes:
        """Raises WrongSecret when it was sealed under another secret or for another purpose."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._purpose)
        except InvalidTag:
            raise WrongSecret from None


class KeyRing:
    """The keys of one purpose: the newest signs, all that are not retired verify."""

    def __init__(self, db: Database, *, purpose: str, wrap_secret: SecretStr) -> None:
        self._db = db
        self._purpose = purpose
        self._seal = Seal(wrap_secret, purpose=f"signing key {purpose}")
        self._keys: list[OKPKey] = []

    @property
    def active(self) -> OKPKey:
        return self._keys[0]

    def public_jwks(self) -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in self._keys]}

    async def load_or_create(self) -> None:
        """Raises WrongSecret when the keys there are cannot be opened."""
        await self._load()
        if not self._keys:
            await self._create(first=True)
            await self._load()

    async def rotate(self, *, keep: int = 2) -> None:
        """A new key signs from now on; the last `keep` go on verifying, so that no token in flight is refused."""
        await self._create(first=False)
        await self._load()
        retired = [key.kid for key in self._keys[keep:]]
        async with self._db.begin(Scope()) as session:
            await session.execute(
                text("UPDATE signing_key SET retired_at = :now WHERE kid = ANY(:kids)"),
                {"now": datetime.now(UTC), "kids": retired},
            )
        await self._load()

    async def _load(self) -> None:
        query = text(
            "SELECT sealed FROM signing_key WHERE purpose = :purpose AND retired_at IS NULL ORDER BY created_at DESC"
        )
        async with self._db.begin(Scope()) as session:
            rows = (await session.execute(query, {"purpose": self._purpose})).all()
        self._keys = [OKPKey.import_key(json.loads(self._seal.open(row.sealed))) for row in rows]

    async def _create(self, *, first: bool) -> None:
        kid = str(new_id())
        key = OKPKey.generate_key("Ed25519", parameters={"kid": kid, "use": "sig", "alg": "Ed25519"})
        async with self._db.begin(Scope()) as session:
            # Two processes that start at once must not each make a first key.
            await session.execute(
                text("SELECT pg_advisory_xact_lock(hashtext('heed signing key ' || :purpose))"),
                {"purpose": self._purpose},
            )
            known = await session.scalar(
                text("SELECT count(*) FROM signing_key WHERE purpose = :purpose"), {"purpose": self._purpose}
            )
            if first and known:
                return
            await session.execute(
                text(
                    "INSERT INTO signing_key (kid, purpose, sealed, public, created_at) "
                    "VALUES (:kid, :purpose, :sealed, :public, :now)"
                ),
                {
                    "kid": kid,
                    "purpose": self._purpose,
                    "sealed": self._seal.close(json.dumps(key.as_dict(private=True)).encode()),
                    "public": json.dumps(key.as_dict(private=False)),
                    "now": datetime.now(UTC),
                },
            )
