"""One function per intent: rows, audit row and events in the caller's transaction."""

from services.alerting.service.alerts import look_who_was_alerted, open_alert, take_step
from services.alerting.service.escalation_settings import replace_escalation_settings
from services.alerting.service.further import alert_further
from services.alerting.service.notices import leave_notice, see_notice
from services.alerting.service.rules import foresee, replace_rules, tell_leads, try_rules
from services.alerting.service.telling import NobodyToTell, Telling, tell, tell_who_was_missed, weigh
from services.alerting.service.waiting import choose
from services.alerting.service.withdrawing import withdraw

__all__ = [
    "NobodyToTell",
    "Telling",
    "alert_further",
    "choose",
    "foresee",
    "leave_notice",
    "look_who_was_alerted",
    "open_alert",
    "replace_escalation_settings",
    "replace_rules",
    "see_notice",
    "take_step",
    "tell",
    "tell_leads",
    "tell_who_was_missed",
    "try_rules",
    "weigh",
    "withdraw",
]
