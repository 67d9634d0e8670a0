"""The tables of auth. What belongs to the whole trust has no school; everything else lies behind the school's fence."""

from services.auth.models.break_glass import BreakGlass
from services.auth.models.groups import AlertGroup, GroupMember, Shield
from services.auth.models.kiosks import Kiosk
from services.auth.models.linked_accounts import LinkedAccount, ProviderAttempt
from services.auth.models.passkeys import Passkey, PasskeyChallenge
from services.auth.models.people import ClassTaught, Membership, RoleHeld, StaffAccount, TrustRoleHeld
from services.auth.models.schools import School, Trust
from services.auth.models.sign_in import (
    Credential,
    Device,
    KnownBrowser,
    LinkRequest,
    PasswordLink,
    PersonalToken,
    RecoveryCode,
    StaffSession,
    Throttle,
)
from services.auth.models.tables import Base

__all__ = [
    "AlertGroup",
    "Base",
    "BreakGlass",
    "ClassTaught",
    "Credential",
    "Device",
    "GroupMember",
    "Kiosk",
    "KnownBrowser",
    "LinkRequest",
    "LinkedAccount",
    "Membership",
    "Passkey",
    "PasskeyChallenge",
    "PasswordLink",
    "PersonalToken",
    "ProviderAttempt",
    "RecoveryCode",
    "RoleHeld",
    "School",
    "Shield",
    "StaffAccount",
    "StaffSession",
    "Throttle",
    "Trust",
    "TrustRoleHeld",
]
