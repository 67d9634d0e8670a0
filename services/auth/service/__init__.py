"""One function per intent of a person: rows, audit row and event in the caller's transaction.

`acting_staff=None` is the operator at the command line, who is written into the audit as such.
"""

from services.auth.service.absence import absence_of, set_absence
from services.auth.service.break_glass import break_glass, end_break_glass, review_break_glass
from services.auth.service.checks import Checked, check_personal_token, check_session
from services.auth.service.confirming import begin_confirming, finish_confirming
from services.auth.service.factors import factors_of
from services.auth.service.first_run import begin_house, is_untouched
from services.auth.service.groups import add_group, retire_group, set_group_members
from services.auth.service.kiosks import kiosk_of, kiosks, register_kiosk, revoke_kiosk, sign_in_on_kiosk
from services.auth.service.linked_accounts import (
    begin_attempt,
    link_account,
    linked_accounts,
    sign_in_with_account,
    take_attempt,
    unlink_account,
)
from services.auth.service.links import answer_link_requests, ask_for_link, invite, make_password_link, set_password
from services.auth.service.mailing import mail
from services.auth.service.own_sessions import (
    end_other_sessions,
    end_somebodys_sessions,
    forget_device,
    own_sessions,
    remembered_devices,
)
from services.auth.service.passkey_use import ask_for_passkey, ask_to_sign_in, give_passkey, sign_in_with_passkey
from services.auth.service.passkeys import add_passkey, offer_passkey, passkeys_of, remove_passkey
from services.auth.service.recovery_codes import recovery_codes_left, renew_recovery_codes
from services.auth.service.schools import change_school, create_trust, link_of, register_school, school_by_link, slug
from services.auth.service.second_factor import Given, confirm_totp, enrol_totp, give_code, reset_second_factor
from services.auth.service.sessions import end_own_session, end_session, end_sessions_of
from services.auth.service.shields import lift_shield, raise_shield, read_shields
from services.auth.service.staff import add_staff, disable_staff, enable_staff, set_roles, set_trust_roles
from services.auth.service.tokens import end_personal_token, make_personal_token, personal_tokens

__all__ = [
    "Checked",
    "Given",
    "absence_of",
    "add_group",
    "add_passkey",
    "add_staff",
    "answer_link_requests",
    "ask_for_link",
    "ask_for_passkey",
    "ask_to_sign_in",
    "begin_attempt",
    "begin_confirming",
    "begin_house",
    "break_glass",
    "change_school",
    "check_personal_token",
    "check_session",
    "confirm_totp",
    "create_trust",
    "disable_staff",
    "enable_staff",
    "end_break_glass",
    "end_other_sessions",
    "end_own_session",
    "end_personal_token",
    "end_session",
    "end_sessions_of",
    "end_somebodys_sessions",
    "enrol_totp",
    "factors_of",
    "finish_confirming",
    "forget_device",
    "give_code",
    "give_passkey",
    "invite",
    "is_untouched",
    "kiosk_of",
    "kiosks",
    "lift_shield",
    "link_account",
    "link_of",
    "linked_accounts",
    "mail",
    "make_password_link",
    "make_personal_token",
    "offer_passkey",
    "own_sessions",
    "passkeys_of",
    "personal_tokens",
    "raise_shield",
    "read_shields",
    "recovery_codes_left",
    "register_kiosk",
    "register_school",
    "remembered_devices",
    "remove_passkey",
    "renew_recovery_codes",
    "reset_second_factor",
    "retire_group",
    "review_break_glass",
    "revoke_kiosk",
    "school_by_link",
    "set_absence",
    "set_group_members",
    "set_password",
    "set_roles",
    "set_trust_roles",
    "sign_in_on_kiosk",
    "sign_in_with_account",
    "sign_in_with_passkey",
    "slug",
    "take_attempt",
    "unlink_account",
]
