"""Who must know, and why: the policy's rules one by one."""

import pytest

from services.alerting.recipients import (
    Colleague,
    Rule,
    School,
    chosen,
    matches,
    nobody_in_line,
    recipients,
)
from shared.contracts.words import Part, Role, Sensitivity, Why
from tests.alerting.staff_room import (
    ATTENDANCE,
    BEHAVIOUR,
    BEHAVIOUR_RULE,
    BEVAN,
    BOYLE,
    CHAUDHRY,
    DISCLOSURE,
    DSL_TEAM_RULE,
    EVERYONE,
    HADDAD,
    JOSEPH,
    KS2,
    LINDQVIST,
    LINE,
    NKEMELU,
    OKAFOR,
    ROWAN,
    RULES,
    SKY,
    TEACHER_RULE,
    TRAN,
    WALSH,
    WELFARE,
    away,
    incident,
    named,
    others,
    person,
    pupil,
    school,
    shielded,
    why,
)


def test_r69_the_head_and_the_lead_dsl_are_told_of_every_log() -> None:
    assert why(incident(), rules=()) == LINE


def test_r69_every_head_and_every_lead_dsl_of_the_school_is_told() -> None:
    second = person("Second", Role.LEAD_DSL)
    assert why(incident(), school(*EVERYONE, second), rules=())[second.staff_id] == {Why.LEAD_DSL}


def test_r69_the_lead_dsl_is_told_of_their_own_log_too() -> None:
    assert why(incident(author_id=OKAFOR.staff_id), rules=()) == LINE


def test_nobody_else_is_told_of_what_they_logged_themselves() -> None:
    facts = incident(sensitivity=Sensitivity.SENSITIVE, author_id=HADDAD.staff_id, extra_staff_ids=[HADDAD.staff_id])
    assert HADDAD.staff_id not in why(facts)


def test_r70_safeguarding_goes_to_the_dsl_team() -> None:
    told = why(incident(DISCLOSURE, sensitivity=Sensitivity.CHILD_PROTECTION))
    assert set(told) == {p.staff_id for p in (BOYLE, OKAFOR, HADDAD, LINDQVIST)}
    assert told[BOYLE.staff_id] == {Why.HEAD, Why.RULE}
    assert told[HADDAD.staff_id] == {Why.RULE}


def test_r70_a_sensitivity_this_version_does_not_know_counts_as_the_highest() -> None:
    unknown = incident(DISCLOSURE, sensitivity=Sensitivity.UNKNOWN)
    assert matches(DSL_TEAM_RULE, unknown)
    assert not matches(TEACHER_RULE, incident(BEHAVIOUR, sensitivity=Sensitivity.UNKNOWN))


def test_r71_behaviour_in_key_stage_two_goes_to_its_group() -> None:
    assert why(incident(BEHAVIOUR))[JOSEPH.staff_id] == {Why.RULE}
    infants = incident(BEHAVIOUR, pupils=[pupil(code="1A", year="1")])
    assert JOSEPH.staff_id not in why(infants)


def test_r72_the_class_teacher_is_told_of_ordinary_behaviour() -> None:
    assert why(incident(BEHAVIOUR))[BEVAN.staff_id] == {Why.CLASS_TEACHER}
    assert why(incident(ATTENDANCE))[BEVAN.staff_id] == {Why.CLASS_TEACHER}


def test_r72_an_assistant_in_the_class_is_not_its_teacher() -> None:
    assert TRAN.staff_id not in why(incident(BEHAVIOUR))


def test_r72_the_class_teacher_is_not_told_of_what_is_more_than_low_level() -> None:
    assert BEVAN.staff_id not in why(incident(BEHAVIOUR, sensitivity=Sensitivity.SENSITIVE))


def test_r72_only_the_teacher_of_the_child_it_was_filed_for_is_told() -> None:
    pupils = [pupil(ROWAN, WELFARE), pupil(SKY, BEHAVIOUR, code="6A", year="6")]
    told = why(incident(BEHAVIOUR, WELFARE, pupils=pupils))
    assert told[HADDAD.staff_id] == {Why.CLASS_TEACHER}
    assert BEVAN.staff_id not in told


