"""The tables of incident. Every row lies behind its school's fence; what was written has no right to be changed."""

from services.incident.models.afterwards import (
    Action,
    ActionFinished,
    ActionPupil,
    Addendum,
    Consent,
    Decision,
    DecisionPupil,
    IncidentChange,
    IncidentStep,
)
from services.incident.models.categories import Category
from services.incident.models.circumstances import IncidentAgency, IncidentMark, IncidentTaken, IncidentTakenPupil
from services.incident.models.coach_words import CoachWords
from services.incident.models.drafts import Draft
from services.incident.models.incidents import (
    IdempotencyKey,
    Incident,
    IncidentCategory,
    IncidentNumber,
    IncidentPupil,
    IncidentPupilCategory,
    IncidentRevision,
)
from services.incident.models.lists import ListEntry
from services.incident.models.looking import LastLook, SignificantEvent
from services.incident.models.names import FormerName
from services.incident.models.pupil_record import Attendance, PupilContact, PupilFlag, PupilName
from services.incident.models.readers import Reader
from services.incident.models.roll import Pupil, PupilIdentifier
from services.incident.models.roll_imports import RollImport, RollImportDue, RollImportRow
from services.incident.models.tables import Base

__all__ = [
    "Action",
    "ActionFinished",
    "ActionPupil",
    "Addendum",
    "Attendance",
    "Base",
    "Category",
    "CoachWords",
    "Consent",
    "Decision",
    "DecisionPupil",
    "Draft",
    "FormerName",
    "IdempotencyKey",
    "Incident",
    "IncidentAgency",
    "IncidentCategory",
    "IncidentChange",
    "IncidentMark",
    "IncidentNumber",
    "IncidentPupil",
    "IncidentPupilCategory",
    "IncidentRevision",
    "IncidentStep",
    "IncidentTaken",
    "IncidentTakenPupil",
    "LastLook",
    "ListEntry",
    "Pupil",
    "PupilContact",
    "PupilFlag",
    "PupilIdentifier",
    "PupilName",
    "Reader",
    "RollImport",
    "RollImportDue",
    "RollImportRow",
    "SignificantEvent",
]
