"""The need-to-know table, row by row, as it is written in the access rules."""

import pytest

from shared.contracts.words import Assurance, Role, Sensitivity, TrustRole
from shared.policy import ACTIONS, EVERYONE, Decision, Grant, Reach, decide, reading

HEAD, LEAD, DEPUTY = Role.HEAD, Role.LEAD_DSL, Role.DEPUTY_DSL
SENCO, SENIOR, PASTORAL = Role.SENCO, Role.SENIOR_LEADER, Role.PASTORAL
TEACHER, ASSISTANT, SUPPORT = Role.TEACHER, Role.TEACHING_ASSISTANT, Role.SUPPORT
SAFEGUARDING, ADMINISTRATOR, DPO = (
    TrustRole.TRUST_SAFEGUARDING_LEAD,
    TrustRole.TRUST_ADMINISTRATOR,
    TrustRole.DATA_PROTECTION_OFFICER,
)
TEAM = {HEAD, LEAD, DEPUTY}
WIDE = TEAM | {SENCO, SENIOR, PASTORAL}
PASSWORD, MFA, ELEVATED = Assurance.PASSWORD, Assurance.MFA, Assurance.ELEVATED

ANYONE = {("own", 3, MFA), ("alerted", 3, MFA)}
READING = [
    # role, what it adds to what everyone has
    (HEAD, ("school", 3, ELEVATED)),
    (LEAD, ("school", 3, ELEVATED)),
    (DEPUTY, ("school", 3, ELEVATED)),
    (SENCO, ("school", 2, ELEVATED)),
    (SENIOR, ("school", 2, ELEVATED)),
    (PASTORAL, ("school", 2, ELEVATED)),
    (TEACHER, ("class", 1, ELEVATED)),
    (ASSISTANT, None),
    (SUPPORT, None),
]

DOING = [
    # action, roles, trust's roles, assurance
    ("incident:log", set(EVERYONE), set(), PASSWORD),
    ("draft:keep", set(EVERYONE), set(), PASSWORD),
    ("draft:list", set(EVERYONE), set(), PASSWORD),
    ("pupil:pick", set(EVERYONE), set(), PASSWORD),
    ("addendum:add", set(EVERYONE), set(), PASSWORD),
    ("action:add", set(EVERYONE), {SAFEGUARDING}, MFA),
    ("action:done", set(EVERYONE), {SAFEGUARDING}, MFA),
    ("action:own", set(EVERYONE), {SAFEGUARDING}, MFA),
    ("action:list", TEAM, set(), ELEVATED),
    ("duty:own", set(EVERYONE), {SAFEGUARDING}, MFA),
    ("duty:list", TEAM, set(), ELEVATED),
    ("alert:read", set(EVERYONE), {SAFEGUARDING}, MFA),
    ("alert:add", WIDE, set(), MFA),
    ("alert:withdraw", TEAM, set(), ELEVATED),
    ("incident:correct", TEAM, set(), ELEVATED),
    ("incident:close", WIDE, set(), ELEVATED),
    ("decision:record", WIDE, set(), ELEVATED),
    ("consent:record", WIDE, set(), ELEVATED),
    ("pupil:find", WIDE | {TEACHER}, set(), ELEVATED),
    ("pupil:change", WIDE, set(), ELEVATED),
    ("pupil:names-apart", TEAM, set(), ELEVATED),
    ("pupil:chronology", WIDE | {TEACHER}, {SAFEGUARDING}, ELEVATED),
    ("event:mark", WIDE, set(), ELEVATED),
    ("flags:protection", TEAM | {SENIOR}, set(), ELEVATED),
    ("flags:care", WIDE | {TEACHER}, set(), ELEVATED),
    ("pupil:looked-at", TEAM, {DPO}, ELEVATED),
    ("roll:import", TEAM, {ADMINISTRATOR}, ELEVATED),
    ("category:write", {HEAD, LEAD}, set(), ELEVATED),
    ("rules:write", {HEAD, LEAD}, set(), ELEVATED),
    ("webhook:write", {HEAD, LEAD}, set(), ELEVATED),
    ("group:write", {HEAD, LEAD}, set(), ELEVATED),
    ("staff:write", {HEAD, LEAD}, {ADMINISTRATOR}, ELEVATED),
    ("danger-text:write", {HEAD, LEAD}, set(), ELEVATED),
    ("kiosk:write", TEAM, set(), ELEVATED),
    ("shield:write", {HEAD, LEAD}, {DPO, SAFEGUARDING}, ELEVATED),
    ("audit:read", {LEAD}, {DPO}, ELEVATED),
    ("audit:verify", {LEAD}, {DPO}, ELEVATED),
    ("figures:read", set(), {SAFEGUARDING, ADMINISTRATOR}, ELEVATED),
    ("break-glass", TEAM | {SENCO, SENIOR}, {SAFEGUARDING}, ELEVATED),
    ("break-glass:review", TEAM, {SAFEGUARDING, DPO}, ELEVATED),
    ("break-glass:end", TEAM | {SENCO, SENIOR}, {SAFEGUARDING, DPO}, MFA),
]


