// A button that prints the page; without scripts it is not shown, and the browser's own does the same.
export function begin(element) {
  element.hidden = false;
  element.addEventListener("click", () => window.print());
}
