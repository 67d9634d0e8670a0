// Elevated access runs out in sight. When it has, what was read by it goes under a cover until a fresh code is given.
import { ask } from "./asking.js";
import { cover, lift, make } from "./cover.js";
import { elevate, offered } from "./passkey.js";

const SOON = 60;
let pill, until, warned = false;

export function elevation() {
  pill = document.querySelector("[data-elevated]");
  const channel = new BroadcastChannel("heed-elevation");
  channel.postMessage(pill ? Number(pill.dataset.elevated) : 0);
  if (!pill) return;
  until = Date.now() + 1000 * Number(pill.dataset.elevated);
  channel.onmessage = ({ data }) => { until = Date.now() + 1000 * data; tick(); };
  document.addEventListener("visibilitychange", tick);
  setInterval(tick, 1000);
}

let looking = false;
async function tick() {
  const left = Math.round((until - Date.now()) / 1000);
  if (left <= 0) {
    if (looking) return;
    looking = true;
    try { await look(); } finally { looking = false; }
    return;
  }
  pill.hidden = false;
  pill.querySelector("[data-left]").textContent = left < SOON ? "under 1 min" : `${Math.round(left / 60)} min`;
  if (left < SOON && !warned) pill.querySelector("[role=status]").textContent = "Elevated access ends in a minute";
  warned = left < SOON;
}

// It may have been prolonged by what was done meanwhile; asking does not prolong it.
async function look() {
  if (pill.hidden) return;
  try {
    const answer = await fetch("/api/v1/me", { headers: { Accept: "application/json", "X-Heed-Background": "1" }, cache: "no-store" });
    const ends = answer.ok ? (await answer.json()).elevated_until : null;
    if (ends) {
      const ahead = Date.now() - Date.parse(answer.headers.get("date"));
      until = Math.max(Date.parse(ends) + (Number.isNaN(ahead) ? 0 : ahead), Date.now() + 2000);
      return;
    }
  } catch (problem) {
    // Nobody could be asked: what was open by elevated access does not stay open for that.
    if (!(problem instanceof TypeError)) throw problem;
  }
  over();
}

function over() {
  pill.hidden = true;
  if (!("covers" in pill.dataset)) return;
  cover("elevation", {
    heading: "Your elevated access has ended", words: "Nothing you typed is lost. A fresh code brings this page back as it was.",
    label: "Code from your authenticator app", password: false, button: "Go on", give: giveCode, away: ways(),
  });
}

function ways() {
  const passkey = make("button", { type: "button", className: "btn ghost", textContent: "Use a passkey", hidden: true });
  passkey.addEventListener("click", () => elevate().then(again, () => { passkey.textContent = "Try the passkey again"; }));
  offered().then((any) => { passkey.hidden = !any; }, () => {});
  return make("span", { className: "buttons" }, passkey, make("a", { href: "/my", textContent: "Back to My Heed" }));
}

async function giveCode(code) {
  await ask("POST", "/elevate", { code });
  await again();
}

async function again() {
  until = Date.now() + 2000;
  pill.hidden = false;
  lift("elevation");
  await tick();
}
