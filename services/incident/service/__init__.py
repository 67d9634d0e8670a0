"""One function per intent of a person: rows, audit row and event in the caller's transaction."""

from services.incident.service.actions import add_action, add_addendum
from services.incident.service.categories import begin_with_standard_categories
from services.incident.service.chronology import ChronologyPage, open_chronology
from services.incident.service.corrections import correct_incident
from services.incident.service.decisions import record_consent, record_decision
from services.incident.service.finding import find_pupils
from services.incident.service.incidents import Logged, log_incident
from services.incident.service.looked_at import who_looked
from services.incident.service.owed_actions import Listed, finish_action, own_actions, school_actions
from services.incident.service.patterns import open_patterns
from services.incident.service.permitted import ChangedMeanwhile
from services.incident.service.pupil_record import (
    end_flag,
    keep_names_apart,
    mark_contact,
    open_pupil_record,
    prefer_name,
    raise_flag,
)
from services.incident.service.reading import open_by_number, open_incident, own_incidents, summaries
from services.incident.service.roll import add_pupil, import_roll
from services.incident.service.roll_imports import (
    RollFile,
    apply_import,
    begin_import,
    forget_import,
    map_columns,
    note_progress,
    open_import,
)
from services.incident.service.searching import search_incidents
from services.incident.service.significant import mark_significant, retire_significant, significant_events
from services.incident.service.states import close_incident, reopen_incident, review_incident
from services.incident.service.told_detail import told_detail
from services.incident.service.versions import Since, changed_since

__all__ = [
    "ChangedMeanwhile",
    "ChronologyPage",
    "Listed",
    "Logged",
    "RollFile",
    "Since",
    "add_action",
    "add_addendum",
    "add_pupil",
    "apply_import",
    "begin_import",
    "begin_with_standard_categories",
    "changed_since",
    "close_incident",
    "correct_incident",
    "end_flag",
    "find_pupils",
    "finish_action",
    "forget_import",
    "import_roll",
    "keep_names_apart",
    "log_incident",
    "map_columns",
    "mark_contact",
    "mark_significant",
    "note_progress",
    "open_by_number",
    "open_chronology",
    "open_import",
    "open_incident",
    "open_patterns",
    "open_pupil_record",
    "own_actions",
    "own_incidents",
    "prefer_name",
    "raise_flag",
    "record_consent",
    "record_decision",
    "reopen_incident",
    "retire_significant",
    "review_incident",
    "school_actions",
    "search_incidents",
    "significant_events",
    "summaries",
    "told_detail",
    "who_looked",
]
