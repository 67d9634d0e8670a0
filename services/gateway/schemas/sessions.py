from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import LOGGED, OKAFOR, SCHOOL, TOKEN, Answer, Line, Secret, TotpCode, example
from shared.contracts.words import Role, TrustRole
from shared.schemas import Body

Assured = Literal["password", "mfa", "elevated"]
CSRF_EXAMPLE = "5f7c2b0e9d1a4c3388f06d1b7a2e4c5d6f708192a3b4c5d6e7f8091a2b3c4d5e"


class SignIn(Body):
    model_config = example(email="a.okafor@rowan-lane.example", password="three lamps over the quiet canal")

    email: Line
    password: Secret


class NewPassword(Body):
    model_config = example(
        link="Hq3v0cYb1mXw8TtLr5ZfJ2uKs9NdAeGo6PiQyBxVk4M", password="three lamps over the quiet canal"
    )

    link: Secret
    password: Secret


class ForgottenPassword(Body):
    model_config = example(email="a.okafor@rowan-lane.example")

    email: Line


class Said(Answer):
    model_config = example(
        message="If this address is set up in Heed, a mail with a link is on its way; the link is good for one hour. "
        "If no mail comes, you are not set up yet: see your designated safeguarding lead."
    )

    message: str


class SecondFactor(Body):
    model_config = example(code="492039", remember=True)

    code: TotpCode
    remember: bool = Field(False, description="spare this browser the second factor for 30 days; not elevated access")


class Code(Body):
    model_config = example(code="492039")

    code: TotpCode


class Password(Body):
    model_config = example(password="three lamps over the quiet canal")

    password: Secret


class ChooseSchool(Body):
    model_config = example(school_id=SCHOOL)

    school_id: UUID


class SchoolChoice(Answer):
    id: UUID
    name: str


class SignedIn(Answer):
    model_config = example(
        assurance="password",
        needs="second-factor",
        second_factors=["code", "passkey"],
        schools=[{"id": SCHOOL, "name": "Rowan Lane Primary School"}],
        school_id=SCHOOL,
        csrf_token=CSRF_EXAMPLE,
    )

    assurance: Assured
    needs: Literal["second-factor", "enrolment"] | None = Field(
        description="what is asked next, if anything: a code, or to set up the second factor it comes from"
    )
    second_factors: list[Literal["code", "passkey"]] = Field(description="what you can give for one")
    schools: list[SchoolChoice]
    school_id: UUID = Field(description="the school you act in until you choose another")
    csrf_token: str = Field(description="repeat it in the header X-CSRF-Token with whatever you send")


class GlassHeld(Answer):
    id: UUID
    pupil_id: UUID
    ends_at: datetime


class Me(Answer):
    model_config = example(
        staff_id=OKAFOR,
        name="Ms Okafor",
        school_id=SCHOOL,
        roles=["lead_dsl", "teacher"],
        trust_roles=[],
        classes=["4B"],
        assurance="mfa",
        scopes=None,
        break_glass=None,
        kiosk_id=None,
        elevated_until=None,
        csrf_token=CSRF_EXAMPLE,
        notices=[],
    )

    staff_id: UUID
    name: str | None
    school_id: UUID
    roles: list[Role]
    trust_roles: list[TrustRole]
    classes: list[str]
    assurance: Assured
    scopes: list[str] | None = Field(description="what a personal token is for; null for a person")
    break_glass: GlassHeld | None = Field(description="the record you may read by break-glass: say so on every page")
    kiosk_id: UUID | None = Field(description="you are on a kiosk, where you can log and nothing else")
    elevated_until: datetime | None = Field(description="when elevated access ends, if nothing is done until then")
    csrf_token: str | None = Field(description="absent for a personal token, which needs none")
    notices: list[str] = Field(description="what does not work just now, in plain words")


WHO = ("staff_id", "school_id", "roles", "trust_roles", "classes", "assurance", "scopes", "break_glass", "kiosk_id")


class Enrolment(Answer):
    model_config = example(
        secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        otpauth_uri="otpauth://totp/Heed:a.okafor%40rowan-lane.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Heed",
        qr_svg="<svg …>",
    )

    secret: str
    otpauth_uri: str
    qr_svg: str = Field(description="the same as a picture for a phone's camera, to be put into a page")


class NewToken(Body):
    model_config = example(name="Rota display", scopes=["alert:read"])

    name: Line
    scopes: Annotated[list[Line], Field(min_length=1, max_length=50)]


class Token(Answer):
    model_config = example(id=TOKEN, name="Rota display", scopes=["alert:read"], created_at=LOGGED, last_used_at=None)

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None = None


class MadeToken(Token):
    model_config = example(
        id=TOKEN, name="Rota display", scopes=["alert:read"], created_at=LOGGED, token="heed_pat_3q2-7wAVv0…"
    )

    token: str = Field(description="shown this once")


class Tokens(Answer):
    model_config = example(
        tokens=[{"id": TOKEN, "name": "Rota display", "scopes": ["alert:read"], "created_at": LOGGED}]
    )

    tokens: list[Token]
