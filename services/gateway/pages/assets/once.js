// A double tap sends a form once. The server knows a second one by its key as well; this spares the wait.
export function guardAgainstDoubleTaps() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.querySelector("[data-once]")) form.dataset.sent = "yes";
  });
  // Back to a page that the browser has kept: it may be sent again.
  window.addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });
}
