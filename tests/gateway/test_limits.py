from services.gateway import limits
from services.gateway.limits import Limiter, Policy, told


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_one_after_the_last_is_refused_until_the_window_ends() -> None:
    clock = Clock()
    limiter = Limiter(Policy("session", 2, 60), clock=clock)
    assert [limiter.take("a").refused for _ in range(3)] == [False, False, True]
    clock.now += 59
    assert limiter.take("a").refused
    clock.now += 1
    assert not limiter.take("a").refused


def test_one_key_takes_nothing_from_another() -> None:
    limiter = Limiter(Policy("session", 1, 60))
    assert not limiter.take("a").refused
    assert not limiter.take("b").refused


def test_what_is_left_and_for_how_long() -> None:
    clock = Clock()
    limiter = Limiter(Policy("session", 3, 60), clock=clock)
    limiter.take("a")
    clock.now += 20
    standing = limiter.take("a")
    assert (standing.remaining, standing.seconds_left) == (1, 40)


def test_header_fields_are_those_of_the_draft_with_the_scarcest_first() -> None:
    session = Limiter(Policy("session", 2, 60)).take("a")
    address = Limiter(Policy("address", 9, 60)).take("b")
    assert told([address, session]) == [
        (b"ratelimit-policy", b'"session";q=2;w=60, "address";q=9;w=60'),
        (b"ratelimit", b'"session";r=1;t=60, "address";r=8;t=60'),
    ]
    assert told([]) == []


def test_memory_is_bounded_and_ended_windows_go_first(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(limits, "MOST_KEYS", 100)
    limiter = Limiter(Policy("address", 1, 60))
    for number in range(1000):
        limiter.take(str(number))
    assert len(limiter._windows) <= 100
    assert limiter.take("999").refused
