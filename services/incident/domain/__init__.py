"""The rules of the record: how sensitive an incident is, what may follow what, what a roll may hold. Pure."""

from services.incident.domain.action import NOT_OWED, Owed, owed_faults
from services.incident.domain.circumstances import (
    Circumstances,
    Figure,
    Mark,
    MarkKind,
    SpokenTo,
    Taken,
    TimeKnown,
    View,
)
from services.incident.domain.concern import (
    CLOCKS_DIFFER,
    LONG_AGO,
    Concern,
    Link,
    category_sensitivity,
    every_category,
    sensitivity_of,
    time_fault,
)
from services.incident.domain.decision import (
    Asked,
    ConsentAnswer,
    Decided,
    DecisionKind,
    Ground,
    consent_faults,
    decision_faults,
    newest_by_child,
)
from services.incident.domain.difference import Piece, difference
from services.incident.domain.drafts import DRAFT_BYTES, DRAFTS_EACH, DRAFTS_KEPT, draft_fault, draft_text
from services.incident.domain.finding import Fit, name_fit
from services.incident.domain.flags import CARE, FLAGS, PROTECTION, flag_action
from services.incident.domain.lateness import LONDON, late_by, midday
from services.incident.domain.looking import ONE_VISIT, looked_before
from services.incident.domain.names import plain, search_words
from services.incident.domain.patterns import Counted, by_month, by_week, clusters
from services.incident.domain.picking import PICKS, PICKS_THEN_EVERY, PICKS_WITHIN, seconds_to_wait
from services.incident.domain.roll import (
    LEAVERS_WITHOUT_ASKING,
    SHARE_OF_LEAVERS_WITHOUT_ASKING,
    UPN_LETTERS,
    YEAR_GROUPS,
    birth_fault,
    too_many_leave,
    upn_check_letter,
    upn_fault,
    year_group,
)
from services.incident.domain.status import State, Step, reasons_to_stay_open, state_after
from services.incident.domain.terms import Former, name_at, sensitivity_fault

__all__ = [
    "CARE",
    "CLOCKS_DIFFER",
    "DRAFTS_EACH",
    "DRAFTS_KEPT",
    "DRAFT_BYTES",
    "FLAGS",
    "LEAVERS_WITHOUT_ASKING",
    "LONDON",
    "LONG_AGO",
    "NOT_OWED",
    "ONE_VISIT",
    "PICKS",
    "PICKS_THEN_EVERY",
    "PICKS_WITHIN",
    "PROTECTION",
    "SHARE_OF_LEAVERS_WITHOUT_ASKING",
    "UPN_LETTERS",
    "YEAR_GROUPS",
    "Asked",
    "Circumstances",
    "Concern",
    "ConsentAnswer",
    "Counted",
    "Decided",
    "DecisionKind",
    "Figure",
    "Fit",
    "Former",
    "Ground",
    "Link",
    "Mark",
    "MarkKind",
    "Owed",
    "Piece",
    "SpokenTo",
    "State",
    "Step",
    "Taken",
    "TimeKnown",
    "View",
    "birth_fault",
    "by_month",
    "by_week",
    "category_sensitivity",
    "clusters",
    "consent_faults",
    "decision_faults",
    "difference",
    "draft_fault",
    "draft_text",
    "every_category",
    "flag_action",
    "late_by",
    "looked_before",
    "midday",
    "name_at",
    "name_fit",
    "newest_by_child",
    "owed_faults",
    "plain",
    "reasons_to_stay_open",
    "search_words",
    "seconds_to_wait",
    "sensitivity_fault",
    "sensitivity_of",
    "state_after",
    "time_fault",
    "too_many_leave",
    "upn_check_letter",
    "upn_fault",
    "year_group",
]
