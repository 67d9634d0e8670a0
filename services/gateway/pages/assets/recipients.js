// Who will be told, as it stands: asked again whenever a child, a kind, a colleague or a group changes.
import { ask } from "./asking.js";

const WORDS = {
  head: "head: every incident", lead_dsl: "lead DSL: every incident", stand_in: "next in line for safeguarding", rule: "your school’s rules for this kind",
  class_teacher: "class teacher", deputy: "stands in for a colleague", chosen_group: "in a group you chose", chosen_person: "you chose them",
};
const PAUSE = 400;

export function begin(element) {
  const form = element.closest("form");
  let timer = 0, before = "", round = 0;
  const all = (name) => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((field) => field.type !== "checkbox" || field.checked).map((field) => field.value);
  const outline = () => {
    const same = !form.querySelector('[name="same"]') || all("same").length > 0;
    return {
      category_ids: all("category").slice(0, 20), urgent: all("urgent").length > 0, extra_staff_ids: all("person"), extra_group_ids: all("group"),
      pupils: all("child").map((id) => ({ pupil_id: id, part: all(`part.${id}`)[0] ?? "subject", category_ids: same ? [] : all(`category.${id}`) })),
    };
  };
  async function look() {
    const now = JSON.stringify(outline());
    if (now === before) return;
    const mine = ++round;
    try {
      const { told, names } = await ask("POST", "/incidents/recipients", JSON.parse(now));
      if (mine !== round) return;
      before = now;
      const list = Object.assign(document.createElement("ul"), { className: "told" });
      list.append(...told.map((one) => {
        const row = document.createElement("li");
        row.append(Object.assign(document.createElement("strong"), { textContent: names[one.staff_id] ?? "A colleague" }), Object.assign(document.createElement("span"), { textContent: one.why.map((why) => WORDS[why]).filter(Boolean).join("; ") }));
        return row;
      }));
      element.replaceChildren(list);
    } catch { /* What stood there stands: everybody who must know is told all the same. */ }
  }
  before = JSON.stringify(outline());
  form.addEventListener("change", () => { clearTimeout(timer); timer = setTimeout(look, PAUSE); });
}
