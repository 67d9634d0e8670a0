// A search box over the list of kinds: a few letters, and what fits stands alone, sub-categories opened.
export function begin(element) {
  const box = document.createElement("div");
  box.className = "kinds-found";
  const input = Object.assign(document.createElement("input"), { className: "govuk-input", id: "kind-search", type: "text", autocomplete: "off" });
  const label = Object.assign(document.createElement("label"), { className: "govuk-label", htmlFor: "kind-search", textContent: "Search the kinds" });
  const said = Object.assign(document.createElement("p"), { className: "quiet", role: "status" });
  box.append(label, input, said);
  element.before(box);
  const groups = [...element.querySelectorAll(".kind")].map((group) => ({
    group, details: group.querySelector("details"), open: group.querySelector("details")?.open ?? false,
    items: [...group.querySelectorAll(".govuk-checkboxes__item")],
  }));
  input.addEventListener("input", () => {
    const sought = input.value.trim().toLowerCase();
    let count = 0;
    for (const { group, details, open, items } of groups) {
      const fits = items.map((item) => !sought || item.textContent.toLowerCase().includes(sought) || item.querySelector("input").checked);
      const whole = fits[0];
      items.forEach((item, index) => { item.hidden = index > 0 && !whole && !fits[index]; });
      group.hidden = !fits.some(Boolean);
      if (details) details.open = sought ? fits.slice(1).some(Boolean) : open || items.slice(1).some((item) => item.querySelector("input").checked);
      count += fits.filter(Boolean).length;
    }
    said.textContent = sought ? (count ? `${count} found.` : "No kind of this name. Try another word.") : "";
  });
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
