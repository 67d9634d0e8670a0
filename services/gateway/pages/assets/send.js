// Submits a concern once, also over a line that comes and goes: the server knows a second one by its key.
const AGAIN = 3000;

export function begin(form) {
  const said = form.querySelector("[data-line]");
  const button = form.querySelector("button");
  let sending = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (sending) return;
    sending = true;
    button.setAttribute("aria-disabled", "true");
    attempt();
  });
  async function attempt() {
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", headers: { Accept: "text/html" } });
    } catch {
      return wait("No connection. Your concern is kept on this page and is sent once when the line is back. Leave the page open.");
    }
    if (answer.status === 503) return wait("Heed does not answer just now. Your concern is kept on this page and is sent once as soon as it does. If a child is in danger, tell a DSL in person now.");
    if (answer.redirected) { location.replace(answer.url); return; }
    // Something is to be put right, or the session has ended: the page that says so comes by the form itself.
    form.submit();
  }
  function wait(words) {
    said.textContent = words;
    said.hidden = false;
    setTimeout(attempt, AGAIN);
  }
}
