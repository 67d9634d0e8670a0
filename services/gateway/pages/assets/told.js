// Who has been told, as soon as they are: that takes a moment after a concern is recorded. The page itself is asked
// again, which says it in its own words; the API has no answer yet for a concern that alerting has not heard of.
const AGAIN = 500, MOST = 20;

export function begin(element) {
  let tries = 0;
  async function look() {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Heed-Background": "1" }, cache: "no-store" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-told]");
      if (fresh && fresh.dataset.told) {
        element.textContent = fresh.textContent;
        return;
      }
    } catch { /* The line is down, or nobody may ask at this sign-in: they are told all the same. */ }
    if (++tries < MOST) setTimeout(look, AGAIN);
  }
  setTimeout(look, AGAIN);
}