def test_r72_a_child_without_a_class_has_no_class_teacher() -> None:
    nobodys = person("New", Role.TEACHER)
    assert set(why(incident(BEHAVIOUR, pupils=[pupil(code=None)]), school(*EVERYONE, nobodys))) == {
        BOYLE.staff_id,
        OKAFOR.staff_id,
        JOSEPH.staff_id,
    }


def test_r67_everybody_in_a_ticked_group_is_told() -> None:
    told = why(incident(extra_group_ids=[KS2]), rules=())
    assert told == {**LINE, BOYLE.staff_id: {Why.HEAD, Why.CHOSEN_GROUP}, JOSEPH.staff_id: {Why.CHOSEN_GROUP}}


def test_r68_a_ticked_person_is_told() -> None:
    assert why(incident(extra_staff_ids=[CHAUDHRY.staff_id]), rules=())[CHAUDHRY.staff_id] == {Why.CHOSEN_PERSON}


def test_a_person_or_group_of_nowhere_is_nobody() -> None:
    assert why(incident(extra_staff_ids=[named("Stranger")], extra_group_ids=[named("No group")]), rules=()) == LINE


def test_a_rule_names_people_roles_and_groups_at_once() -> None:
    rule = Rule(
        named("all"),
        roles=frozenset({Role.SENCO}),
        staff_ids=frozenset({WALSH.staff_id, BEVAN.staff_id}),
        group_ids=frozenset({KS2}),
    )
    told = recipients(incident(), [rule], school())
    by_rule = {person.staff_id for person in told if rule.rule_id in person.rule_ids}
    assert by_rule == {p.staff_id for p in (CHAUDHRY, BEVAN, BOYLE, JOSEPH)}


# ------------------------------------------------------------------------------------------- parts and parents
def test_r71_a_rule_on_a_category_covers_its_sub_categories() -> None:
    physical = named("physical")
    filed = incident(physical, parent_category_ids=[BEHAVIOUR])
    assert why(filed)[JOSEPH.staff_id] == {Why.RULE}
    assert JOSEPH.staff_id not in why(incident(physical))
    # A rule on the sub-category is not one on its parent.
    narrow = Rule(named("narrow"), category_ids=frozenset({physical}), staff_ids=frozenset({CHAUDHRY.staff_id}))
    assert CHAUDHRY.staff_id not in why(incident(BEHAVIOUR), rules=(narrow,))


def test_r72_a_category_above_the_childs_own_finds_its_teacher_and_the_other_childs_does_not() -> None:
    physical = named("physical")
    mine = pupil(ROWAN, physical).model_copy(update={"parent_category_ids": [BEHAVIOUR]})
    pupils = [mine, pupil(SKY, WELFARE, code="6A", year="6")]
    told = why(incident(physical, WELFARE, parent_category_ids=[BEHAVIOUR], pupils=pupils))
    assert told[BEVAN.staff_id] == {Why.CLASS_TEACHER}
    assert HADDAD.staff_id not in told


def test_r71_a_rule_may_ask_what_part_the_child_had() -> None:
    rule = Rule(named("alleged"), parts=frozenset({Part.ALLEGED}), class_teachers=True)
    harmed, alleged = (
        pupil(ROWAN).model_copy(update={"part": Part.HARMED}),
        pupil(SKY, code="6A").model_copy(update={"part": Part.ALLEGED}),
    )
    told = why(incident(BEHAVIOUR, pupils=[harmed, alleged]), rules=(rule,))
    assert told == {**LINE, HADDAD.staff_id: {Why.CLASS_TEACHER}}
    assert why(incident(BEHAVIOUR, pupils=[harmed]), rules=(rule,)) == LINE


# ------------------------------------------------------------------------------------------------------- who is away
def test_r68_for_who_is_away_their_deputy_is_told_once_and_they_are_not() -> None:
    gone = away(JOSEPH, CHAUDHRY)
    facts = incident(extra_staff_ids=[JOSEPH.staff_id, CHAUDHRY.staff_id])
    told = {t.staff_id: t for t in recipients(facts, (), school(*others(gone), gone))}
    assert JOSEPH.staff_id not in told
    assert told[CHAUDHRY.staff_id].why == (Why.CHOSEN_PERSON, Why.DEPUTY)
    assert told[CHAUDHRY.staff_id].instead_of == (JOSEPH.staff_id,)


