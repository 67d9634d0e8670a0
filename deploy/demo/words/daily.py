"""Attendance, health, home, learning: the everyday entries that make a pattern when they stand side by side."""

from deploy.demo.words.concern import Concern, Other, Step
from shared.contracts.words import Part

CONCERNS: tuple[Concern, ...] = (
    Concern(
        "Attendance: Punctuality",
        "office",
        "{A} arrived at {at}. The register had closed at 08:55. {He} came in with {with_}. {With} said “{said}”. This "
        "is the {nth} late arrival since half term.",
        "Late mark entered. I asked at the desk whether breakfast had been had; {a} said “{ate}”.",
        later=(
            Step(
                "pastoral",
                "Rang home. Agreed that {a} can come to breakfast club from 07:50 for two weeks, without charge.",
                4,
            ),
        ),
        often=4,
        hours=(9, 9),
        vary={
            "with_": ("a grandmother", "an older sister", "an uncle"),
            "With": ("She", "The adult with {him}"),
            "said": ("the bus did not come", "{his} mum is still asleep", "we overslept again"),
            "nth": ("third", "fourth", "fifth"),
            "ate": ("not yet", "some crisps", "yes, toast"),
        },
    ),
    Concern(
        "Attendance: Unauthorised",
        "office",
        "{A} was not in school on {days}. I rang the first contact at 09:40 and at 11:15 on each day; there was no "
        "answer and the voice mail was full. The second contact answered today at {at} and said “{said}”.",
        "Absence coded as unauthorised. I told the attendance lead in person.",
        later=(
            Step(
                "pastoral",
                "Home visit at 14:20 with a colleague. {A} opened the door with {his} mother behind {him}. {A} was "
                "seen and spoken with. Mother said her telephone had been cut off; new number noted.",
                5,
            ),
        ),
        often=2,
        hours=(9, 11),
        vary={
            "days": ("Monday and Tuesday", "three days this week", "Thursday and Friday"),
            "said": ("I think they have gone to her sister’s", "they should be in, I dropped them at the corner"),
        },
    ),
    Concern(
        "Attendance: Leave of Absence request",
        "office",
        "A form asking for leave was handed in at {at} for {A}: ten school days from the last week of term, for "
        "“{said}”. The form names {B} as a sibling who will go too.",
        "Form passed to the head. I said that an answer would come in writing within five school days.",
        others=(Other(Part.SIBLING),),
        later=(
            Step(
                "senior_leader",
                "Not authorised beyond three days. Letter sent. Date of return to be confirmed in writing.",
                26,
            ),
        ),
        closed="Answered in writing; return date confirmed.",
        hours=(8, 9),
        vary={"said": ("a family wedding", "visiting a grandparent who is ill", "a religious festival abroad")},
    ),
    Concern(
        "Health: Medical appointment",
        "office",
        "{A} was collected at {at} by {his} {who_} for an appointment at the {clinic}. An appointment letter was "
        "shown at the desk.",
        "Signed out. Back at 14:05.",
        closed="For information only.",
        often=2,
        hours=(10, 12),
        vary={
            "who_": ("mother", "father", "foster carer", "grandmother"),
            "clinic": ("hospital", "dentist", "eye clinic"),
        },
    ),
    Concern(
        "Health: Medication",
        "teaching_assistant",
        "At {at} {A} came in from play and said “my chest is tight”. I counted about 32 breaths in one minute. The "
        "blue inhaler in the class box was empty; the spare in the office was in date.",
        "{A} had {puffs} puffs with the spacer at the office with me present. After ten minutes I counted 22 breaths. "
        "Home was rung.",
        later=(Step("senco", "New inhaler asked for in writing. Care plan dates checked: review due next month.", 20),),
        often=2,
        hours=(10, 13),
        vary={"puffs": ("two", "four", "six")},
    ),
    Concern(
        "Health: Care Plan",
        "senco",
        "Annual review of {A}’s individual healthcare plan at {at} with {his} mother and the school nurse. The plan "
        "now names {change}. Mother said “we have not had a night in hospital since summer”.",
        "Plan signed by all three. Copies to the class team and the kitchen.",
        closed="Plan in force until the next annual review.",
        vary={"change": ("a second trained adult on trips", "a lower dose in the morning", "a new emergency contact")},
    ),
    Concern(
        "Health: COVID",
        "office",
        "{A}’s father rang at {at} to say that {a} and a brother tested positive last night and have a temperature. "
        "He asked about work to do.",
        "Absence coded as illness. Reading sent home through the parent app.",
        closed="Back in school after four days.",
        hours=(8, 9),
    ),
    Concern(
        "Home Communication: Telephone call with parent",
        "class_teacher",
        "I rang {A}’s {who_} at {at} about {about}. {Who} said “{said}”. The call lasted about eight minutes. I said "
        "what we had noticed and asked what would help.",
        "Agreed: a note in the reading record every Friday. I will ring again in two weeks.",
        often=3,
        hours=(15, 16),
        vary={
            "who_": ("mother", "father", "grandmother"),
            "Who": ("The answer was short. The person on the line",),
            "about": ("homework", "friendships at play", "tiredness in the afternoon"),
            "said": (
                "we are doing our best, there are five of us in two rooms",
                "he tells me nothing",
                "thank you for ringing",
            ),
        },
    ),
    Concern(
        "Home Communication: Email from parent",
        "office",
        "An e-mail came to the office at {at} from {A}’s mother. It says that {his} father moved out at the weekend, "
        "that “{said}”, and that only she and the grandmother will collect from now on.",
        "Printed copy not made. Collection list not changed yet; I told the DSL and the class teacher.",
        later=(
            Step(
                "deputy_dsl",
                "Rang mother. No court order in place. Explained that without one we cannot refuse a parent; agreed "
                "that we ring her first. {A} spoken with: “it is quieter now”.",
                3,
            ),
        ),
        often=2,
        hours=(8, 10),
        vary={"said": ("he is upset and may come to school", "the children know and are fine to talk about it")},
    ),
    Concern(
        "Home Communication: Formal Meeting",
        "senior_leader",
        "Meeting at {at} with both parents of {A} about {about}. Present: the parents, the class teacher, me. Both "
        "parents said they wanted one plan for home and school. Father said “{said}”.",
        "Plan of three points agreed and read out. Next meeting in four weeks.",
        vary={
            "about": ("the reduced timetable", "two exclusions this term", "moving class"),
            "said": ("we were never told about the second one", "this is the first time someone asked us"),
        },
    ),
    Concern(
        "Home Communication: Legal Proceedings",
        "office",
        "A letter from a solicitor’s firm came by recorded post at {at}. It asks for “all records held” about {A} "
        "within 14 days. The letter names {his} father as the client.",
        "Nothing was sent. Letter given to the head and the data protection officer.",
        later=(
            Step(
                "deputy_dsl",
                "Spoke with the data protection officer: a request on behalf of a parent, identity to be confirmed "
                "first. Clock noted.",
                6,
            ),
        ),
        hours=(9, 10),
    ),
    Concern(
        "Home Communication: Parent App",
        "class_teacher",
        "At {at} I answered a message in the parent app from {A}’s mother. She had written “{said}” at 23:50 last "
        "night.",
        "I thanked her, and said I would pass it on to the pastoral team, who ring between 9 and 10.",
        hours=(8, 9),
        vary={
            "said": (
                "{a} is scared to come in and will not say why",
                "is there any help with uniform",
                "can someone ring me please",
            )
        },
    ),
    Concern(
        "Home Communication: Remote Learning",
        "class_teacher",
        "{A} has been at home for five days after an operation. On the video call at {at} {he} was in bed with the "
        "camera on. {He} showed me the page {he} had done and said “{said}”.",
        "Work for three days sent. I will call again on Thursday.",
        closed="Back in school.",
        vary={"said": ("it is boring without everyone", "mum is at work so my brother does lunch")},
    ),
    Concern(
        "Home Communication: School Report",
        "class_teacher",
        "At the reports evening at {at} {A}’s father read the report in front of me and said to {a} “{said}”. {A} "
        "looked at the floor and did not speak for the rest of the appointment, about six minutes.",
        "I said that I was pleased with {his} writing and showed two pages. I asked {a} the next morning how {he} "
        "was; {he} said “fine”.",
        hours=(16, 16),
        vary={"said": ("wait until we get home", "your brother never had one of these")},
    ),
    Concern(
        "SEND: Cause for Concern",
        "class_teacher",
        "In {lesson} at {at} I watched {A} for 20 minutes. {He} left {his} seat nine times, wrote two lines and asked "
        "me four times what the task was. {He} read the same line three times with {his} finger under it.",
        "Task given in three steps on a card. {He} finished two of three.",
        later=(
            Step(
                "senco",
                "Observed on two mornings. Parents spoken with; agreed to an assessment of reading. On the SEN "
                "support list.",
                30,
            ),
        ),
        often=2,
        vary={"lesson": ("writing", "phonics", "mathematics", "topic work")},
    ),
    Concern(
        "SEND: EHCP",
        "senco",
        "Annual review of {A}’s education, health and care plan at {at}. Present: mother, class teacher, speech "
        "therapist, me. {A} came for the first part and said “{said}”.",
        "Targets rewritten. Papers go to the authority within ten days.",
        vary={"said": ("I like it when there are not so many people", "I want to walk to school with my cousin")},
    ),
    Concern(
        "Mental Well Being: Support",
        "class_teacher",
        "At {at} {A} asked to stay in. {He} said “{said}”. I sat beside {him}. {He} drew for about ten minutes and "
        "did not want to say more. {He} has asked to stay in on four days out of five.",
        "I told the pastoral lead at the end of the day and asked for a check-in.",
        later=(Step("pastoral", "Check-in twice a week agreed with {a} and with home.", 24),),
        often=3,
        hours=(10, 13),
        vary={
            "said": (
                "my tummy hurts when it is loud",
                "I do not have anyone",
                "it is better in here",
                "I did not sleep, I was thinking",
            )
        },
    ),
    Concern(
        "Mental Well Being: ELSA",
        "pastoral",
        "Session {nth} of six with {A} at {at}. We used the feelings scale: {he} put today at {n} out of ten. {He} "
        "said “{said}”.",
        "Next session on the same day next week.",
        often=2,
        vary={
            "nth": ("two", "three", "four"),
            "n": ("three", "five", "six"),
            "said": ("it goes up when dad rings", "I told my mum and she listened", "I used the breathing one"),
        },
    ),
    Concern(
        "Mental Well Being: Direct Work",
        "pastoral",
        "Direct work with {A} at {at}: a map of people {he} trusts. {He} put a neighbour and a teaching assistant in "
        "the first circle and “{said}” outside.",
        "{He} kept the map. I noted who is on it.",
        vary={"said": ("my step-dad", "nobody else", "my cousin, for now")},
    ),
    Concern(
        "Mental Well Being: EMHP",
        "pastoral",
        "First appointment of {A} with the education mental health practitioner at {at}, in school, {his} mother "
        "present for ten minutes. {A} agreed to eight sessions. {He} said “{said}”.",
        "Room booked. Mother has the consent form.",
        vary={"said": ("I will try it", "as long as it is not in lesson time")},
    ),
)
