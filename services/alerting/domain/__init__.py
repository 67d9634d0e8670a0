"""Rules that are pure: the states of an alert, and by when an incident must be read."""

from services.alerting.domain.states import HISTORY, State, Step, after, taken_over

__all__ = ["HISTORY", "State", "Step", "after", "taken_over"]
