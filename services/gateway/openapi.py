"""The description of the API (OpenAPI 3.1): from the routes and schemas, with what every call has in common added once.

An example is written beside its schema (`examples` of the model); here it is put where readers look for it.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

BASE = "/api/v1"
VERSION = "1"
JSON = "application/json"
PROBLEM = "application/problem+json"
METHODS = frozenset({"get", "post", "put", "patch", "delete"})

DESCRIPTION = """\
The public API of Heed, a safeguarding record system for schools. A member of staff writes down a concern about a
child; the people who must know are told within seconds; what they do about it is recorded beside it.

Sign in at `/sign-in`, give the code of your second factor at `/sign-in/code`, and keep the cookies. Repeat the token
you are given in the header `X-CSRF-Token` whenever you send something. Programs use a personal token instead, in the
header `Authorization: Bearer …`, without cookies and without that header.

What you may not see is answered as if it did not exist. Every refusal is a problem (RFC 9457) in plain words; for bad
input it names each field. Lists give `next`: pass it back as `cursor` for the rest. Every answer says in `RateLimit`
how much you may still ask for. If a part of Heed is down, the rest works, and the answer says in `notices` what is
missing."""

TAGS = (
    ("Sign-in", "Begin and end a session, give a second factor, ask for elevated access."),
    ("Kiosk", "A device of the school on which anybody of its staff logs a concern, and reads nothing."),
    ("Tokens", "Personal tokens with a narrow scope, for programs that act for you."),
    ("Pupils", "Pick the child a concern is about."),
    ("Concerns", "Log a concern, read it, add to it, record what was done, close it."),
    ("Alerts", "What you have been told of: read, acknowledge, done, see next."),
    ("Break-glass", "Read a record that you could not read otherwise, in sight of others; review it."),
    ("Figures", "The schools of the trust in numbers, of no child."),
    ("Settings", "Schools, staff, groups, alert rules, shields and the roll."),
)

SECURITY_SCHEMES = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "heed_session",
        "description": "Set by signing in. On https its name is `__Host-heed_session`.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRF-Token",
        "description": "With the session cookie, for everything but reading: the token given at sign-in.",
    },
    "personalToken": {"type": "http", "scheme": "bearer", "description": "A personal token, in place of the two."},
}

PROBLEMS: dict[int, tuple[str, str, str, str]] = {
    # status: name, when, code, example of what it says
    400: ("WrongHost", "Not the address of Heed.", "wrong-host", "Use the address your school was given."),
    401: ("NotSignedIn", "Not signed in, or not any more.", "not-signed-in", "Sign in and try again."),
    403: (
        "Refused",
        "Not yours to do, or only after a second factor, elevated access or with the CSRF token.",
        "elevation-required",
        "Give a code of your second factor to continue.",
    ),
    404: (
        "NotFound",
        "There is no such thing, or none that you may see; the answer is the same.",
        "not-found",
        "There is nothing here that you can see.",
    ),
    409: (
        "Conflict",
        "Somebody saved another version meanwhile, or the key was used for something else.",
        "conflict",
        "This was changed meanwhile. Look at it again before you go on.",
    ),
    413: ("TooLarge", "More than one megabyte.", "too-large", "Send less than 1 MB."),
    415: ("WrongContentType", "Not the content type this takes.", "wrong-content-type", "Send application/json."),
    422: ("Invalid", "Some fields need attention; each is named.", "invalid", "Some fields need attention."),
    429: ("TooMany", "Too many requests; Retry-After says for how long.", "too-many", "Try again in 20 seconds."),
    503: (
        "Unavailable",
        "Something does not work just now; it says what still does.",
        "unavailable",
        "Try again soon.",
    ),
}

LIMIT_HEADERS = {
    "RateLimit": {
        "description": "What is left, and for how many seconds it has to last (IETF draft).",
        "schema": {"type": "string", "examples": ['"session";r=598;t=41']},
    },
    "RateLimit-Policy": {
        "description": "How much is allowed in how many seconds.",
        "schema": {"type": "string", "examples": ['"session";q=600;w=60']},
    },
}


def describe(api: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title="Heed",
        version=VERSION,
        summary="Safeguarding records for schools",
        description=DESCRIPTION,
        routes=api.routes,
        tags=[{"name": name, "description": words} for name, words in TAGS],
        license_info={"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
    )
    document["paths"] = {path: item for path, item in document["paths"].items() if path.startswith(BASE)}
    document["servers"] = [{"url": "/", "description": "This installation"}]
    components = document.setdefault("components", {})
    components["securitySchemes"] = SECURITY_SCHEMES
    components["headers"] = LIMIT_HEADERS
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = _problem_schema()
    components["responses"] = {PROBLEMS[status][0]: _problem_response(status) for status in PROBLEMS}
    for path, operation in operations(document):
        _complete(path, operation, schemas)
    # FastAPI's own shape of a validation error never leaves this service.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, operation


def _complete(path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    public = operation.pop("x-public", False)
    operation["security"] = [] if public else [{"session": [], "csrf": []}, {"personalToken": []}]
    for media in operation.get("requestBody", {}).get("content", {}).values():
        _show_example(media, schemas)
    responses = operation["responses"]
    responses.pop("422", None)
    for response in responses.values():
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in LIMIT_HEADERS} | response.get(
            "headers", {}
        )
        for media in response.get("content", {}).values():
            _show_example(media, schemas)
    for status in _problems_of(path, operation, public=public):
        responses[str(status)] = {"$ref": f"#/components/responses/{PROBLEMS[status][0]}"}


def _problems_of(path: str, operation: dict[str, Any], *, public: bool) -> list[int]:
    statuses = [400, 403, 429, 503]
    if not public or path.startswith((f"{BASE}/sign-in", f"{BASE}/kiosk")):
        statuses.append(401)
    if "{" in path or path.startswith(f"{BASE}/kiosk"):
        statuses.append(404)
    if "requestBody" in operation:
        statuses += [413, 415, 422]
    elif operation.get("parameters"):
        statuses.append(422)
    names = {parameter["name"] for parameter in operation.get("parameters", ())}
    if names & {"If-Match", "Idempotency-Key"}:
        statuses.append(409)
    return sorted(set(statuses))


def _show_example(media: dict[str, Any], schemas: dict[str, Any]) -> None:
    reference = media.get("schema", {}).get("$ref", "")
    examples = schemas.get(reference.rpartition("/")[2], {}).get("examples")
    if examples and "example" not in media and "examples" not in media:
        media["example"] = examples[0]


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "A refusal in plain words (RFC 9457).",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "errors": {
                "type": "array",
                "description": "For bad input: each field that needs attention.",
                "items": {
                    "type": "object",
                    "required": ["path", "message"],
                    "properties": {"path": {"type": "string", "examples": ["pupils.0.part"]}, "message": text},
                },
            },
        },
    }


def _problem_response(status: int) -> dict[str, Any]:
    _, when, code, detail = PROBLEMS[status]
    example: dict[str, Any] = {
        "type": f"https://heed.example/problems/{code}",
        "title": when.split(";")[0].rstrip("."),
        "status": status,
        "detail": detail,
    }
    if status == 422:
        example["errors"] = [{"path": "pupils.0.part", "message": "Say what part this child had."}]
    return {
        "description": when,
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
