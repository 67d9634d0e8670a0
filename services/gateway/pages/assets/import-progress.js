// A roll that is being done: a bar that shows how far it is, by server-sent events, or by asking when those do not come.
export function begin(form) {
  const bar = form.querySelector("[data-bar]");
  const show = ({ done, total }) => {
    bar.querySelector("progress").value = done;
    bar.querySelector("[data-count]").textContent = `${done} of ${total}`;
  };
  form.addEventListener("submit", () => {
    bar.hidden = false;
    const events = new EventSource(form.dataset.progress);
    events.onmessage = (event) => { const said = JSON.parse(event.data); show(said); if (said.state === "applied") events.close(); };
    events.onerror = () => { events.close(); poll(); };
  });
  const poll = async () => {
    const id = form.dataset.progress.split("/").at(-2);
    const answer = await fetch(`/api/v1/roll/imports/${id}?limit=1`, { cache: "no-store" }).catch(() => null);
    if (answer?.ok) { const said = await answer.json(); show(said); if (said.state === "applied") return; }
    setTimeout(poll, 500);
  };
}
