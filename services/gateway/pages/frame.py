"""Every page's frame: templates, what each of them knows, the headers of a page, and redirects."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, Undefined
from jinja2.exceptions import UndefinedError
from jinja2.utils import missing

from services.gateway.cookies import HIDDEN
from services.gateway.pages import body_map, serving, terms, words
from services.gateway.pages.forms import Form
from services.gateway.pages.packing import packed
from services.gateway.pages.visit import Visit, in_words

TEMPLATES = Path(__file__).parent / "templates"
# What the sign-in page is not told where somebody is sent to it in the middle of something.
AT_THE_DOOR: Mapping[str, Any] = {"door": None, "chosen": False, "came": "", "providers": ()}
# Everything from here and nothing written into the page: neither a script nor a style.
SETTING = (
    "category:write",
    "rules:write",
    "group:write",
    "staff:write",
    "roll:import",
    "kiosk:write",
    "school:write",
    "danger-text:write",
    "shield:write",
)
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class Missing(Undefined):
    """A name that a page was not given fails at once. A field that an answer lacks is false in a condition, as the
    components' macros expect of what they were not told, and fails only where it would be printed.
    """

    # Names that the macros use without ever being given them.
    OF_MACROS = frozenset({"caller", "undefined"})

    def __bool__(self) -> bool:
        if self._undefined_obj is missing and self._undefined_name not in self.OF_MACROS:
            self._fail_with_undefined_error()
        return False

    def __str__(self) -> str:
        if self._undefined_name in self.OF_MACROS:
            return ""
        raise UndefinedError(self._undefined_message)


def as_choice(category: Mapping[str, Any]) -> tuple[str, str]:
    """A category in a list to choose from."""
    return category["id"], category["name"]


def twice(value: str) -> tuple[str, str]:
    """In a list to choose from, something that is called what it is."""
    return value, value


def _environment() -> Environment:
    made = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(TEMPLATES),
                PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            ]
        ),
        autoescape=True,
        undefined=Missing,
        trim_blocks=True,
        lstrip_blocks=True,
        # Else each page looks on the disk for every file it is made of.
        auto_reload=False,
    )
    made.filters |= {
        "when": words.when,
        "day": words.day,
        "plain_day": words.plain_day,
        "date": words.bare_date,
        "age": words.age,
        "clock": words.clock,
        "since": words.since,
        "cap": words.capital,
        "count": words.count,
        "deed": words.deed,
        "grouped": words.grouped,
        "roles": in_words,
        "as_choice": as_choice,
        **terms.FILTERS,
        "twice": twice,
    }
    made.globals |= {"asset": serving.address, "map_of": body_map}
    made.globals |= {"called": terms.called, "reasons": terms.reasons, "choices": terms.choices}
    return made


PAGES = _environment()


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    form: Form | None = None,
    headers: Mapping[str, str] | None = None,
    **content: Any,
) -> Response:
    """A page. `form` is what was typed, with what is wrong with it; a page with errors is a 422 unless said."""
    visit: Visit | None = getattr(request.state, "visit", None)
    form = form if form is not None else Form()
    if form.errors and status == 200:
        status = 422
    html = PAGES.get_template(template).render(
        demo=demonstration(request),
        # An empty house on trial catches its mails as a demonstration does; its people are real.
        invented=getattr(request.app.state, "invented", True),
        here=request.url.path,
        navigation=navigation(visit) if visit else (),
        visit=visit,
        form=form,
        is_hidden=HIDDEN in request.cookies,
        blank_after=request.app.state.settings.hide_after_minutes * 60,
        printed_at=datetime.now(UTC),
        **content,
    )
    answer = HTMLResponse(html, status, headers={"Content-Security-Policy": PAGE_POLICY, **(headers or {})})
    return _with_cookies(packed(request, bytes(answer.body), answer), visit)


def navigation(visit: Visit) -> list[tuple[str, str]]:
    """Where this person can go: what they may not do is not shown."""
    if visit.kiosk:
        return []
    places = [("/my", "My Heed")]
    if visit.may("incident:log"):
        places.append(("/incidents/new", "Add incident"))
    if visit.may("pupil:find"):
        places += [("/children", "Find a child"), ("/search", "Search")]
    if any(visit.may(action) for action in SETTING):
        places.append(("/settings", "Settings"))
    if visit.may("audit:read"):
        places.append(("/audit", "Audit"))
    return [*places, ("/me", "Me")]


def to(request: Request, address: str) -> Response:
    """After a form was taken: the page that shows what came of it."""
    return _with_cookies(RedirectResponse(address, 303), getattr(request.state, "visit", None))


def _with_cookies(answer: Response, visit: Visit | None) -> Response:
    for cookie in visit.api.set_cookies if visit else ():
        answer.headers.append("set-cookie", cookie)
    return answer


def demonstration(request: Request) -> bool:
    demo: bool = request.app.state.settings.mode == "demo"
    return demo
