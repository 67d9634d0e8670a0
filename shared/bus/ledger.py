"""What was handed out and is not finished, per partition, and up to where everything is."""

import asyncio
from collections.abc import Sequence

from shared.bus.api import Received


class _Partition:
    def __init__(self) -> None:
        self.pending: set[int] = set()
        self.finished: dict[int, Received] = {}
        self.next = -1


class Ledger:
    """Messages finish in any order; an offset may be committed only when all before it are finished."""

    def __init__(self) -> None:
        self._partitions: dict[tuple[str, int], _Partition] = {}
        self.changed = asyncio.Event()
        """Set when something was finished."""

    def begin(self, message: Received) -> bool:
        """Whether this message is to be handled. No: it came again while it is still at work here."""
        partition = self._of(message)
        if message.offset in partition.pending:
            return False
        partition.pending.add(message.offset)
        partition.next = message.offset + 1
        return True

    def goes_on(self, message: Received) -> bool:
        """Whether it follows what we had of its partition; otherwise another member may have been at it meanwhile."""
        return self._of(message).next == message.offset

    def finish(self, message: Received) -> None:
        partition = self._of(message)
        partition.pending.discard(message.offset)
        partition.finished[message.offset] = message
        self.changed.set()

    def finished(self) -> list[Received]:
        """Of each partition the last message before which nothing is pending; each is told once."""
        found = []
        for partition in self._partitions.values():
            first = min(partition.pending, default=None)
            ready = [offset for offset in partition.finished if first is None or offset < first]
            if ready:
                found.append(partition.finished[max(ready)])
                for offset in ready:
                    del partition.finished[offset]
        return found

    def longest(self) -> int:
        """How many messages the fullest partition has out."""
        return max((len(each.pending) + len(each.finished) for each in self._partitions.values()), default=0)

    def _of(self, message: Received) -> _Partition:
        return self._partitions.setdefault((message.topic, message.partition), _Partition())


def goes_on_everywhere(ledger: Ledger, batch: Sequence[Received]) -> bool:
    """Whether a batch, in order per partition, follows in each of them what we had."""
    firsts: dict[tuple[str, int], Received] = {}
    for message in batch:
        firsts.setdefault((message.topic, message.partition), message)
    return all(ledger.goes_on(message) for message in firsts.values())
