"""docs/openapi/, generated from the services by `python -m deploy.openapi`; a test finds drift. It needs no server."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from deploy.building import SERVICES
from shared.peers import Peers

FOLDER: Final = Path(__file__).parents[1] / "docs" / "openapi"
NOWHERE: Final = SecretStr("postgresql://nobody@localhost/nothing")
PROBLEM: Final = {
    "description": "A problem (RFC 9457) that names each field.",
    "content": {"application/problem+json": {}},
}


def document(service: str) -> dict[str, Any]:
    """The API of one service (OpenAPI 3.1): the gateway's is for everybody, the others' are for the house itself."""
    kind = getattr(import_module(f"services.{service}.settings"), f"{service.capitalize()}Settings")
    settings = kind().model_copy(update={"database_url": NOWHERE, "worker_database_url": NOWHERE})
    found: dict[str, Any] = (
        import_module(f"services.{service}.app").create_service(settings, peers=Peers()).api.openapi()
    )
    for item in found["paths"].values():
        for operation in item.values():
            # FastAPI's own shape of a refusal never leaves a service.
            if "HTTPValidationError" in json.dumps(operation["responses"].get("422", {})):
                operation["responses"]["422"] = PROBLEM
    for name in ("HTTPValidationError", "ValidationError"):
        found.get("components", {}).get("schemas", {}).pop(name, None)
    return found


def text(service: str) -> str:
    return json.dumps(document(service), indent=1, ensure_ascii=False) + "\n"


def place(service: str) -> Path:
    return FOLDER / f"{service}.json"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SERVICES:
        place(name).write_text(text(name))
