"""The states of an alert: every state and every step."""

import pytest

from services.alerting.domain.states import LEADS_TO, TAKES, State, Step, after


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", State)
def test_a_step_twice_is_a_step_once(state: State, step: Step) -> None:
    once = after(state, step)
    assert after(once, step) == once


def test_c9_read_acknowledged_and_done_are_three_things() -> None:
    assert after(State.UNREAD, Step.READ) is State.READ
    assert after(State.READ, Step.ACKNOWLEDGE) is State.ACKNOWLEDGED
    assert after(State.ACKNOWLEDGED, Step.DONE) is State.DONE


@pytest.mark.parametrize("state", [State.ACKNOWLEDGED, State.DONE])
def test_what_is_further_along_does_not_go_back_by_being_read(state: State) -> None:
    assert after(state, Step.READ) is state


def test_r88_who_marked_as_read_can_be_re_added() -> None:
    assert after(State.READ, Step.READD) is State.UNREAD
    assert after(State.DONE, Step.READD) is State.UNREAD
    assert after(State.WITHDRAWN, Step.READD) is State.UNREAD


@pytest.mark.parametrize("step", [Step.READ, Step.ACKNOWLEDGE, Step.DONE])
def test_nobody_does_anything_with_an_alert_that_was_withdrawn(step: Step) -> None:
    assert after(State.WITHDRAWN, step) is State.WITHDRAWN


def test_every_step_is_in_both_tables() -> None:
    assert set(LEADS_TO) == set(TAKES) == set(Step)
