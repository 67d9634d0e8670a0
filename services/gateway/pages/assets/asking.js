// The public API, asked by a page's own script: same cookies, with the token that says it is our page.
const csrf = () => document.querySelector('meta[name="heed-csrf"]')?.content ?? document.querySelector('input[name="csrf"]')?.value ?? "";

export class Refused extends Error {
  constructor(status, problem) { super(problem.title ?? "refused"); this.status = status; this.problem = problem; }
}

/** The answer read as JSON, or null for none. Throws Refused for a problem, TypeError when the line is down. */
export async function ask(method, path, body, { signal, headers = {} } = {}) {
  const answer = await fetch(`/api/v1${path}`, {
    method, signal, cache: "no-store", credentials: "same-origin",
    headers: { Accept: "application/json", "X-CSRF-Token": csrf(), ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  const content = text && answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : null;
  if (!answer.ok) throw new Refused(answer.status, content ?? {});
  return content;
}
