// Pages go blank at once by the button or by Esc twice, and by themselves when nobody has touched one for some minutes.
// All of this browser together: a cookie says so, which a page that is opened meanwhile obeys from its first byte.
import { ask } from "./asking.js";
import { cover, isCovered, lift } from "./cover.js";

const HIDDEN = "heed_hidden", TWICE = 1000, TELL_EVERY = 5000;
const CODE = /^\s*\d{3}\s?\d{3}\s*$/;
let channel, patience, seen = Date.now(), told = 0;

export function blanking() {
  if (!document.body.dataset.blankAfter) return;
  patience = 1000 * Number(document.body.dataset.blankAfter);
  channel = new BroadcastChannel("heed");
  channel.onmessage = ({ data }) => ({ hide, show: () => { seen = Date.now(); lift("hidden"); }, seen: () => { seen = Date.now(); } })[data]?.();
  listen();
  watch();
  if (document.cookie.split("; ").includes(`${HIDDEN}=1`)) hide();
  // A page that the browser has kept is not shown again from memory: whose it was may have left.
  window.addEventListener("pageshow", (event) => { if (event.persisted) { document.body.classList.add("blanked"); location.reload(); } });
}

function listen() {
  // A page with a head of its own may have no button; the keys are everywhere.
  for (const button of document.querySelectorAll("[data-hide]")) {
    button.hidden = false;
    button.addEventListener("click", hideAll);
  }
  let escaped = -TWICE;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    if (event.timeStamp - escaped < TWICE) hideAll();
    escaped = event.timeStamp;
  }, { capture: true });
  for (const what of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "input"])
    document.addEventListener(what, touched, { capture: true, passive: true });
  document.addEventListener("visibilitychange", watch);
}

// Looked at before it is counted: the first touch after a long sleep is not the person who went away.
function touched() {
  if (isCovered() || overdue()) return;
  seen = Date.now();
  if (seen - told < TELL_EVERY) return;
  told = seen;
  channel.postMessage("seen");
}

function overdue() {
  if (isCovered() || Date.now() - seen < patience) return false;
  hideAll();
  return true;
}

let waiting;
function watch() {
  clearTimeout(waiting);
  overdue();
  waiting = setTimeout(watch, Math.max(1000, patience - (Date.now() - seen)));
}

function hideAll() {
  if (isCovered() && document.cookie.includes(`${HIDDEN}=1`)) return;
  document.cookie = `${HIDDEN}=1; path=/; samesite=strict${location.protocol === "https:" ? "; secure" : ""}`;
  channel.postMessage("hide");
  hide();
}

function hide() {
  cover("hidden", {
    heading: "Hidden", words: "Everything is still here, as you left it.", label: "Your password, or a code from your authenticator app",
    password: true, button: "Show it again", give: giveBack,
  });
}

async function giveBack(value) {
  if (CODE.test(value)) await ask("POST", "/sign-in/code", { code: value });
  else await ask("POST", "/me/confirm", { password: value });
  document.cookie = `${HIDDEN}=; path=/; max-age=0; samesite=strict`;
  seen = Date.now();
  channel.postMessage("show");
}
