"""The tables of alerting, by noun."""

from services.alerting.models.choices import HeldMail, MailChoice
from services.alerting.models.duties import Duty, DutyEscalation
from services.alerting.models.notices import AuthorNotice
from services.alerting.models.tables import (
    Alert,
    AlertRemark,
    AlertRule,
    Base,
    Escalation,
    EscalationSettings,
    GroupCopy,
    KnownSchool,
    ReadingWatch,
    RuleSet,
    ShieldCopy,
    StaffCopy,
    ToldIncident,
    TrustStaff,
)
from services.alerting.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "Alert",
    "AlertRemark",
    "AlertRule",
    "AuthorNotice",
    "Base",
    "Duty",
    "DutyEscalation",
    "Escalation",
    "EscalationSettings",
    "GroupCopy",
    "HeldMail",
    "KnownSchool",
    "MailChoice",
    "ReadingWatch",
    "RuleSet",
    "ShieldCopy",
    "StaffCopy",
    "ToldIncident",
    "TrustStaff",
    "Webhook",
    "WebhookDelivery",
]
