"""A real OpenID provider on loopback (node's oidc-provider), for tests and for trying sign-in with a provider.

    python -m deploy.native.oidc [NAME …]

starts one with these accounts, prints the setting that a house on this machine needs, and stops it at Ctrl-C. Needs
Node 18 and npm (Debian: `apt-get install npm`). What is downloaded stays in ~/.cache/heed, by its lock file.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from deploy.native.kafka import free_port

SCRIPT: Final = Path(__file__).parent / "oidc_provider"
FILES: Final = ("package.json", "package-lock.json", "provider.js")
TENANT: Final = "7f3c1f6e-90a5-4b57-9c38-0d8e5b6a2f41"
START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 10.0


class CannotStart(Exception):  # noqa: N818 - said to a person
    """The provider did not start; the message says why and what to do."""


class NativeOidc:
    """One provider. After `stop`, `start` brings it back at the same address, with a new key and no sessions.

    `clients`: each one's secret by its id. `accounts`: what the provider says of each, by the name it signs in with.
    """

    def __init__(
        self, *, redirect_uris: Sequence[str], clients: Mapping[str, str], accounts: Mapping[str, Mapping[str, str]]
    ) -> None:
        self._port = free_port()
        self._given = {
            "port": self._port,
            "redirectUris": list(redirect_uris),
            "clients": [{"id": name, "secret": secret} for name, secret in clients.items()],
            "accounts": {name: dict(claims) for name, claims in accounts.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> str:
        """Returns the issuer. Raises CannotStart with a sentence that says what to do."""
        said = asyncio.to_thread(self._launch, await asyncio.to_thread(_installed))
        try:
            ready = await asyncio.wait_for(said, START_SECONDS)
        except TimeoutError:
            ready = False
        if not ready:
            await self.stop()
            raise CannotStart("The OpenID provider ended while starting; it needs Node 18 or newer")
        return self.issuer

    async def stop(self) -> None:
        """By the process that was started; one that will not go is killed."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def _launch(self, folder: Path) -> bool:
        # A session of its own: Ctrl-C is for us, and we stop it ourselves.
        self._process = subprocess.Popen(
            ["node", str(folder / "provider.js")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(self._given).encode())
            self._process.stdin.close()
        return self._process.stdout.readline().startswith(b"ready")


def _installed() -> Path:
    """The folder with the provider and what it is made of, fetched by npm when it is not there yet."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            raise CannotStart(f"the OpenID provider needs {tool} (Debian: apt-get install npm)")
    version = hashlib.sha256(b"".join((SCRIPT / name).read_bytes() for name in FILES)).hexdigest()[:16]
    folder = _cache() / f"oidc-provider-{version}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Made beside its place and moved there when whole, so that a cut-off download is not taken for the provider.
    making = Path(tempfile.mkdtemp(prefix="making-", dir=folder.parent))
    try:
        for name in FILES:
            shutil.copy(SCRIPT / name, making)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=making, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CannotStart(f"the OpenID provider could not be downloaded: {done.stderr.strip()[-300:]}")
        # Another start may have been quicker; what it made is as good.
        with contextlib.suppress(OSError):
            making.rename(folder)
        return folder
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "heed"


async def _serve(names: list[str], public_url: str) -> None:
    accounts = {name: {"oid": f"object-of-{name}", "tid": TENANT} for name in names}
    secret = hashlib.sha256(os.urandom(32)).hexdigest()
    provider = NativeOidc(
        redirect_uris=[f"{public_url.rstrip('/')}/sign-in/return"], clients={"heed": secret}, accounts=accounts
    )
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    issuer = await provider.start()
    setting = {
        "id": "local",
        "label": "the provider on this machine",
        "kind": "microsoft",
        "issuer": issuer,
        "tenant": TENANT,
        "client_id": "heed",
        "client_secret": secret,
    }
    print(f"HEED_OIDC_PROVIDERS='{json.dumps([setting])}'  (Ctrl-C stops it)", flush=True)
    try:
        await stop.wait()
    finally:
        await provider.stop()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.native.oidc", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", default=["okafor", "haddad"], help="accounts it knows")
    parser.add_argument("--public-url", default="http://localhost:8000", help="where Heed is reached")
    given = parser.parse_args()
    try:
        asyncio.run(_serve(given.names, given.public_url))
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
