// On a kiosk nobody's half-written page stays for the next person: after three minutes in which nothing is touched it
// goes back to the start. The draft is kept; its writer finds it on a device of their own.
const LEFT_AFTER = 180000;

export function begin() {
  let timer = 0;
  const again = () => { clearTimeout(timer); timer = setTimeout(() => location.replace("/kiosk"), LEFT_AFTER); };
  for (const touch of ["pointerdown", "keydown", "input", "scroll"]) window.addEventListener(touch, again, { passive: true });
  again();
}
