// Keeps what is typed as the person's draft: every five seconds, and when the page is left. Nothing of it is ever put
// into the browser's own storage: with the line down it stays in this page and goes out once the line is back.
import { ask, Refused } from "./asking.js";

const EVERY = 5000, AGAIN = 3000;
const PASSING = /^(csrf|owner|held|elevation_code|do|version|part|child_starts|child_found|person_starts|person_found|told_starts|told_found|found\..*|spot)$/;
const clock = (time) => new Date(time).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" });

export function begin(form) {
  const said = document.getElementById("saved");
  const version = form.elements.version;
  const path = `/drafts/${form.dataset.draft}`;
  let saving = null, stopped = false, waiting = null;
  const typed = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && value && !PASSING.test(name));
  const spelled = () => JSON.stringify(typed());
  let kept = spelled();
  const say = (words, kind = "") => { if (said.textContent !== words) said.textContent = words; said.classList.toggle("notice", kind === "warn"); };

  /** Whether all that stands here is saved. Throws when the line is down. */
  async function save({ keepalive = false } = {}) {
    if (saving) await saving.catch(() => {});
    const now = spelled();
    if (now === kept || stopped) return;
    const body = { version: Number(version.value), content: { fields: JSON.parse(now) } };
    saving = keepalive ? leaving(path, body) : ask("PUT", path, body);
    try {
      const answer = await saving;
      version.value = answer.version;
      kept = now;
      say(`Saved ${clock(answer.saved_at)}. You can leave and come back.`);
    } finally { saving = null; }
  }

  async function attempt(options) {
    try { await save(options); return true; } catch (problem) { return explain(problem); }
  }

  function explain(problem) {
    if (!(problem instanceof Refused)) {
      say("No connection. What you typed is kept on this page, and saved when the line is back. Leave the page open.", "warn");
    } else if (problem.status === 401) {
      stopped = true;
      say("Your session has ended. What you typed is kept on this page: press “Save and go on later”, sign in, and go on with it.", "warn");
    } else if (problem.status === 409 && problem.problem.version !== undefined) {
      stopped = true;
      version.value = problem.problem.version;
      say("This draft was saved in another window meanwhile. What you see here takes its place when you go on.", "warn");
    } else if (problem.status === 404) {
      // It was submitted or discarded elsewhere: what is typed from here on is another.
      version.value = 0;
    } else if (problem.status === 422) {
      say(problem.problem.errors?.[0]?.message ?? "This cannot be saved as it is.", "warn");
    } else {
      say("Heed cannot save just now. What you typed is kept on this page, and saved as soon as it works again.", "warn");
    }
    return false;
  }

  setInterval(() => { if (!waiting) attempt(); }, EVERY);
  window.addEventListener("offline", () => explain(new TypeError()));
  window.addEventListener("online", () => (waiting ? waiting() : attempt()));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") attempt({ keepalive: true }); });
  window.addEventListener("pagehide", () => attempt({ keepalive: true }));

  // A form that is sent while the line is down would be lost in the browser's own error page: it is saved first, and
  // sent once that has worked.
  form.addEventListener("submit", (event) => {
    if (form.dataset.saved || stopped) return;
    event.preventDefault();
    event.stopPropagation();
    const button = event.submitter;
    const go = async () => {
      try { await save(); } catch (problem) {
        if (!(problem instanceof Refused) || problem.status === 503) { explain(problem); waiting ??= go; setTimeout(() => waiting?.(), AGAIN); return; }
        explain(problem);
      }
      waiting = null;
      form.dataset.saved = "yes";
      // Not within the event that was held back: a browser takes no second one while it fires the first.
      setTimeout(() => form.requestSubmit(button));
    };
    if (!waiting) go();
  });
  window.addEventListener("pageshow", () => { delete form.dataset.saved; });
}

/** Also when the page is on its way out; bodies of more than 64 kB go without the promise to arrive. */
async function leaving(path, body) {
  const text = JSON.stringify(body);
  const csrf = document.querySelector('meta[name="heed-csrf"]').content;
  const answer = await fetch(`/api/v1${path}`, {
    method: "PUT", body: text, keepalive: new Blob([text]).size < 60000, credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf, Accept: "application/json" },
  });
  const content = await answer.json();
  if (!answer.ok) throw new Refused(answer.status, content);
  return content;
}
