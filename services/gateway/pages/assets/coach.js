// The writing coach beneath the text: quiet, after a pause, and never in the way. What one leaves as it is stays away.
import { ask } from "./asking.js";
import { labelOf, link } from "./child-finder.js";

const PAUSE = 1200, MOST = 6;

export function begin(element) {
  const text = document.getElementById(element.dataset.for);
  const form = text.form;
  const left = new Set();
  let timer = 0, round = 0;
  const key = (finding) => `${finding.rule} ${finding.words.toLowerCase()}`;
  const children = () => [...form.querySelectorAll('[name="child"]')].map((field) => field.value);

  async function look() {
    const mine = ++round;
    if (!text.value.trim()) return element.replaceChildren();
    let findings;
    try { ({ findings } = await ask("POST", "/coach", { text: text.value, pupil_ids: children() })); } catch { return; }
    if (mine === round) show(findings);
  }
  function show(findings) {
    const open = findings.filter((finding) => !left.has(key(finding)));
    if (!open.length) return element.replaceChildren();
    const box = Object.assign(document.createElement("div"), { className: "coach" });
    const list = document.createElement("ul");
    list.append(...open.slice(0, MOST).map((finding) => item(finding, findings)));
    box.append(Object.assign(document.createElement("h3"), { textContent: "Before a court reads it" }), list);
    element.replaceChildren(box);
  }
  function item(finding, findings) {
    const made = document.createElement("li");
    made.append(`Line ${finding.line}: ${finding.why} ${finding.suggestion} `);
    for (const child of finding.pupils) made.append(button(`Link ${labelOf(child)}`, () => { link(child); look(); }));
    made.append(button("Leave as it is", () => { left.add(key(finding)); show(findings); text.focus(); }));
    return made;
  }
  function button(words, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "btn link", textContent: words });
    made.addEventListener("click", act);
    return made;
  }
  const soon = () => { clearTimeout(timer); timer = setTimeout(look, PAUSE); };
  text.addEventListener("input", soon);
  document.getElementById("children").addEventListener("change", soon);
  if (text.value) soon();
}
