// Rows of the form of a concern: children, marks, actions, colleagues. They are the same fields as without scripts.
export const fill = (element, values) => Object.assign(element, values);
/** Says that the form is not what it was, to whoever saves it or shows what follows from it. */
export const changed = (element) => element.dispatchEvent(new Event("change", { bubbles: true }));

/** The next free number of a kind of row. */
export function freeNumber(form, kind) {
  const numbers = [...form.elements].map((field) => new RegExp(`^${kind}\\.(\\d+)\\.`).exec(field.name ?? "")?.[1] ?? 0);
  return Math.max(0, ...numbers.map(Number)) + 1;
}

export function begin(element) {
  const form = element.closest("form");
  // Parts that something else asks for: data-shown-by="urgent=yes", data-hidden-by="same=yes".
  const parts = [...form.querySelectorAll("[data-shown-by], [data-hidden-by]")];
  const chosen = (name) => [...form.querySelectorAll(`[name="${name}"]:checked`)].map((field) => field.value);
  const settle = () => {
    for (const part of parts) {
      const [name, values] = (part.dataset.shownBy ?? part.dataset.hiddenBy).split("=");
      const meant = chosen(name).some((value) => values.split(" ").includes(value));
      part.hidden = part.dataset.shownBy ? !meant : meant;
    }
  };
  form.addEventListener("change", settle);
  settle();
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove], [value^='remove:']");
    const row = button?.closest("[data-row]");
    if (!row) return;
    event.preventDefault();
    remove(form, row);
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest("[value='add-action']")) { event.preventDefault(); addAction(element, form); }
  });
}

function remove(form, row) {
  const gone = row.dataset.id;
  const next = row.nextElementSibling?.querySelector("button, select, input:not([type=hidden])") ?? row.closest("fieldset")?.querySelector("input:not([type=hidden]), button, summary");
  row.remove();
  if (gone) for (const mark of form.querySelectorAll("[data-row='mark']")) if (mark.querySelector("[name$='.pupil']").value === gone) mark.remove();
  changed(form);
  next?.focus();
}

function addAction(element, form) {
  const rows = element.querySelectorAll("[data-row='action']");
  const last = rows[rows.length - 1], row = last.cloneNode(true);
  const before = `action.${last.dataset.n}.`, after = `action.${freeNumber(form, "action")}.`;
  row.dataset.n = after.split(".")[1];
  for (const field of row.querySelectorAll("[id], [for], [name], [aria-describedby]")) for (const name of ["id", "for", "name", "aria-describedby"]) {
    if (field.hasAttribute(name)) field.setAttribute(name, field.getAttribute(name).replaceAll(before, after));
  }
  for (const field of row.querySelectorAll("textarea")) field.value = "";
  for (const field of row.querySelectorAll("input")) field.checked = false;
  row.querySelector(".govuk-hint")?.remove();
  row.querySelector("textarea").removeAttribute("aria-describedby");
  row.querySelector("label").textContent = "And also";
  last.after(row);
  row.querySelector("textarea").focus();
}
