// A form that is sent while the line is down would be lost in the browser's own error page. It is kept in this page, which
// says so, and is sent once when the line is back. What a concern is written and submitted with keeps itself.
const AGAIN = 3000;
const KEPT = 'main form[method="post"]:not([data-script="draft"]):not([data-script="send"])';
const TYPED = 'textarea, input[type="text"]';
const WORDS = "No connection. What you typed is kept on this page";

export function keepOverTheLine() {
  let waiting = null;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (navigator.onLine || !form.matches(KEPT) || !form.querySelector(TYPED)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = { form, button: event.submitter };
    say(form, `${WORDS}, and is sent once when the line is back. Leave the page open.`);
  }, true);
  window.addEventListener("offline", () => {
    for (const form of document.querySelectorAll(KEPT)) if (form.querySelector(TYPED)) say(form, `${WORDS}. Leave the page open.`);
  });
  window.addEventListener("online", async () => {
    if (!(await reached())) { if (navigator.onLine) setTimeout(() => window.dispatchEvent(new Event("online")), AGAIN); return; }
    for (const words of document.querySelectorAll("[data-no-line]")) words.remove();
    const { form, button } = waiting ?? {};
    waiting = null;
    form?.requestSubmit(button);
  });
}

/** That the network is there again does not say that Heed is. */
async function reached() {
  try { return (await fetch(import.meta.url, { cache: "no-store" })).ok; } catch { return false; }
}

function say(form, words) {
  const place = form.querySelector(".buttons") ?? form.querySelector("button")?.parentElement ?? form;
  let said = form.querySelector("[data-no-line]");
  if (!said) {
    said = document.createElement("p");
    said.className = "notice";
    said.dataset.noLine = "";
    said.setAttribute("role", "status");
    if (place === form) form.append(said); else place.before(said);
  }
  said.textContent = words;
}
