"""Who is told together in each invented school (R67, R71): groups by name, their people by job."""

from deploy.demo.people import Person, staff_of
from deploy.demo.schools import HARBOUR, OAKFIELD, WILLOW_LANE, School

BEHAVIOUR = {
    # The policy's own example: head, key stage 2 leader, learning mentor, attendance and behaviour officer.
    OAKFIELD.key: (
        "KS2 Behaviour",
        ("Head", "Deputy head, key stage 2 leader", "Learning mentor", "Attendance and behaviour officer"),
    ),
    WILLOW_LANE.key: ("KS2 Behaviour", ("Head", "Key stage 2 leader", "Learning mentor")),
    HARBOUR.key: (
        "Behaviour",
        ("Principal", "Vice principal", "Head of year 7 and 8", "Head of year 10 and 11"),
    ),
}


def behaviour_group(school: School) -> tuple[str, tuple[Person, ...]]:
    """Its name and its members."""
    name, jobs = BEHAVIOUR[school.key]
    return name, tuple(person for person in staff_of(school) if person.job in jobs)
