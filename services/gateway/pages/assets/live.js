// What waits is asked again every second while the page is looked at. The answer is figures alone; only when they have
// changed is the list fetched. Both say that nobody has done anything, so that an open page keeps no session alive.
import { ask } from "./asking.js";

const EVERY = 1000; // milliseconds
const SLOWER = 15_000; // after a refusal or a lost line
const BY_ITSELF = { "X-Heed-Background": "1" };

export function begin(element) {
  const says = element.querySelector("[data-live-says]");
  const name = document.title.replace(/^\(\d+\) /, "");
  let known = element.dataset.liveWaits;
  let before = known ? JSON.parse(known) : null;
  let timer = 0;

  const show = async (waits) => {
    const answer = await fetch("/my/waiting", { headers: { ...BY_ITSELF, Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok || answer.redirected) return false;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of element.querySelectorAll("[data-live-part]")) {
      const newer = fresh.querySelector(`[data-live-part="${part.dataset.livePart}"]`);
      if (newer) replace(part, newer);
    }
    document.title = (waits.unread ? `(${waits.unread}) ` : "") + name;
    if (before && waits.latest && waits.latest !== before.latest) says.textContent = "A new alert has come.";
    return true;
  };

  const look = async () => {
    let wait = EVERY;
    try {
      const waits = await ask("GET", "/alerts/waiting", undefined, { headers: BY_ITSELF });
      const now = JSON.stringify(waits);
      if (now !== canonical(known) && (await show(waits))) { known = now; before = waits; }
    } catch { wait = SLOWER; }
    timer = document.hidden ? 0 : setTimeout(look, wait);
  };

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) look();
  });
  timer = setTimeout(look, EVERY);
}

const canonical = (text) => (text ? JSON.stringify(JSON.parse(text)) : "");

// Who is on a row with the keyboard stays on it.
function replace(part, newer) {
  const at = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.replaceChildren(...newer.childNodes);
  for (const link of part.querySelectorAll("a")) if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
  if (at) part.querySelector(`a[href="${at}"]`)?.focus();
}
