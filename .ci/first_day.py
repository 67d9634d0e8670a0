"""The first day of a school through the public API, as its people live it, in a house that runs with the demonstration.

    python .ci/first_day.py http://localhost:8000           the whole day; the last line is the concern's id
    python .ci/first_day.py http://localhost:8000 ID        the day after: what was written is still there

Uses nothing of Heed but its address and its `heed demo code`. Ends with 0 when all of it was as it should be.
"""

import html
import re
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

PASSWORD = "heed-demonstration"  # noqa: S105 - the invented people's, printed by `make run`
ASSISTANT = "linh.tran@oakfield.example"
LEAD = "ada.okafor@oakfield.example"
CLASS_TEACHER = "carys.bevan@oakfield.example"
OTHER_TEACHER = "yaw.asante@oakfield.example"
SAID = "At the coat pegs Rowan Adeyemi said “I do not want to go home today”. He held on to the bench with both hands."
DONE = "I stayed with him until Ms Okafor came."
# Everything a mail may say besides its link: its subject, its text, the name of the school.
ALLOWED = "You have a new alert in Heed You have a new alert in Heed. Sign in to read it: Oakfield Primary"


class WentWrong(Exception):  # noqa: N818 - said to a person
    pass


class Person:
    """One person at one browser."""

    def __init__(self, address: str, email: str) -> None:
        self.email = email
        self.http = httpx.Client(base_url=f"{address}/api/v1", trust_env=False, timeout=10)

    def sign_in(self) -> None:
        answer = self.send("POST", "/sign-in", 200, json={"email": self.email, "password": PASSWORD})
        self.http.headers["X-CSRF-Token"] = answer["csrf_token"]
        self.give_code("/sign-in/code")

    def give_code(self, path: str) -> None:
        """A code is good once: when this one was used a moment ago, the next one is taken, or the one after it."""
        deadline = time.monotonic() + 70
        tried = set()
        while time.monotonic() < deadline:
            for more in ((), ("--next",)):
                code = self.code(*more)
                if code in tried:
                    continue
                tried.add(code)
                if self.http.post(path, json={"code": code}).status_code == 204:
                    return
            time.sleep(1)
        raise WentWrong(f"no code of {self.email} was taken at {path}")

    def code(self, *more: str) -> str:
        command = [sys.executable, "-m", "deploy.cli", "demo", "code", self.email, *more]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def send(self, method: str, path: str, expected: int, **rest: Any) -> Any:
        answer = self.http.request(method, path, **rest)
        if answer.status_code != expected:
            raise WentWrong(f"{method} {path}: {answer.status_code} instead of {expected}: {answer.text[:500]}")
        return answer.json() if answer.content else None


def the_day(address: str) -> str:
    wait_until_open(address)
    assistant = Person(address, ASSISTANT)
    assistant.sign_in()
    done("a teaching assistant has signed in with password and second factor")

    concern = a_concern(assistant)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    began = time.monotonic()
    logged = assistant.send("POST", "/incidents", 201, json=concern, headers=key)
    again = assistant.send("POST", "/incidents", 201, json=concern, headers=key)
    check(again["id"] == logged["id"] and again["number"] == logged["number"], "sent twice it is one concern")
    done(f"concern {logged['number']} is logged, sent twice and there once")

    own = assistant.send("GET", f"/incidents/{logged['id']}", 200)
    check(own["view"] == "own" and own["narrative"] == SAID, "the writer sees their own words")
    check(own.get("actions") is None and own.get("state") is None, "the writer sees nothing of what follows")

    lead = Person(address, LEAD)
    lead.sign_in()
    alert = alert_of(lead, logged["id"])
    done(f"the lead DSL has the alert ({time.monotonic() - began:.1f} s after the concern, her sign-in included)")
    act_on(lead, alert["id"], logged["id"])
    done("it is opened, read, acted on, and closed after elevation")

    mail_says_nothing(address)
    done("the captured mail says that there is an alert, and nothing else")

    for email in (CLASS_TEACHER, OTHER_TEACHER):
        teacher = Person(address, email)
        teacher.sign_in()
        for path in (f"/incidents/{logged['id']}", f"/alerts/{alert['id']}"):
            refused = teacher.send("GET", path, 404)
            absent = teacher.send("GET", f"{path.rpartition('/')[0]}/{uuid.uuid4()}", 404)
            check(refused == absent, "what is not theirs looks like what is not there")
    done("other teachers are refused, as if it were not there")
    return str(logged["id"])


