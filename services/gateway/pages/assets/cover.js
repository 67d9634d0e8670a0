// A page under a cover: nothing of it is seen, found, read aloud or reached by a key; all that was typed stays where it is.
import { Refused } from "./asking.js";

const covers = new Map();
let typed = null, before = null;

document.addEventListener("input", (event) => { if (event.target.form && !event.target.closest(".blank")) typed = event.target.form; });

export const isCovered = () => covers.size > 0;

/** `give(value)` says by failing that it was not them. The first of several covers is seen, the others wait. */
export function cover(kind, parts) {
  if (covers.has(kind)) return;
  if (!covers.size) before = document.activeElement;
  const made = build(kind, parts);
  document.body.append(made);
  covers.set(kind, made);
  show();
}

export function lift(kind) {
  covers.get(kind)?.remove();
  covers.delete(kind);
  show();
  if (!covers.size) before?.focus?.({ preventScroll: true });
}

function show() {
  const [first] = covers.values();
  for (const each of covers.values()) each.hidden = each !== first;
  document.body.classList.toggle("blanked", Boolean(first));
  for (const child of document.body.children) if (!child.classList.contains("blank")) child.inert = Boolean(first);
  first?.querySelector("input:not([hidden]), button")?.focus({ preventScroll: true });
}

function build(kind, { heading, words, label, password, button, give, away }) {
  const field = make("input", { id: `cover-${kind}`, className: "govuk-input", type: password ? "password" : "text", autocomplete: password ? "new-password" : "one-time-code", spellcheck: false, inputMode: password ? "text" : "numeric" });
  const wrong = make("p", { className: "govuk-error-message" });
  wrong.setAttribute("role", "alert");
  const title = make("h1", { id: `cover-${kind}-title`, textContent: heading });
  const form = make("form", {}, make("label", { className: "govuk-label", htmlFor: field.id, textContent: label }), wrong, field,
    make("div", { className: "buttons" }, make("button", { className: "btn", textContent: button }), ...(away ? [away] : [])));
  const made = make("div", { className: "blank" }, title, make("p", { textContent: words }), form);
  for (const [name, value] of Object.entries({ role: "dialog", "aria-modal": "true", "aria-labelledby": title.id })) made.setAttribute(name, value);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    wrong.textContent = "";
    try {
      await give(field.value);
      lift(kind);
    } catch (problem) {
      if (problem instanceof Refused && problem.status === 401) return ended(made);
      if (problem instanceof Refused && problem.problem.type?.endsWith("/csrf")) return location.assign("/my");
      if (!(problem instanceof Refused) && !(problem instanceof TypeError)) throw problem;
      const said = problem.problem;
      wrong.textContent = said ? said.errors?.[0]?.message ?? said.detail ?? said.title : "Heed cannot be reached just now. Try again in a moment.";
      field.value = "";
      field.focus();
    }
  });
  return made;
}

// What was typed goes to the sign-in page, which gives it back to the same person and to nobody else.
function ended(made) {
  const again = make("button", { type: "button", className: "btn", textContent: "Sign in again" });
  again.addEventListener("click", () => {
    if (typed?.isConnected && typed.method === "post") HTMLFormElement.prototype.submit.call(typed);
    else location.reload();
  });
  made.querySelector("form").replaceWith(make("p", { textContent: "Your session has ended. What you typed is kept: sign in and go on with it." }), make("div", { className: "buttons" }, again));
  again.focus();
}

export function make(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
