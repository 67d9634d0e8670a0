// What can be said of one child of several: whose mark, for whom an action was, and which kinds count for whom.
export function begin(element) {
  const form = element.closest("form");
  const children = () => [...form.querySelectorAll('[name="child"]')].map((field) => ({ id: field.value, label: form.querySelector(`[name="label.${CSS.escape(field.value)}"]`).value }));
  const box = (name, value, words, id, on) => {
    const item = Object.assign(document.createElement("div"), { className: "govuk-checkboxes__item" });
    const input = Object.assign(document.createElement("input"), { type: "checkbox", className: "govuk-checkboxes__input", name, value, id, checked: on });
    item.append(input, Object.assign(document.createElement("label"), { className: "govuk-label govuk-checkboxes__label", htmlFor: id, textContent: words }));
    return item;
  };
  const ticked = (name) => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]:checked`)].map((field) => field.value);

  function actions(linked) {
    for (const row of form.querySelectorAll("[data-row='action']")) {
      const name = `action.${row.dataset.n}.for`, on = ticked(name), whom = row.querySelector(".whom");
      whom.hidden = linked.length < 2;
      whom.querySelector(".govuk-checkboxes").replaceChildren(...linked.map((child, at) => box(name, child.id, child.label, `${name}.${at + 1}`, on.includes(child.id))));
    }
  }
  function marks(linked) {
    const select = form.querySelector('[name="mark_of"]'), before = select.value;
    select.replaceChildren(...linked.map((child) => new Option(child.label, child.id, false, child.id === before)));
    document.getElementById("mark-of").hidden = linked.length < 2;
  }
  function kinds(linked) {
    document.getElementById("same-kinds").hidden = linked.length < 2;
    const chosen = [...form.querySelectorAll('[name="category"]:checked')];
    const words = (field) => {
      const own = field.labels[0].textContent, above = field.closest(".under")?.closest(".kind").querySelector("label").textContent;
      return above ? `${above}: ${own}` : own;
    };
    document.getElementById("kinds-of-each").replaceChildren(...linked.map((child) => {
      const name = `category.${child.id}`, on = ticked(name), part = Object.assign(document.createElement("fieldset"), { className: "inner" });
      const boxes = Object.assign(document.createElement("div"), { className: "govuk-checkboxes govuk-checkboxes--small" });
      boxes.append(...chosen.map((field, at) => box(name, field.value, words(field), `${name}.${at + 1}`, on.includes(field.value))));
      if (!chosen.length) boxes.append(Object.assign(document.createElement("p"), { className: "quiet", textContent: "Choose the kinds above first." }));
      part.append(Object.assign(document.createElement("legend"), { textContent: `For ${child.label}` }), boxes);
      return part;
    }));
  }
  const settle = () => { const linked = children(); actions(linked); marks(linked); kinds(linked); };
  form.addEventListener("change", (event) => { if (event.target === element || event.target === form || event.target.name === "category" || event.target.closest?.("#children")) settle(); });
}
