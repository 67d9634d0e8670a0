"""Argon2id in a bounded pool of threads: hashing neither stops the event loop nor takes every processor."""

import asyncio
import ctypes
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import distribution
from runpy import run_path
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.auth.domain import same_password
from shared.errors import TooMany

T = TypeVar("T")

THREADS: Final = 2
MOST_WAITING: Final = 100
M_MMAP_THRESHOLD: Final = -3


def _freed_memory_goes_back() -> None:
    """Once it has seen a large block freed, glibc keeps such blocks: 19 MiB for each thread that ever hashed."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, 1024 * 1024)


_freed_memory_goes_back()
# OWASP's choice: 19 MiB, two passes, one lane; 18 ms on the machine it was measured on.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_POOL: Final = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="heed-argon2")
# Of a password nobody has: whoever is unknown, or has no password yet, is compared with this and waits as long.
_NOBODYS: Final = _HASHER.hash("no account has this password 9f3c")


class _Queue:
    waiting = 0


async def hashed(password: str) -> str:
    return await _in_pool(lambda: _HASHER.hash(same_password(password)))


async def fits(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one; as slow without a hash as with one."""
    return await _in_pool(lambda: _verify(password_hash or _NOBODYS, password)) and password_hash is not None


async def common_ones() -> frozenset[str]:
    """The passwords that are tried first everywhere, 30,000 of them; read from disk when they are first asked for."""
    return await _in_pool(_common_ones)


@cache
def _common_ones() -> frozenset[str]:
    # The file of its lists alone, past the package, whose own import would build all it never needs here.
    file = distribution("zxcvbn").locate_file("zxcvbn/frequency_lists.py")
    return frozenset(run_path(str(file))["FREQUENCY_LISTS"]["passwords"])


def outdated(password_hash: str) -> bool:
    return _HASHER.check_needs_rehash(password_hash)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, same_password(password))
    except (VerificationError, InvalidHashError):
        return False


async def _in_pool(work: Callable[[], T]) -> T:
    if _Queue.waiting >= MOST_WAITING:
        raise TooMany(2)
    _Queue.waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_POOL, work)
    finally:
        _Queue.waiting -= 1
