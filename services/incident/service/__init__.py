"""One function per intent of a person: rows, audit row and event in the caller's transaction."""

from services.incident.service.actions import add_action, add_addendum
from services.incident.service.categories import begin_with_standard_categories
from services.incident.service.corrections import correct_incident
from services.incident.service.incidents import Logged, log_incident
from services.incident.service.reading import open_incident, own_incidents, summaries
from services.incident.service.roll import import_roll
from services.incident.service.states import close_incident, reopen_incident

__all__ = [
    "Logged",
    "add_action",
    "add_addendum",
    "begin_with_standard_categories",
    "close_incident",
    "correct_incident",
    "import_roll",
    "log_incident",
    "open_incident",
    "own_incidents",
    "reopen_incident",
    "summaries",
]
