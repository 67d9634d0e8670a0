"""Signing in with an account of a provider; the accounts somebody has linked."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import LOGGED, READ, SESSION, Answer, Line, example
from shared.schemas import Body


class ProviderShown(Answer):
    id: str
    label: str = Field(description="for the button: Sign in with …")


class Providers(Answer):
    model_config = example(providers=[{"id": "microsoft", "label": "Microsoft 365"}])

    providers: list[ProviderShown]


class ProviderChosen(Body):
    model_config = example(provider="microsoft")

    provider: Line = Field(description="its id")


class WayThere(Answer):
    model_config = example(address="https://login.microsoftonline.com/…/oauth2/v2.0/authorize?client_id=…&state=…")

    address: str = Field(description="send the browser there; it comes back to /sign-in/return")


class LinkedAccount(Answer):
    id: UUID
    provider: str
    label: str
    linked_at: datetime
    last_used_at: datetime | None


class LinkedAccounts(Answer):
    model_config = example(
        accounts=[
            {
                "id": SESSION,
                "provider": "microsoft",
                "label": "Microsoft 365",
                "linked_at": LOGGED,
                "last_used_at": READ,
            }
        ]
    )

    accounts: list[LinkedAccount]
