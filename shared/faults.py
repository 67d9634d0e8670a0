"""Places where a test may kill the process, so that "nothing is lost" is tried and not believed.

HEED_FAULT="relay.after_publish" kills at the first passage, "relay.after_publish:3" at the third. Without it a place
costs one comparison. The settings refuse a production start with a fault armed.
"""

import os
import signal
from typing import Final

PLACES: Final = frozenset(
    {
        "gateway.before_incident",
        "gateway.after_incident",
        "incident.before_commit",
        "incident.after_commit",
        "relay.before_publish",
        "relay.after_publish",
        "relay.after_delete",
        "runner.before_effect",
        "runner.before_commit",
        "runner.after_commit",
        "runner.after_offset",
        "sender.after_lease",
        "sender.before_send",
        "sender.after_send",
        "sender.after_sent",
    }
)


class _Armed:
    def __init__(self, text: str) -> None:
        self.place, _, passage = text.partition(":")
        self.left = int(passage or 1)
        if self.place and self.place not in PLACES:
            raise ValueError(f"HEED_FAULT names no place: {self.place}")


_armed = _Armed(os.environ.get("HEED_FAULT", ""))


def fault(place: str) -> None:
    if place != _armed.place:
        return
    _armed.left -= 1
    if _armed.left == 0:
        # SIGKILL to ourselves: no handler runs, no buffer is flushed, no transaction is ended.
        os.kill(os.getpid(), signal.SIGKILL)