def test_r71_the_deputy_is_told_by_the_rule_that_names_who_is_away() -> None:
    gone = away(JOSEPH, CHAUDHRY)
    told = {t.staff_id: t for t in recipients(incident(BEHAVIOUR), RULES, school(*others(gone), gone))}
    assert told[CHAUDHRY.staff_id].rule_ids == (BEHAVIOUR_RULE.rule_id,)


def test_r69_a_head_and_a_lead_dsl_who_are_away_are_told_and_so_is_their_deputy() -> None:
    gone = (away(OKAFOR, LINDQVIST), away(BOYLE, CHAUDHRY))
    told = why(incident(), school(*others(*gone), *gone), rules=())
    assert told == {**LINE, LINDQVIST.staff_id: {Why.DEPUTY}, CHAUDHRY.staff_id: {Why.DEPUTY}}


def test_r69_for_a_lead_dsl_who_is_away_without_a_deputy_a_deputy_dsl_stands_in() -> None:
    gone = away(OKAFOR)
    told = why(incident(), school(*others(gone), gone), rules=())
    deputy = min(HADDAD.staff_id, LINDQVIST.staff_id)
    assert told == {**LINE, deputy: {Why.STAND_IN}}


def test_who_is_away_without_anybody_to_replace_them_stays_told() -> None:
    facts = incident(extra_staff_ids=[JOSEPH.staff_id])
    for gone in (
        (away(JOSEPH),),
        (away(JOSEPH, CHAUDHRY), away(CHAUDHRY)),
        (away(JOSEPH, CHAUDHRY), away(CHAUDHRY, JOSEPH)),
        (away(JOSEPH, WALSH),),  # who wrote it
        (away(JOSEPH, person("Stranger")),),
    ):
        told = why(facts, school(*others(*gone), *gone), rules=())
        assert told == {**LINE, JOSEPH.staff_id: {Why.CHOSEN_PERSON}}


def test_a_deputy_who_is_away_is_replaced_by_theirs() -> None:
    gone = (away(JOSEPH, CHAUDHRY), away(CHAUDHRY, TRAN))
    told = why(incident(extra_staff_ids=[JOSEPH.staff_id]), school(*others(*gone), *gone), rules=())
    assert told == {**LINE, TRAN.staff_id: {Why.DEPUTY}}


def test_c12_a_deputy_who_is_shielded_is_passed_over() -> None:
    gone = away(OKAFOR, LINDQVIST)
    told = why(incident(), school(*others(gone), gone, shields=shielded(LINDQVIST)), rules=())
    assert told == {**LINE, HADDAD.staff_id: {Why.STAND_IN}}


def test_r85_of_the_ticked_ones_alone_who_is_away_is_replaced() -> None:
    gone = away(JOSEPH, CHAUDHRY)
    told = chosen(incident(extra_group_ids=[KS2]), school(*others(gone), gone))
    assert {t.staff_id: t.why for t in told} == {
        BOYLE.staff_id: (Why.CHOSEN_GROUP,),
        CHAUDHRY.staff_id: (Why.DEPUTY,),
    }


# ------------------------------------------------------------------------------------------- who is passed over (C12)
def test_c12_a_shielded_lead_dsl_is_not_told_and_a_deputy_is() -> None:
    told = why(incident(), school(shields=shielded(OKAFOR)), rules=())
    deputy = min(HADDAD.staff_id, LINDQVIST.staff_id)
    assert told == {BOYLE.staff_id: {Why.HEAD}, deputy: {Why.STAND_IN}}


def test_c12_a_deputy_who_is_told_anyway_stands_in_so_that_no_second_one_is_told() -> None:
    later = max(HADDAD, LINDQVIST, key=lambda p: p.staff_id)
    told = why(incident(extra_staff_ids=[later.staff_id]), school(shields=shielded(OKAFOR)), rules=())
    assert told == {BOYLE.staff_id: {Why.HEAD}, later.staff_id: {Why.CHOSEN_PERSON, Why.STAND_IN}}


