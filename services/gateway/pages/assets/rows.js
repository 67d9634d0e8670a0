// A list that is gone through by j and k as well as by Tab; Enter opens what has the focus, as in any list of links.
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
let listening = false;

const step = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const by = { j: 1, k: -1 }[event.key];
  if (!by) return;
  // Asked for anew each time: the list may have been replaced by a newer one.
  const links = [...document.querySelectorAll('[data-script="rows"] a')];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const from = at >= 0 ? at : links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = from < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, from + by));
  links[next].focus();
  event.preventDefault();
};

export function begin() {
  if (listening) return;
  listening = true;
  document.addEventListener("keydown", step);
}
