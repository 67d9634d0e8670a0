// Passkeys, by what browsers call PublicKeyCredential: added, given for a code or for elevated access, or for the whole sign-in.
import { ask, Refused } from "./asking.js";

const able = () => Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON && window.PublicKeyCredential?.parseCreationOptionsFromJSON);

async function used(path, more = {}) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await ask("POST", `${path}/options`, {}));
  const credential = (await navigator.credentials.get({ publicKey })).toJSON();
  return ask("POST", path, { credential, ...more });
}

async function made(name) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await ask("POST", "/me/passkeys/options", {}));
  const credential = (await navigator.credentials.create({ publicKey })).toJSON();
  return ask("POST", "/me/passkeys", { name, credential });
}

export const elevate = () => used("/elevate/passkey");

/** Whether to offer one to who is signed in: the browser can, and they have any. */
export async function offered() {
  return able() && (await ask("GET", "/second-factor", undefined, { headers: { "X-Heed-Background": "1" } })).passkeys > 0;
}

const does = {
  async add(element) {
    await made(element.querySelector("input").value.trim() || "A passkey");
    const there = element.dataset.then.split("#")[0];
    if (there === location.pathname) location.reload(); else location.assign(element.dataset.then);
  },
  async "sign-in"(element) { const given = await used("/sign-in/passkey"); goOn(element, given.csrf_token); },
  async code(element) {
    await used("/sign-in/code/passkey", { remember: Boolean(element.closest("main").querySelector('[name="remember"]')?.checked) });
    goOn(element);
  },
  async elevate(element) {
    await elevate();
    const form = element.closest("main").querySelector("form");
    // What was typed waits in the form itself; without it there is only a way to go on.
    if (form.querySelector('[name="elevation_code"]')) HTMLFormElement.prototype.submit.call(form);
    else goOn(element);
  },
};

// To where it was to go, with what was typed while the session ended.
function goOn(element, csrf) {
  const form = element.closest("main").querySelector("form");
  form.action = "/sign-in/held";
  for (const field of form.querySelectorAll('[name="password"], [name="email"], [name="code"]')) field.disabled = true;
  if (csrf) {
    const field = form.querySelector('[name="csrf"]') ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "csrf" }));
    field.value = csrf;
  }
  HTMLFormElement.prototype.submit.call(form);
}

export async function begin(element) {
  const way = element.dataset.does;
  if (!able() || (way !== "add" && way !== "sign-in" && !(await offered()))) return;
  element.hidden = false;
  const wrong = element.querySelector('[role="alert"]'), button = element.querySelector("button");
  button.addEventListener("click", async () => {
    wrong.textContent = "";
    button.disabled = true;
    try {
      await does[way](element);
    } catch (problem) {
      if (problem instanceof Refused && problem.problem.type?.endsWith("/elevation-required")) return location.assign(`/elevate?next=${encodeURIComponent(location.pathname)}`);
      wrong.textContent = problem instanceof Refused ? problem.problem.errors?.[0]?.message ?? problem.problem.detail ?? problem.problem.title
        : problem instanceof DOMException ? "Your device has not given a passkey. Try again, or use a code."
          : "Heed cannot be reached just now. Try again in a moment.";
    } finally {
      button.disabled = false;
    }
  });
}