def the_day_after(address: str, incident_id: str) -> None:
    wait_until_open(address)
    assistant = Person(address, ASSISTANT)
    assistant.sign_in()
    check(assistant.send("GET", f"/incidents/{incident_id}", 200)["narrative"] == SAID, "the words are as written")
    lead = Person(address, LEAD)
    lead.sign_in()
    whole = lead.send("GET", f"/incidents/{incident_id}", 200)
    check(whole["state"] == "closed" and len(whole["actions"]) == 1, "what was done is there as well")
    done("the day after, all of it is found again")


def a_concern(author: Person) -> dict[str, Any]:
    found = author.send("GET", "/pupils", 200, params={"starts": "row"})["pupils"]
    child = next(pupil for pupil in found if pupil["name"] == "Rowan Adeyemi" and pupil["class_code"] == "4B")
    categories = author.send("GET", "/categories", 200)["categories"]
    parent = next(c for c in categories if c["name"] == "Welfare Concern")
    category = next(c for c in categories if c["name"] == "Home issues" and c["parent_id"] == parent["id"])
    return {
        "narrative": SAID,
        "occurred_at": (datetime.now(UTC) - timedelta(minutes=20)).isoformat(),
        "category_ids": [category["id"]],
        "pupils": [{"pupil_id": child["id"], "part": "subject"}],
        "action_taken": DONE,
    }


def alert_of(lead: Person, incident_id: str) -> Any:
    """Asked again and again, as a page does; five seconds at most."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        cursor = None
        while True:
            page = lead.send(
                "GET",
                "/alerts",
                200,
                params={"state": "unread", "limit": 100, **({"cursor": cursor} if cursor else {})},
            )
            for alert in page["alerts"]:
                if alert["incident_id"] == incident_id:
                    return alert
            cursor = page["next"]
            if not cursor:
                break
        time.sleep(0.2)
    raise WentWrong("the lead DSL has no alert after five seconds")


def act_on(lead: Person, alert_id: str, incident_id: str) -> None:
    opened = lead.send("GET", f"/alerts/{alert_id}", 200)
    check(opened["concern"]["narrative"] == SAID and opened["concern"]["view"] == "whole", "the alert opens whole")
    check("lead_dsl" in opened["alert"]["why"], "it says why she was told")
    check(lead.send("POST", f"/alerts/{alert_id}/read", 200)["state"] == "read", "it is marked as read")
    action = {"text": "Spoke with Rowan in the quiet room. Rang his aunt, who collects him today."}
    lead.send("POST", f"/incidents/{incident_id}/actions", 201, json=action)
    reason = {"reason": "Seen again on the next morning; he came in singing."}
    refused = lead.send("POST", f"/incidents/{incident_id}/close", 403, json=reason)
    check(refused["type"].endswith("/elevation-required"), "closing asks for elevated access")
    lead.give_code("/elevate")
    closed = lead.send("POST", f"/incidents/{incident_id}/close", 200, json=reason)
    check(closed["state"] == "closed", "the concern is closed")
    lead.send("POST", f"/alerts/{alert_id}/done", 200)


def mail_says_nothing(address: str) -> None:
    """The newest mail to the lead DSL; it may be a moment behind the alert."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        page = httpx.get(f"{address}/demo/mail", trust_env=False).text
        for mail in re.findall(r'<article class="mail">.*?</article>', page, re.DOTALL):
            subject = part(mail, r"<h2>(.*?)</h2>")
            # Signing in from a new browser is told by mail too.
            if LEAD in part(mail, r"<dt>To</dt><dd>(.*?)</dd>") and "alert" in subject:
                only_allowed(address, f"{subject} {part(mail, r'<pre>(.*?)</pre>')}")
                return
        time.sleep(0.2)
    raise WentWrong("no mail to the lead DSL was captured within ten seconds")


def part(mail: str, pattern: str) -> str:
    found = re.search(pattern, mail, re.DOTALL)
    return html.unescape(found[1]) if found else ""


def only_allowed(address: str, said: str) -> None:
    links = re.findall(r"https?://\S+", said)
    check(len(links) == 1, "the mail has one link")
    check(bool(re.fullmatch(rf"{address}/alerts/[0-9a-f-]{{36}}", links[0])), "it leads to the alert")
    more = set(said.replace(links[0], "").split()) - set(ALLOWED.split())
    check(not more, f"the mail says nothing but what it may (it says {more})")


def wait_until_open(address: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/health/ready", trust_env=False, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise WentWrong(f"nothing answers at {address} after two minutes")


def check(so: bool, what: str) -> None:
    if not so:
        raise WentWrong(f"not so: {what}")


def done(what: str) -> None:
    print(f"  ok  {what}", flush=True)


def main() -> int:
    try:
        if len(sys.argv) == 2:
            print(the_day(sys.argv[1].rstrip("/")))
        elif len(sys.argv) == 3:
            the_day_after(sys.argv[1].rstrip("/"), sys.argv[2])
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except WentWrong as problem:
        print(f"  no  {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