def test_c12_with_no_deputy_left_the_head_stands_in() -> None:
    told = why(incident(), school(shields=shielded(OKAFOR, HADDAD, LINDQVIST)), rules=())
    assert told == {BOYLE.staff_id: {Why.HEAD, Why.STAND_IN}}


def test_c12_with_nobody_left_in_the_school_the_trust_is_told() -> None:
    told = why(incident(), school(shields=shielded(OKAFOR, HADDAD, LINDQVIST, BOYLE)), rules=())
    assert told == {NKEMELU.staff_id: {Why.STAND_IN}}


def test_c12_the_head_is_no_exception_and_the_trust_is_told() -> None:
    told = why(incident(), school(shields=shielded(BOYLE)), rules=())
    assert told == {OKAFOR.staff_id: {Why.LEAD_DSL}, NKEMELU.staff_id: {Why.STAND_IN}}


def test_c12_a_shield_from_the_incident_holds_like_one_from_the_child() -> None:
    assert BOYLE.staff_id not in why(incident(), school(shields=shielded(BOYLE, about=named("incident"))))


def test_c12_a_shield_from_one_child_keeps_from_an_incident_of_several() -> None:
    facts = incident(BEHAVIOUR, pupils=[pupil(SKY, code="6A"), pupil(ROWAN)])
    assert BEVAN.staff_id not in why(facts, school(shields=shielded(BEVAN)))


def test_c12_a_shield_from_another_child_changes_nothing() -> None:
    assert why(incident(), school(shields=shielded(OKAFOR, BOYLE, about=SKY)), rules=()) == LINE


def test_c12_nobody_can_tick_a_shielded_person_in() -> None:
    facts = incident(extra_staff_ids=[CHAUDHRY.staff_id])
    assert CHAUDHRY.staff_id not in why(facts, school(shields=shielded(CHAUDHRY)))


def test_one_of_two_lead_dsls_who_is_shielded_needs_no_stand_in() -> None:
    second = person("Second", Role.LEAD_DSL)
    told = why(incident(), school(*EVERYONE, second, shields=shielded(OKAFOR)), rules=())
    assert told == {BOYLE.staff_id: {Why.HEAD}, second.staff_id: {Why.LEAD_DSL}}


def test_a_deputy_does_not_stand_in_for_what_they_logged_themselves() -> None:
    told = why(incident(author_id=HADDAD.staff_id), school(shields=shielded(OKAFOR, LINDQVIST)), rules=())
    assert told == {BOYLE.staff_id: {Why.HEAD, Why.STAND_IN}}


@pytest.mark.parametrize("gone", [person("Okafor", Role.LEAD_DSL, disabled=True), person("Okafor")])
def test_who_was_disabled_or_has_no_role_left_is_passed_over_and_replaced(gone: Colleague) -> None:
    told = why(incident(), school(BOYLE, gone, LINDQVIST), rules=())
    assert told == {BOYLE.staff_id: {Why.HEAD}, LINDQVIST.staff_id: {Why.STAND_IN}}


def test_a_disabled_member_of_a_group_is_not_told() -> None:
    gone = person("Joseph", Role.PASTORAL, disabled=True)
    assert gone.staff_id not in why(incident(extra_group_ids=[KS2]), school(BOYLE, OKAFOR, gone))


# ------------------------------------------------------------------------------------------------------- never silent
def test_an_incident_before_anybody_is_known_has_nobody_in_line() -> None:
    empty = School(())
    assert nobody_in_line(recipients(incident(), RULES, empty), empty)


def test_a_school_of_which_only_a_teacher_is_known_yet_has_nobody_in_line() -> None:
    here = School((BEVAN,))
    told = recipients(incident(BEHAVIOUR), RULES, here)
    assert told
    assert nobody_in_line(told, here)


def test_when_the_whole_line_is_shielded_and_there_is_no_trust_the_others_are_still_told() -> None:
    here = school(shields=shielded(BOYLE, OKAFOR, HADDAD, LINDQVIST), trust=())
    told = recipients(incident(extra_staff_ids=[CHAUDHRY.staff_id]), (), here)
    assert [person.staff_id for person in told] == [CHAUDHRY.staff_id]
    assert not nobody_in_line(told, here)
