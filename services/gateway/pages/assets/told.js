// Who has been told, as soon as they are: that takes a moment after a concern is recorded.
import { ask } from "./asking.js";

const AGAIN = 500, MOST = 20;

export function begin(element) {
  let tries = 0;
  async function look() {
    try {
      const { told, first_told_id: first, names } = await ask("GET", `/incidents/${element.dataset.id}/told`);
      if (first && names[first]) {
        const others = told - 1;
        element.textContent = `${names[first]}${others > 0 ? ` and ${others} ${others === 1 ? "other" : "others"} have` : " has"} been told.`;
        return;
      }
    } catch { /* Not yet, or not to be asked at this sign-in: they are told all the same. */ }
    if (++tries < MOST) setTimeout(look, AGAIN);
  }
  look();
}
