"""Welfare and child protection."""

from deploy.demo.words.concern import Concern, Other, Step
from shared.contracts.words import Part

CONCERNS: tuple[Concern, ...] = (
    Concern(
        "Welfare Concern: Presentation",
        "class_teacher",
        "{A} came in at {at} wearing {wearing}. It is the {nth} day. {He} said “{said}”.",
        "I offered a jumper from the box; {he} put it on. I asked {him} in private whether {he} was warm enough at "
        "home.",
        later=(
            Step(
                "pastoral",
                "Rang home: the washing machine is broken. Uniform bank used. Asked again on Friday: repaired.",
                5,
            ),
        ),
        often=3,
        hours=(8, 9),
        vary={
            "wearing": (
                "the same jumper as on Monday, with a brown stain of about 10 cm on the left sleeve",
                "shoes without laces that are about two sizes too large",
                "a summer dress and no coat; it was 4 degrees outside",
            ),
            "nth": ("third", "fourth"),
            "said": ("mum says tomorrow", "I could not find the other one", "it is my brother’s"),
        },
    ),
    Concern(
        "Welfare Concern: Diet",
        "support",
        "At {at} in the hall {A}’s lunch box had {box} in it. {He} said “{said}”. {He} ate all of it in about two "
        "minutes and asked {B} for bread.",
        "{A} had a hot lunch from the kitchen. I told the office.",
        others=(Other(Part.MENTIONED),),
        later=(Step("pastoral", "Rang home. Form for free school meals filled in together on the telephone.", 3),),
        often=3,
        hours=(12, 12),
        vary={
            "box": ("half a packet of crisps", "one biscuit", "nothing; it was empty"),
            "said": ("there was not any more", "I ate it on the way", "I am saving some for my sister"),
        },
    ),
    Concern(
        "Welfare Concern: Hygiene",
        "teaching_assistant",
        "I changed {A}’s reading book at {at} and sat beside {him}. {His} hair was matted at the back over an area of "
        "about 8 cm, and {he} scratched {his} head nine times in five minutes. {He} said “{said}”.",
        "I told the class teacher. Nothing was said in front of other children.",
        later=(
            Step(
                "pastoral",
                "Spoke with mother at the gate, in private. Leaflet and a comb given. She said thank you.",
                6,
            ),
        ),
        phase="primary",
        often=2,
        vary={"said": ("the shower is cold", "mummy is too tired for hair", "it itches at night")},
    ),
    Concern(
        "Welfare Concern: Home issues",
        "class_teacher",
        "While we tidied up at {at} {A} said to me “{said}”. I asked “do you want to tell me more?” and {he} said "
        "“no, it is a secret”. {He} went back to {his} table.",
        "I told {him} that I would tell somebody whose job it is to help. I told the deputy DSL at once.",
        others=(Other(Part.SIBLING),),
        later=(
            Step(
                "deputy_dsl",
                "Spoke with {a} in the quiet room, with {his} teacher. {He} said the shouting is “at night when he "
                "comes”. Decision: ring mother today, ask for an early help assessment with consent. Alternative "
                "considered: referral now; not made, no injury, mother came in the same day.",
                3,
            ),
        ),
        often=3,
        hours=(11, 14),
        vary={
            "said": (
                "we slept in the car again",
                "there was a big bang and mummy cried",
                "we have to be quiet when the man comes",
                "the lights went off and we had candles",
            ),
        },
    ),
    Concern(
        "Welfare Concern: General",
        "support",
        "At {at}, at the gate, the adult who collected {A} {did}. {A} held the railing with both hands and said "
        "“{said}”. They left in a {car} at {at2}.",
        "I asked a colleague to come. {A} had gone by then. I told the DSL on the telephone within five minutes.",
        later=(
            Step(
                "deputy_dsl",
                "Rang home at once. {A} home and spoken with on the telephone by a person {he} knows. Seen in school "
                "next morning.",
                1,
            ),
        ),
        often=2,
        hours=(15, 15),
        vary={
            "did": (
                "smelt of alcohol and held on to the wall",
                "was not on the list and gave no name",
                "shouted “get in now” three times",
            ),
            "said": ("I want to wait for nan", "not today"),
            "car": ("white van", "blue car", "taxi"),
            "at2": ("15:24", "15:31"),
        },
    ),
    Concern(
        "Welfare Concern: Online safety concern",
        "class_teacher",
        "In computing at {at} {A} told the table that {he} plays {game} until “about two”, and that somebody there "
        "called “{nick}” asks {him} which school {he} goes to.",
        "I talked with the class about what not to share. I asked {a} to show a parent tonight. I told the DSL.",
        later=(
            Step(
                "pastoral",
                "Rang mother; she has the tablet now and has blocked the account. Online safety guide sent.",
                4,
            ),
        ),
        often=2,
        vary={"game": ("a building game", "a racing game"), "nick": ("Uncle Joe", "KingFox", "Sunny14")},
    ),
    Concern(
        "Child Protection Incident: Disclosure",
        "support",
        "At {at} I was wiping tables in the dining hall. {A} stayed at the table after the others went out. I asked "
        "if {he} was finished. {He} said “{said}”. I said thank you for telling me and that I would tell the DSL. "
        "{He} rolled up {his} left sleeve and showed me a mark above the elbow, about 3 cm, {colour}.",
        "I told the DSL in person straight after and stayed with {a} until she came.",
        urgent=True,
        later=(
            Step(
                "deputy_dsl",
                "Spoke with {a} in the nurture room with a colleague; {his} words written down as {he} said them. "
                "Decision: refer to children’s social care today. Reason: disclosure with an injury. Consent not "
                "sought: would place the child at risk.",
                0.5,
            ),
            Step(
                "deputy_dsl",
                "Referral made by telephone and in writing. Strategy discussion tomorrow at 10:00. {A} to stay in "
                "school until we hear.",
                2.5,
            ),
        ),
        hours=(12, 12),
        vary={
            "said": (
                "he grabbed me when I dropped the plate",
                "I do not want to go home, he locked me in the shed again",
                "I got the belt because of my shoes",
            ),
            "colour": ("yellow and brown", "dark blue", "red, with four smaller marks beside it"),
        },
    ),
    Concern(
        "Child Protection Incident: Disclosure",
        "teacher",
        "{A} stayed behind at {at} and said “{said}”. I listened and did not ask who. {He} asked me not to tell "
        "anyone. I said that I could not promise that, and whom I would tell. {He} nodded.",
        "I walked with {a} to the DSL’s office. I wrote this within twenty minutes.",
        urgent=True,
        phase="secondary",
        later=(
            Step(
                "deputy_dsl",
                "Met {a}. Decision: referral to children’s social care, same day. Reason: immediate risk named by the "
                "child. {A} chose the adult to sit with {him}.",
                0.7,
            ),
        ),
        vary={
            "said": (
                "I have not been home since Thursday, I stay at a man’s flat",
                "my mum’s boyfriend comes into my room",
                "I cut myself last night and it is deep",
            )
        },
    ),
    Concern(
        "Child Protection Incident: Domestic Abuse incident",
        "class_teacher",
        "At {at}, in circle time, {A} said “{said}”. {B}, {his} sibling, was not in the room. I moved on with the "
        "group and then sat with {a} by the window.",
        "I told the DSL at 10:50, in person. I have the exact words on a sheet, signed.",
        others=(Other(Part.SIBLING),),
        later=(
            Step(
                "deputy_dsl",
                "Spoke with both children. Rang the social worker already known to the family; she will visit today. "
                "Mother not rung, on her advice.",
                1.5,
            ),
        ),
        urgent=True,
        phase="primary",
        hours=(9, 10),
        vary={"said": ("daddy broke the door and mummy hid with me in the bath", "the police came and took his knife")},
    ),
    Concern(
        "Child Protection Incident: Encompass",
        "deputy_dsl",
        "Operation Encompass notice received at {at}, before the start of school, about {A} and {B}. Police attended "
        "the home address at 22:35 last night after a call by a neighbour. Both children were upstairs; an officer "
        "spoke with them. Words of {a} as noted by the officer: “{said}”.",
        "Reply sent. Class teachers asked to give a soft start; no details shared.",
        others=(Other(Part.SIBLING),),
        later=(
            Step(
                "deputy_dsl",
                "Both children seen at 09:05 and at the end of the day. {A} ate breakfast, {b} wanted to stay near an "
                "adult.",
                7,
            ),
        ),
        often=2,
        hours=(7, 8),
        vary={
            "said": (
                "it was only shouting this time",
                "I put the pillow on my ears",
                "I wanted to ring nan but he had the phone",
            )
        },
    ),
    Concern(
        "Child Protection Incident: Online safety concern",
        "teacher",
        "At {at} {A} told me that {he} had sent a picture of {him}self to somebody {he} met online and that the "
        "person now asks for “{said}”. {He} did not show me anything and I did not ask to see it.",
        "I told {a} that {he} had done right to tell me. I went with {him} to the DSL at once.",
        urgent=True,
        phase="secondary",
        later=(
            Step(
                "deputy_dsl",
                "Decision: report to the police today, with {his} mother told first. Reason: extortion of a child. "
                "Nobody in school has viewed or copied any image.",
                1,
            ),
        ),
        vary={"said": ("fifty pounds or it goes to everyone", "another one by tonight")},
    ),
    Concern(
        "Child Protection Plan: CP conference",
        "lead_dsl",
        "Review conference about {A} and {B} at {at}, by video. Present: chair, social worker, health visitor, "
        "mother, me. The conference decided that the plan continues under {heading}. {A}’s own words, from the direct "
        "work: “{said}”.",
        "Outline plan noted. Core group dates in the calendar.",
        others=(Other(Part.SIBLING),),
        hours=(9, 11),
        vary={
            "heading": ("neglect", "emotional abuse"),
            "said": ("I want mum to get better and a bed that is mine", "I like it when we eat together"),
        },
    ),
    Concern(
        "Child Protection Plan: Core Group Meeting",
        "deputy_dsl",
        "Core group for {A} at {at}. Present: social worker, mother, family support worker, me. Attendance since the "
        "last meeting {n} per cent. Mother said “{said}”.",
        "School’s part: breakfast every day, a named adult, weekly call to the social worker.",
        often=2,
        hours=(10, 14),
        vary={"n": ("88", "91", "94"), "said": ("mornings are better since the rota", "the house is warm now")},
    ),
    Concern(
        "CAF/Early Help Plan: Early Help Assessment",
        "pastoral",
        "Early help assessment with {A}’s mother at {at}, in school. She gave consent in writing. Needs named by her: "
        "{needs}. {A} drew {his} house and said “{said}”.",
        "Assessment sent to the early help hub. First team meeting in three weeks.",
        vary={
            "needs": ("housing, sleep, a break on Saturdays", "money, the baby’s health, somebody to talk to"),
            "said": ("that is the wet wall", "this is where I hide my books"),
        },
    ),
    Concern(
        "CAF/Early Help Plan: TAF meeting",
        "pastoral",
        "Team around the family for {A} and {B} at {at}. Present: mother, housing officer, school nurse, me. Two of "
        "five actions are done. Mother said “{said}”.",
        "New actions with names and dates noted. Next meeting in six weeks.",
        others=(Other(Part.SIBLING),),
        vary={"said": ("the damp letter helped", "I did not think anybody would come")},
    ),
    Concern(
        "Family Intensive Support",
        "deputy_dsl",
        "The family support worker rang at {at} about {A}. She has visited three times this week. She reports "
        "{report}.",
        "Class teacher told that morning routines are being worked on; no more shared.",
        vary={"report": ("food in the house and a bedtime that is kept", "that the door was not opened on two visits")},
    ),
    Concern(
        "CLA and Post CLA: PEP meeting",
        "senco",
        "Personal education plan meeting for {A} at {at}. Present: foster carer, social worker, virtual school, me. "
        "{A} said “{said}”. Targets: reading age, one club after school.",
        "Pupil premium plus: ten hours of tutoring asked for.",
        vary={"said": ("I want the same teacher in summer", "can my sister come to the club")},
    ),
    Concern(
        "CLA and Post CLA: CLA review",
        "deputy_dsl",
        "Review for {A} at {at}, chaired by the independent reviewing officer. The placement is stable since "
        "September. {A} asked for “{said}”.",
        "School report read out. Next review in six months.",
        vary={"said": ("one more call with my brother each week", "a key for the front door")},
    ),
    Concern(
        "CLA and Post CLA: Care Planning",
        "deputy_dsl",
        "The social worker rang at {at}: {A} moves to a new carer on Friday, in the same town. {A} has been told by "
        "her. School is to stay the same.",
        "Taxi arranged from Monday. Named adult told. I asked {a} at lunch how {he} was; {he} said “can I bring my "
        "fish”.",
        hours=(10, 12),
    ),
)
