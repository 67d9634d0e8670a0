"""Figures, and how they are shown."""

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.load import percentile


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds."""

    p50: float
    p99: float
    count: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Latency":
        return cls(percentile(seconds, 0.5) * 1000, percentile(seconds, 0.99) * 1000, len(seconds))

    def __str__(self) -> str:
        return f"p50 {self.p50:.1f} ms, p99 {self.p99:.1f} ms ({self.count})"


@dataclass(frozen=True, slots=True)
class Throughput:
    accepted: float
    """Concerns a second that were answered 201."""
    alerted: float
    """Concerns a second until the last of them was alerted."""
    answer: Latency
    refused: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found on one bus."""

    pairs: Sequence[tuple[Throughput, Throughput]]
    """(skeleton, house), one after the other, several times."""
    mails: Latency
    answers: Latency
    refused: int
    through_gateway: Throughput
    cost: Mapping[str, float]
    """Milliseconds of processor time for each concern, by process."""

    @property
    def ratio(self) -> float:
        return statistics.median(ours.alerted / bare.alerted for bare, ours in self.pairs)


def machine() -> str:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    python = platform.python_version()
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {python}, load {load}"


def show(bus: str, found: Measured, *, per_second: int) -> None:
    print(f"\n{bus}: accepted and alerted, concerns a second (accepted alone)")
    for bare, ours in found.pairs:
        print(
            f"  skeleton {bare.alerted:6.0f} ({bare.accepted:.0f})   heed {ours.alerted:6.0f} ({ours.accepted:.0f})"
            f"   ratio {ours.alerted / bare.alerted:.2f}   refused {bare.refused + ours.refused}"
        )
    print(f"  median ratio {found.ratio:.2f} (target 0.50)")
    print(f"{bus}: at {per_second} concerns a second, open loop")
    print(f"  accepted to mail handed over: {found.mails} (target p50 15 ms, p99 50 ms)")
    print(f"  asked to accepted: {found.answers}, refused {found.refused}")
    parts = ", ".join(f"{name} {each:.1f}" for name, each in found.cost.items())
    print(f"  processor time for each concern, ms: {parts}; together {sum(found.cost.values()):.1f}")
    gateway = found.through_gateway
    print(
        f"{bus}: through the gateway {gateway.alerted:.0f} a second ({gateway.accepted:.0f}), answer {gateway.answer}"
    )
