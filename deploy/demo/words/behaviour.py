"""Behaviour and child-on-child incidents."""

from deploy.demo.words.concern import Concern, Other, Step
from shared.contracts.words import Part

_PHYSICAL_HARM = "Peer on peer abuse: Physical Harm"

CONCERNS: tuple[Concern, ...] = (
    Concern(
        "Behaviour incident: Physical",
        "support",
        "At {at} I was on duty by {place}. I saw {A} hold {B} by the {hold} with both hands and push {bhim} "
        "backwards. {B} fell on to {bhis} hands. {A} said “{said}”. I stood between them and asked {a} to walk to the "
        "wall with me.",
        "I asked both children what had happened, one at a time. {B} went to the first aider, who saw a graze of "
        "about 2 cm on the right palm and cleaned it. {A} missed ten minutes of play.",
        part=Part.ALLEGED,
        others=(Other(Part.HARMED, _PHYSICAL_HARM),),
        later=(
            Step(
                "pastoral",
                "Met with {a} and {b} together. {A} said “I did not mean you to fall over.” {B} said it had not "
                "happened before. Both agreed to use the other half of the yard this week.",
            ),
        ),
        closed="Restorative meeting held; both families told by telephone; nothing further since.",
        phase="primary",
        often=4,
        hours=(12, 12),
        vary={
            "place": ("the climbing frame", "the water fountain", "the goalposts", "the bottom steps"),
            "hold": ("jumper", "coat sleeves", "hood"),
            "said": ("You always cut in", "That was my turn", "Say it again", "Give it back"),
        },
    ),
    Concern(
        "Behaviour incident: Physical",
        "teacher",
        "At {at}, at the change of lessons, I was at my door in {place}. {A} and {B} were shouting at each other. {A} "
        "hit {B} once on the left shoulder with a closed hand. {B} pushed {A} with both hands. {C} was standing next "
        "to them and said to me “they have been doing this since form”. I said both names and they stopped.",
        "{A} and {B} went to separate rooms with a member of staff each. No mark was seen on either pupil. Both wrote "
        "an account, which is with the form tutor.",
        part=Part.ALLEGED,
        others=(Other(Part.HARMED), Other(Part.WITNESS)),
        later=(
            Step(
                "pastoral",
                "Rang both homes. Half a day in the reflection room for {a}. Sanction: internal exclusion, periods 4 "
                "and 5.",
                3,
            ),
        ),
        closed="Sanction completed, mediation held with both pupils.",
        phase="secondary",
        often=4,
        vary={"place": ("the science corridor", "the east stairwell", "the languages corridor")},
    ),
    Concern(
        "Behaviour incident: Verbal",
        "class_teacher",
        "During {lesson} at {at} I asked {A} to move to the front table. {He} said “{said}” and put {his} pencil case "
        "on the floor. I repeated the instruction two times with about one minute between. {A} moved on the third "
        "time.",
        "I spoke with {a} at the end of the lesson. {He} said {he} had not slept. {He} finished the work in {his} own "
        "time.",
        closed="No repeat within a week; spoken with at the gate.",
        often=4,
        hours=(9, 14),
        vary={
            "lesson": ("mathematics", "English", "science", "history"),
            "said": ("I am not doing that", "No, you move", "Make me", "This is a joke"),
        },
    ),
    Concern(
        "Behaviour incident: Verbal",
        "teaching_assistant",
        "At {at} I was working with a group of four in the library. {A} called {B} “{said}” two times. {B} did not "
        "answer and looked down at {bhis} book. I asked {a} to stop and {he} said “{bhe} knows it is a joke”.",
        "I moved {b} to sit beside me and told the class teacher at the end of the session.",
        part=Part.ALLEGED,
        others=(Other(Part.HARMED),),
        often=3,
        hours=(10, 14),
        vary={"said": ("thick", "baby", "loser", "fake friend")},
    ),
    Concern(
        "Behaviour incident: Online",
        "class_teacher",
        "Before registration {B} showed me a tablet. In the class chat {A} had written to {bhim} “{said}” at 19:42 "
        "yesterday, and six other pupils had reacted with a laughing face. {B} said “I do not want to come in "
        "tomorrow”.",
        "I wrote down the words and the time. I did not take a photograph. I told {b} I would speak with the "
        "safeguarding team.",
        part=Part.ALLEGED,
        others=(Other(Part.HARMED, "Peer on peer abuse: Online Abuse"),),
        later=(
            Step(
                "pastoral",
                "Spoke with {a} with {his} mother in school. {A} deleted the message and left the group. The mother "
                "asked for help with the settings; I gave her the guide.",
                5,
            ),
        ),
        often=2,
        hours=(8, 8),
        vary={"said": ("nobody wants you in our group", "everyone saw what you did", "just leave the chat then")},
    ),
    Concern(
        "Behaviour incident: Sexual behaviour",
        "teaching_assistant",
        "At {at}, at the end of swimming, I was outside the changing room. {B} came out and told me that {A} had "
        "pulled {bhis} towel down and said “{said}”. Three other children were in the room. I have not asked them "
        "anything.",
        "I told the deputy DSL at once, in person. {A} and {B} went back to school on different minibuses.",
        part=Part.ALLEGED,
        others=(Other(Part.HARMED, "Peer on peer abuse: Sexual Violence and Harassment"),),
        later=(
            Step(
                "deputy_dsl",
                "Spoke with {b} with {bhis} teacher present, then with {a}. Decision: risk assessment for changing, "
                "both families told today. Reason: a first incident, no threat, {b} says {bhe} feels safe. Considered "
                "a referral; not made at this point, to be reviewed in two weeks.",
                3,
            ),
        ),
        hours=(11, 14),
        vary={"said": ("Everybody look", "I saw everything")},
    ),
    Concern(
        "Peer on peer abuse: Bullying Allegation",
        "office",
        "{B}’s father telephoned the office at {at}. He said that {B} had cried before school on three mornings and "
        "had told him that {A} and two others “take {bhis} snack every day and say {bhe} has to pay to sit there”. He "
        "asked for somebody to ring him today.",
        "I said that I would pass this on straight away. I told the pastoral lead in person.",
        part=Part.ALLEGED,
        others=(Other(Part.HARMED),),
        later=(
            Step(
                "pastoral",
                "Rang {b}’s father at the end of the day. Spoke with {b}, who named the table and the times. Seating "
                "at lunch changed. {A} and the two others spoken with separately; accounts kept.",
                4,
            ),
            Step("senior_leader", "Met the father. Follow-up in one week and in four weeks agreed.", 26),
        ),
        often=2,
        hours=(8, 9),
    ),
    Concern(
        "Peer on peer abuse: Racist",
        "support",
        "At {at} in the lunch queue {A} said to {B} “{said}”. I was about one metre away. {B} stepped out of the "
        "queue and stood by the wall. {C} was behind them and said to me “{he} says that all the time”.",
        "I said to {a} that this is not acceptable in this school and sat with {b} until lunch was over. I told the "
        "head.",
        part=Part.ALLEGED,
        others=(Other(Part.HARMED), Other(Part.WITNESS)),
        later=(
            Step(
                "senior_leader",
                "Recorded as a racist incident. Met {a} and a parent. Sanction: two lunchtimes inside. Spoke with {b} "
                "and both parents, who thanked the member of staff who reported it.",
                5,
            ),
        ),
        closed="Reported to the governing body in the termly figures; both families satisfied with what was done.",
        hours=(12, 12),
        vary={"said": ("go back to your own country", "your food stinks, like your house", "you lot are all the same")},
    ),
    Concern(
        "Peer on peer abuse: LGBT",
        "teacher",
        "At {at}, while I was handing out books, {A} said across the room to {B} “{said}”. Four pupils laughed. {B} "
        "left the room without asking. I found {bhim} by the lockers; {bhe} said “it is every lesson”.",
        "I walked with {b} to the pastoral office and stayed until someone was there. {A} has a detention with me.",
        part=Part.ALLEGED,
        others=(Other(Part.HARMED),),
        later=(
            Step("pastoral", "{B} named two lessons. Seating changed in both; teachers told. Check-in every Friday."),
        ),
        phase="secondary",
        vary={"said": ("that’s so gay, like you", "do you want to be a boy or a girl today")},
    ),
    Concern(
        "Peer on peer abuse: Online Abuse",
        "class_teacher",
        "{B} asked to speak to me at {at}. {Bhe} showed me a message on {bhis} tablet which read “{said}” from an "
        "account with {A}’s name and photograph. {Bhe} said it came at ten o’clock last night, and that there had "
        "been about eight this week.",
        "I wrote down the words, the account name and the times. {B} kept the tablet. I told the DSL in person before "
        "the next lesson.",
        part=Part.ALLEGED,
        others=(Other(Part.HARMED),),
        later=(
            Step(
                "deputy_dsl",
                "Saw the messages with {b} and {bhis} mother. {A} says the account is not {his}. Asked the network "
                "manager for the filter log. Decision: both families to report the account to the provider.",
                4,
            ),
        ),
        often=2,
        vary={"said": ("you should not be here", "wait till Monday", "send it or I tell everyone")},
    ),
    Concern(
        _PHYSICAL_HARM,
        "support",
        "At {at} {B} came to me in the playground with {bhis} left hand under {bhis} arm. {A} stood a few steps "
        "behind. {Bhe} said “{a} bent my fingers back until I gave it to {him}”. I saw that two fingers of the left "
        "hand were red along the joint, about 2 cm.",
        "First aid was given at the office, with a cold pack for ten minutes. {A} was asked to stand with me until "
        "the bell.",
        part=Part.ALLEGED,
        others=(Other(Part.HARMED),),
        later=(
            Step(
                "pastoral",
                "Both families rung. {A} said {he} wanted the football card back. Card returned to its owner.",
            ),
        ),
        phase="primary",
        often=2,
        hours=(10, 13),
    ),
    Concern(
        "Peer on peer abuse: SEND abuse",
        "teaching_assistant",
        "At {at} I support {B} in this lesson. {A} copied the sounds that {b} makes when {bhe} is working, five times "
        "while I was at the next table. {C} asked {a} to stop. {B} put {bhis} ear defenders on and then got under the "
        "table.",
        "I sat on the floor with {b} for about ten minutes until {bhe} came out. The teacher spoke with {a} outside.",
        part=Part.ALLEGED,
        others=(Other(Part.HARMED), Other(Part.WITNESS)),
        later=(Step("senco", "Spoke with the class about difference, with {b}’s agreement. {A} wrote a letter.", 24),),
    ),
    Concern(
        "Peer on peer abuse: Sexual Violence and Harassment",
        "teacher",
        "At {at}, at the end of the lesson, {B} stayed behind and said “{A} keeps sending me things and touched my "
        "leg under the desk again”. I said thank you for telling me, and that I would have to pass it on. {Bhe} said "
        "it had been {times}.",
        "I did not ask any more questions. I walked with {b} to the DSL and told her in person at once.",
        part=Part.ALLEGED,
        others=(Other(Part.HARMED),),
        later=(
            Step(
                "deputy_dsl",
                "Spoke with {b} with a trusted adult present. Decision: consult children’s social care and the police "
                "liaison officer today. Reason: repeated, images mentioned. {A} to be taught apart from {b}, without "
                "prejudice. {B}’s mother told; {a}’s family to be told after advice from the police.",
                1.5,
            ),
        ),
        urgent=True,
        phase="secondary",
        vary={"times": ("“three or four times”", "“since half term”")},
    ),
)
