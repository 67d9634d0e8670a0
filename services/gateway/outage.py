"""In plain words: what does not work when a service is down, and what still does."""

from typing import Final

from shared.errors import Unavailable

IN_WORDS: Final = {
    "auth": "Sign-in cannot be checked just now, so nothing can be read or changed. "
    "Who was signed in a moment ago can still log a concern.",
    "incident": "Concerns cannot be logged or read just now. Keep what you wrote and send it again in a minute. "
    "If a child is in danger, tell a DSL in person now. The list of your alerts still works.",
    "alerting": "Alerts and alert rules cannot be shown just now. Concerns can still be logged and read, "
    "and everybody who must know will be alerted as soon as this works again.",
}

UNCERTAIN_LOG: Final = (
    "It is not certain that your concern was recorded. Send it again with the same Idempotency-Key: "
    "it will be recorded once. If a child is in danger, tell a DSL in person now."
)

NO_SUMMARIES: Final = (
    "What your alerts are about cannot be shown just now. The list is complete; open them again in a minute."
)
NO_INCIDENT: Final = "The concern itself cannot be shown just now. Try again in a minute, or ask the DSL in person."
NO_NAMES: Final = "The names of members of staff cannot be shown just now."
NO_SHIELDED: Final = "The children and concerns that somebody is shielded from cannot be named just now."
NO_WARNINGS: Final = "Whether a rule points at a category that is not used any more cannot be said just now."
NO_READING: Final = (
    "Whether your concerns have been read cannot be shown just now. Everybody who must know will be alerted."
)


def unavailable(service: str, detail: str | None = None) -> Unavailable:
    return Unavailable(service, detail or IN_WORDS[service])
