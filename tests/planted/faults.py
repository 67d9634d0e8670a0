"""Faults to plant: each takes one check away, and names the test that has to notice."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    file: str
    check: str
    """The words of the check, which stand once in the file."""
    gone: str
    """What stands there once the check is taken away."""
    noticed_by: str
    own_server: bool = False
    """Whether the database has to be made anew, for the fault is in how it is made."""


POLICY: Final = (
    Fault(
        "a route asks for no right of its own",
        "services/incident/routes/incidents.py",
        'Depends(may("incident:correct"))',
        'Depends(may("incident:read"))',
        "tests/gateway/test_access_table.py::test_correcting",
    ),
    Fault(
        "a route for services is open to everybody",
        "services/incident/routes/internal.py",
        "Depends(service_only(",
        "Depends(__import__('shared.identity', fromlist=['public']).public() or (",
        "tests/architecture/test_permissions.py::test_only_these_are_open_to_everybody[incident]",
    ),
    Fault(
        "a SENCo's ceiling is too high",
        "shared/policy.py",
        "Role.SENCO: (Grant(Reach.SCHOOL, SENSITIVE, ELEVATED),),",
        "Role.SENCO: (Grant(Reach.SCHOOL, CHILD_PROTECTION, ELEVATED),),",
        "tests/incident/test_chronology.py::test_r9_r35_each_role_sees_what_is_within_its_ceiling_and_no_count_of_the_rest",
    ),
    Fault(
        "what needs elevated access is had without",
        "services/incident/queries/reach.py",
        "if grant.assurance <= sure]",
        "]",
        "tests/incident/test_reading.py::test_the_reach_of_each_role",
    ),
    Fault(
        "a personal token may do all that its owner may",
        "shared/identity.py",
        "if staff.scopes is not None and action not in staff.scopes:",
        "if False:",
        "tests/gateway/test_sessions.py::test_a_personal_token_does_what_it_was_made_for_and_nothing_else",
    ),
    Fault(
        "somebody gives themselves a role",
        "services/auth/service/acting.py",
        "if acting_staff is not None and acting_staff.staff_id == staff_id:",
        "if False:",
        "tests/auth/test_people.py::test_nobody_changes_their_own_roles_groups_or_shields",
    ),
    Fault(
        "a school is left without a lead DSL",
        "services/auth/service/staff.py",
        "if set(leads) <= {staff_id}:",
        "if False:",
        "tests/auth/test_people.py::test_the_last_lead_dsl_stays_until_another_is_named",
    ),
)

READING: Final = (
    Fault(
        "the database shows every school's rows",
        "shared/migrations.py",
        '    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")\n'
        '    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")',
        "    pass",
        "tests/incident/test_two_lines.py::test_without_its_own_filter_row_level_security_keeps_every_query_in_the_school",
        own_server=True,
    ),
    Fault(
        "queries ask for every school's rows",
        "services/incident/queries/reach.py",
        "    return Incident.school_id == staff.school_id\n",
        "    return true()\n",
        "tests/incident/test_two_lines.py::test_without_row_level_security_the_filters_keep_every_query_in_the_school",
    ),
    Fault(
        "a shield keeps nobody out",
        "services/incident/queries/reach.py",
        "return and_(Incident.id.not_in(staff.shields), ~about)",
        "return true()",
        "tests/incident/test_reading.py::test_c12_a_shield_takes_everything_away_but_ones_own_words",
    ),
    Fault(
        "a read leaves no row on the audit",
        "services/incident/service/reading.py",
        "    record = await record_of(session, who, found.incident)\n",
        "    return found, await record_of(session, who, found.incident)\n",
        "tests/incident/test_reading.py::test_no_audit_row_no_read",
    ),
    Fault(
        "what is refused looks different from what is absent",
        "services/incident/service/reading.py",
        "            raise ElevationRequired()\n        raise NotFound()",
        "            raise ElevationRequired()\n        raise ElevationRequired()",
        "tests/incident/test_reading.py::test_every_refusal_looks_like_every_other",
    ),
    Fault(
        "a reporter reads what followed",
        "services/incident/views.py",
        "return _whole(found, record, categories) if found.whole else _own(found, record, categories)",
        "return _whole(found, record, categories)",
        "tests/incident/test_reading.py::test_r28_an_author_sees_their_own_first_words_and_nothing_that_followed",
    ),
    Fault(
        "a child who left is everybody's",
        "services/incident/queries/reach.py",
        "return low_enough if DSL_TEAM & who.staff.roles else and_(low_enough, _has_child(Pupil.left_on.is_(None)))",
        "return low_enough",
        "tests/incident/test_reading.py::test_a_child_who_left_is_the_dsl_teams_alone",
    ),
    Fault(
        "behind broken glass one writes",
        "services/incident/service/permitted.py",
        "without_break_glass(who) if lock else who, incident_id, lock=lock",
        "who, incident_id, lock=lock",
        "tests/incident/test_looking.py::test_break_glass_opens_one_child_up_to_child_protection_for_reading_only",
    ),
    Fault(
        "the roll is read by picking",
        "services/incident/routes/pupils.py",
        "wait = seconds_to_wait(*await pupils.picks_lately(session, staff, now), now)",
        "wait = 0",
        "tests/incident/test_roll.py::test_c4_many_picks_are_slowed_down_for_that_person_alone",
    ),
)

SIGNING_IN: Final = (
    Fault(
        "a session without its own token is served",
        "services/gateway/csrf.py",
        "if given is None or not hmac.compare_digest(given.encode(), expected):",
        "if False:",
        "tests/gateway/test_sessions.py::test_nothing_is_changed_without_the_token_of_this_very_session",
    ),
    Fault(
        "another site acts for somebody",
        "services/gateway/csrf.py",
        'if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:',
        "if False:",
        "tests/gateway/test_sessions.py::test_another_site_neither_signs_anybody_in_nor_acts_for_them",
    ),
    Fault(
        "elevated access never ends",
        "services/auth/domain/sessions.py",
        "elevated = times.elevated_at is not None and now - times.elevated_at < ELEVATED_LIFE and idle < ELEVATED_IDLE",
        "elevated = times.elevated_at is not None",
        "tests/auth/test_session_times.py::test_r91_elevated_access_that_ran_out_does_not_come_back_by_using_the_session",
    ),
    Fault(
        "a session that nobody uses goes on",
        "services/auth/domain/sessions.py",
        "and now < times.ends_at and idle < idle_after",
        "and now < times.ends_at",
        "tests/auth/test_session_times.py::test_r99_who_did_nothing_for_a_quarter_of_an_hour_is_signed_out",
    ),
    Fault(
        "a code is taken twice",
        "services/auth/service/second_factor.py",
        "if step is None or (credential.totp_step is not None and step <= credential.totp_step):",
        "if step is None:",
        "tests/auth/test_sign_in.py::test_one_code_used_twice_at_once_counts_once",
    ),
    Fault(
        "guessing is not slowed down",
        "services/auth/service/throttles.py",
        "if longest > timedelta(0):",
        "if False:",
        "tests/auth/test_sign_in.py::test_guessing_is_slowed_down_and_a_right_password_does_not_help_meanwhile",
    ),
    Fault(
        "a link sets a password twice",
        "services/auth/service/links.py",
        "            PasswordLink.used_at.is_(None),\n            PasswordLink.expires_at > now,\n",
        "            PasswordLink.expires_at > now,\n",
        "tests/auth/test_links.py::test_r36_r37_adding_somebody_sends_an_invitation_and_its_link_is_good_once",
    ),
    Fault(
        "a token of one service opens another",
        "shared/identity.py",
        'aud={"essential": True, "value": audience},',
        'aud={"essential": True},',
        "tests/shared/test_identity.py::test_a_token_for_another_purpose_or_time_is_refused",
    ),
    Fault(
        "whoever says that they are a service is one",
        "services/auth/routes/internal.py",
        "fits = hmac.compare_digest(secret.encode(), expected.encode()) and bool(expected)",
        "fits = bool(secret)",
        "tests/auth/test_sign_in.py::test_a_service_token_wants_the_houses_secret",
    ),
)

BREAKING_GLASS: Final = (
    Fault(
        "break-glass goes on once it was ended",
        "services/auth/service/checks.py",
        "AND g.reviewed_at IS NULL AND g.ended_at IS NULL AND g.ends_at > :now",
        "AND g.reviewed_at IS NULL AND g.ends_at > :now",
        "tests/auth/test_break_glass.py::test_it_counts_at_the_next_request_names_one_child_and_ends_early_or_by_itself",
    ),
    Fault(
        "break-glass needs no fresh second factor",
        "services/auth/service/break_glass.py",
        "if not is_fresh(given_at, now=now):",
        "if False:",
        "tests/auth/test_break_glass.py::test_the_second_factor_was_given_just_now",
    ),
    Fault(
        "somebody reviews their own break-glass",
        "services/auth/service/break_glass.py",
        "if glass.staff_id == acting_staff.staff_id:",
        "if False:",
        "tests/auth/test_break_glass.py::test_another_waits_until_somebody_else_has_reviewed_the_first",
    ),
)

ON_A_KIOSK: Final = (
    Fault(
        "a kiosk opens what its user may elsewhere",
        "shared/identity.py",
        "if staff.kiosk_id is not None and action not in ON_A_KIOSK:",
        "if False:",
        "tests/gateway/test_kiosks.py::test_c15_every_other_call_of_the_api_is_refused_on_a_kiosk",
    ),
    Fault(
        "a session outlives the kiosk it was begun on",
        "services/auth/service/checks.py",
        "if row.kiosk_id is not None and not rights.on_kiosk:",
        "if False:",
        "tests/auth/test_kiosks.py::test_r43_a_revoked_device_is_none_at_its_next_request",
    ),
)

KEEPING: Final = (
    Fault(
        "a concern sent twice is two",
        "services/incident/service/incidents.py",
        "return bool(await ask(session, _TAKE_KEY, *row))",
        "return await ask(session, _TAKE_KEY, *row) is not None",
        "tests/incident/test_logging.py::test_a_double_tap_is_one_incident",
    ),
    Fault(
        "a concern is kept without its event",
        "services/incident/service/incidents.py",
        ", (outbox.outbox, told)])",
        "])",
        "tests/incident/test_logging.py::test_the_event_is_in_the_outbox_of_the_same_commit_and_says_no_word",
    ),
    Fault(
        "an event that comes twice counts twice",
        "shared/inbox.py",
        "return bool(await ask(session, _TAKE, consumer, [event_id], school_id, datetime.now(UTC)))",
        "return await ask(session, _TAKE, consumer, [event_id], school_id, datetime.now(UTC)) is not None",
        "tests/shared/test_db.py::test_an_event_has_its_effect_once_per_consumer",
    ),
    Fault(
        "the app may rewrite the audit",
        "shared/migrations.py",
        '("audit", "SELECT, INSERT", "SELECT"),',
        '("audit", "SELECT, INSERT, UPDATE, DELETE", "SELECT"),',
        "tests/incident/test_logging.py::test_r53_a_submitted_incident_cannot_be_deleted_or_rewritten",
        own_server=True,
    ),
    Fault(
        "whatever is logged reaches the line",
        "shared/logging.py",
        "return {name: value for name, value in line.items() if name in ALLOWED}",
        "return dict(line)",
        "tests/shared/test_logging.py::test_a_field_that_is_not_on_the_list_does_not_reach_the_line",
    ),
    Fault(
        "a file may declare entities",
        "services/incident/roll_file/ctf.py",
        "DefusedXMLParser(target=reading, forbid_dtd=True)",
        "DefusedXMLParser(target=reading, forbid_dtd=False, forbid_entities=False, forbid_external=False)",
        "tests/incident/test_roll_imports.py::test_a_hostile_file_is_refused_with_a_sentence",
    ),
    Fault(
        "a cell runs in who opens it",
        "services/auth/domain/staff_file.py",
        'return f"\'{cell}" if cell.startswith(FORMULA) else cell',
        "return cell",
        "tests/auth/test_staff_file.py::test_the_staff_as_a_file_runs_in_no_spreadsheet_and_is_for_few",
    ),
)

TELLING: Final = (
    Fault(
        "the lead DSL is not told of everything",
        "services/alerting/recipients.py",
        "if Role.LEAD_DSL in colleague.roles:",
        "if False:",
        "tests/alerting/test_recipients.py::test_r69_the_head_and_the_lead_dsl_are_told_of_every_log",
    ),
    Fault(
        "who is shielded is told",
        "services/alerting/recipients.py",
        "return frozenset((here | above) - shielded - own)",
        "return frozenset((here | above) - own)",
        "tests/alerting/test_recipients.py::test_c12_a_shielded_lead_dsl_is_not_told_and_a_deputy_is",
    ),
)

FAULTS: Final = (*POLICY, *READING, *SIGNING_IN, *BREAKING_GLASS, *ON_A_KIOSK, *KEEPING, *TELLING)