def as_rows(grants: tuple[Grant, ...]) -> set[tuple[str, int, Assurance]]:
    return {(grant.reach.value, int(grant.up_to), grant.assurance) for grant in grants}


@pytest.mark.parametrize(("role", "adds"), READING)
def test_reading(role: Role, adds: tuple[str, int, Assurance] | None) -> None:
    assert as_rows(reading([role])) == ANYONE | ({adds} if adds else set())


def test_the_trust_reads_what_it_was_alerted_to_and_no_more() -> None:
    assert as_rows(reading([], [SAFEGUARDING])) == {("alerted", 3, MFA)}
    assert reading([], [ADMINISTRATOR]) == reading([], [DPO]) == reading([]) == ()


def test_rights_add_up_and_an_unknown_role_has_none() -> None:
    both = as_rows(reading([TEACHER, SENCO]))
    assert {("class", 1, ELEVATED), ("school", 2, ELEVATED)} <= both
    assert reading([Role.UNKNOWN], [TrustRole.UNKNOWN]) == ()


def test_r32_c5_a_senco_who_is_no_dsl_never_reaches_child_protection_by_role() -> None:
    grants = [grant for grant in reading([SENCO]) if grant.reach is Reach.SCHOOL]
    assert all(grant.up_to < Sensitivity.CHILD_PROTECTION for grant in grants)


@pytest.mark.parametrize(("action", "roles", "trust_roles", "assurance"), DOING)
def test_doing(action: str, roles: set[Role], trust_roles: set[TrustRole], assurance: Assurance) -> None:
    for role in Role:
        for sure in Assurance:
            allowed = decide(action, roles=[role], trust_roles=[], assurance=sure) is Decision.ALLOWED
            assert allowed == (role in roles and sure >= assurance), (role, sure)
    for trust_role in TrustRole:
        for sure in Assurance:
            allowed = decide(action, roles=[], trust_roles=[trust_role], assurance=sure) is Decision.ALLOWED
            assert allowed == (trust_role in trust_roles and sure >= assurance), (trust_role, sure)


def test_r40_the_trusts_roles_log_nothing_and_pick_nobody() -> None:
    for action in ("incident:log", "pupil:pick", "draft:keep"):
        for trust_role in TrustRole:
            answer = decide(action, roles=[], trust_roles=[trust_role], assurance=ELEVATED)
            assert answer is Decision.NOT_PERMITTED


def test_without_a_second_factor_one_can_record_and_nothing_else() -> None:
    allowed = {
        action
        for action in ACTIONS
        if decide(action, roles=list(EVERYONE), trust_roles=list(TrustRole), assurance=PASSWORD) is Decision.ALLOWED
    }
    assert allowed == {
        "incident:log", "draft:keep", "draft:list", "pupil:pick", "addendum:add", "category:list", "staff:list",
        "group:list",
    }  # fmt: skip


def test_what_is_missing_is_said_by_kind() -> None:
    assert decide("incident:read", roles=[TEACHER], trust_roles=[], assurance=PASSWORD) is Decision.NEEDS_SECOND_FACTOR
    assert decide("incident:close", roles=[LEAD], trust_roles=[], assurance=MFA) is Decision.NEEDS_ELEVATION
    assert decide("incident:close", roles=[TEACHER], trust_roles=[], assurance=ELEVATED) is Decision.NOT_PERMITTED
    assert decide("incident:delete", roles=list(Role), trust_roles=[], assurance=ELEVATED) is Decision.NOT_PERMITTED


def test_every_action_says_in_words_who_can_and_only_recording_goes_on_without_auth() -> None:
    assert all(rule.who_can for rule in ACTIONS.values())
    stale = {action for action, rule in ACTIONS.items() if rule.stale_ok}
    assert stale == {
        "incident:log", "draft:keep", "draft:list", "pupil:pick", "category:list", "staff:list", "group:list",
    }  # fmt: skip


def test_every_row_of_the_table_is_tested_here() -> None:
    ours = {"incident:own", "incident:read", "category:list", "staff:list", "group:list", "token:own", "school:write"}
    ours |= {"absence:own", "mails:own", "sign-in:change"}
    assert {action for action, *_ in DOING} | ours == set(ACTIONS)
