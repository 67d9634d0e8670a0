"""Passkeys. What goes to and comes from a browser is what its `PublicKeyCredential` writes and reads in JSON."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.gateway.schemas import LOGGED, READ, SESSION, Answer, example
from shared.schemas import Body, Text

if TYPE_CHECKING:
    PasskeyName = str
    Encoded = str
else:
    PasskeyName = Text(60)
    Encoded = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+={0,2}$", max_length=20_000)]

ENCODED = "Zm9yIGV4YW1wbGU"
_READ_BY_BROWSERS: dict[str, Any] = {"challenge": ENCODED, "timeout": 300000}
_MADE: dict[str, Any] = {
    "id": ENCODED,
    "rawId": ENCODED,
    "type": "public-key",
    "response": {"clientDataJSON": ENCODED, "attestationObject": ENCODED, "transports": ["internal"]},
}
_USED: dict[str, Any] = {
    "id": ENCODED,
    "rawId": ENCODED,
    "type": "public-key",
    "response": {"clientDataJSON": ENCODED, "authenticatorData": ENCODED, "signature": ENCODED},
}


class Said(BaseModel):
    """A part of what a browser says. It says more from year to year, and what we do not read is let go."""

    model_config = ConfigDict(extra="ignore")


class MadeResponse(Said):
    clientDataJSON: Encoded  # noqa: N815 - the standard's names
    attestationObject: Encoded  # noqa: N815
    transports: list[Literal["usb", "nfc", "ble", "smart-card", "internal", "cable", "hybrid"] | Encoded] = Field(
        [], max_length=10
    )


class MadeCredential(Said):
    id: Encoded
    rawId: Encoded  # noqa: N815
    type: Literal["public-key"]
    response: MadeResponse


class UsedResponse(Said):
    clientDataJSON: Encoded  # noqa: N815
    authenticatorData: Encoded  # noqa: N815
    signature: Encoded
    userHandle: Encoded | None = None  # noqa: N815


class UsedCredential(Said):
    id: Encoded
    rawId: Encoded  # noqa: N815
    type: Literal["public-key"]
    response: UsedResponse


class NewPasskey(Body):
    model_config = example(name="My phone", credential=_MADE)

    name: PasskeyName = Field(description="by which you will know it in the list")
    credential: MadeCredential = Field(description="`(await navigator.credentials.create(…)).toJSON()`")


class PasskeyGiven(Body):
    model_config = example(credential=_USED)

    credential: UsedCredential = Field(description="`(await navigator.credentials.get(…)).toJSON()`")


class PasskeyForSignIn(PasskeyGiven):
    model_config = example(credential=_USED, remember=True)

    remember: bool = Field(False, description="spare this browser the second factor for 30 days; not elevated access")


class CreationOptions(Answer):
    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    **_READ_BY_BROWSERS,
                    "rp": {"id": "heed.school.example", "name": "Heed"},
                    "user": {"id": ENCODED, "name": "a.okafor@rowan-lane.example", "displayName": "Ms Okafor"},
                    "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
                    "excludeCredentials": [],
                    "authenticatorSelection": {"residentKey": "preferred", "userVerification": "required"},
                    "attestation": "none",
                }
            ]
        },
    )

    challenge: str = Field(description="good once, for five minutes")


class RequestOptions(Answer):
    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    **_READ_BY_BROWSERS,
                    "rpId": "heed.school.example",
                    "allowCredentials": [{"type": "public-key", "id": ENCODED, "transports": ["internal"]}],
                    "userVerification": "required",
                }
            ]
        },
    )

    challenge: str = Field(description="good once, for five minutes")


class Passkey(Answer):
    model_config = example(id=SESSION, name="My phone", made_at=LOGGED, last_used_at=READ)

    id: UUID
    name: str
    made_at: datetime
    last_used_at: datetime | None


class Passkeys(Answer):
    model_config = example(passkeys=[{"id": SESSION, "name": "My phone", "made_at": LOGGED, "last_used_at": READ}])

    passkeys: list[Passkey]


class SecondFactors(Answer):
    model_config = example(code=True, passkeys=1, recovery_codes_left=9)

    code: bool = Field(description="whether an authenticator app is set up")
    passkeys: int = Field(description="how many")
    recovery_codes_left: int
