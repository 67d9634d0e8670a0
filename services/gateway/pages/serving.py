"""What the pages are made with: styles, scripts, the typeface. Served from memory, under a name that changes."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Depends, Request, Response

from shared.errors import NotFound
from shared.identity import public

FOLDER = Path(__file__).parent / "assets"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
PACKED = frozenset({".css", ".js", ".svg"})
FOR_EVER = "public, max-age=31536000, immutable"

router = APIRouter(include_in_schema=False, dependencies=[Depends(public())])


@dataclass(frozen=True, slots=True)
class Asset:
    content: bytes
    packed: bytes | None
    kind: str


@cache
def assets() -> dict[str, Asset]:
    """Every file by its path below the folder. Nothing is looked up on the disk for a request."""
    found = {}
    for file in sorted(FOLDER.rglob("*")):
        if file.suffix in KINDS:
            content = file.read_bytes()
            # Packed once: these hold no secret, so that their length tells nothing.
            packed = gzip.compress(content, 9, mtime=0) if file.suffix in PACKED else None
            found[file.relative_to(FOLDER).as_posix()] = Asset(content, packed, KINDS[file.suffix])
    return found


@cache
def version() -> str:
    digest = hashlib.sha256()
    for name, asset in assets().items():
        digest.update(name.encode() + asset.content)
    return digest.hexdigest()[:12]


def address(name: str) -> str:
    """Where a file is served; fails for one that is not there, so that a page cannot name it."""
    assert name in assets(), name
    return f"/assets/{version()}/{name}"


@router.get("/assets/{version}/{name:path}")
async def asset(request: Request, version: str, name: str) -> Response:
    """Whatever version is asked for: a page from before an update gets what is there now."""
    found = assets().get(name)
    if found is None:
        raise NotFound()
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, media_type=found.kind, headers={**headers, "Content-Encoding": "gzip"})
    return Response(found.content, media_type=found.kind, headers=headers)
