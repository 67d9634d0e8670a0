"""How long a mail waits for its next try, and when it is given up. Pure, but for the dice."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.mail import MailState
from shared.mail_leases import Mail, Outcome


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: the first wait, doubled at each try up to the longest. Days: until a mail is given up."""

    first: float = 5.0
    longest: float = 1800.0
    days: float = 3.0

    def wait(self, attempts: int) -> float:
        # Spread out, so that what failed together does not come back together.
        return min(self.first * 2.0 ** min(attempts, 30), self.longest) * random.uniform(0.5, 1.0)  # noqa: S311

    def again(self, mail: Mail, state: MailState, error: str, *, now: datetime) -> Outcome:
        """What becomes of a mail whose try ended with "later" or with no answer."""
        if now - mail.created_at > timedelta(days=self.days):
            return Outcome(mail, MailState.FAILED, error)
        return Outcome(mail, state, error, self.wait(mail.attempts))
