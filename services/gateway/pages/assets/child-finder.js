// The type-ahead of children: an ARIA combobox over the search box. Three letters are asked for once; what is typed
// after them narrows down what came, so that a name costs one look-up and not one for each letter.
import { ask, Refused } from "./asking.js";
import { fill, changed } from "./concern-rows.js";

const PAUSE = 180;
const ALL = 10; // the API gives no more: then what is typed further is asked again
const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().trim();
export const labelOf = (child) => [child.name, child.year_group ? `Year ${child.year_group}` : "", child.class_code ?? ""].filter(Boolean).join(" · ");

/** Puts a child into the form, once. */
export function link(child) {
  const list = document.getElementById("children");
  if (list.querySelector(`[data-id="${CSS.escape(child.id)}"]`)) return;
  const row = document.getElementById("row-child").content.firstElementChild.cloneNode(true);
  const label = labelOf(child);
  row.dataset.id = child.id;
  row.querySelector('[name="child"]').value = child.id;
  fill(row.querySelector("[data-label]"), { name: `label.${child.id}`, value: label });
  row.querySelector("strong").textContent = label;
  const part = row.querySelector("select");
  fill(part, { name: `part.${child.id}`, id: `part.${child.id}` });
  row.querySelector("label").htmlFor = part.id;
  row.querySelector("label span").textContent = `of ${label}`;
  row.querySelector("[data-remove] span").textContent = ` ${label}`;
  list.append(row);
  document.querySelector('label[for="child_starts"]').textContent = "Another child";
  changed(list);
}

export function begin(element) {
  const input = element.querySelector("input");
  const list = Object.assign(document.createElement("ul"), { id: "children-found", className: "listbox", role: "listbox", hidden: true });
  list.setAttribute("aria-label", "Children of this name");
  const said = Object.assign(document.createElement("p"), { className: "quiet", role: "status" });
  element.append(list, said);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) input.setAttribute(name, value);
  let asked = "", found = [], timer = 0, at = -1, shown = [];

  const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const choose = (child) => { link(child); input.value = ""; asked = ""; close(); said.textContent = `${labelOf(child)} is added. Make sure it is the correct child.`; input.focus(); };
  const mark = (index) => {
    at = index;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
    if (at >= 0) { input.setAttribute("aria-activedescendant", list.children[at].id); list.children[at].scrollIntoView({ block: "nearest" }); }
  };
  const show = () => {
    const words = plain(input.value).split(/\s+/);
    shown = found.filter((child) => words.every((word) => plain(child.name).split(/[\s-]+/).some((part) => part.startsWith(word))) || plain(child.name).includes(plain(input.value)));
    list.replaceChildren(...shown.map((child, index) => {
      const item = Object.assign(document.createElement("li"), { id: `child-${index}`, role: "option", textContent: labelOf(child) });
      item.setAttribute("aria-selected", "false");
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => choose(child));
      return item;
    }));
    list.hidden = shown.length === 0;
    input.setAttribute("aria-expanded", String(shown.length > 0));
    at = -1;
    said.textContent = shown.length ? `${shown.length} found.` : "Nobody of this name was found. Check the spelling, or try the other name.";
  };
  const look = async () => {
    const typed = plain(input.value);
    if (typed.replace(/[^\p{L}\p{N}]/gu, "").length < 3) { close(); said.textContent = ""; return; }
    if (asked && typed.startsWith(asked) && found.length < ALL) return show();
    try {
      found = (await ask("GET", `/pupils?starts=${encodeURIComponent(input.value.trim().slice(0, 60))}`)).pupils;
      asked = typed;
      if (plain(input.value) === typed) show();
    } catch (problem) {
      close();
      said.textContent = problem instanceof Refused ? problem.problem.errors?.[0]?.message ?? problem.problem.detail ?? "" : "No connection. Go on writing, and choose the child when the line is back.";
    }
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, PAUSE); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden || !shown.length) return;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((at + step + shown.length + (at < 0 && step < 0 ? 1 : 0)) % shown.length);
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      if (at >= 0 || shown.length === 1) choose(shown[Math.max(at, 0)]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    }
  });
  input.addEventListener("blur", close);
  // What was typed before this script had come counts as well.
  if (document.activeElement === input && input.value) look();
}
