// The console's own HTTP interface. Addresses are relative to the page, so that
// a proxy may put it anywhere.

/** An answer that was no success, with its stable name. */
export class Refused extends Error {
  constructor(status, name, message) {
    super(message);
    this.status = status;
    this.name = name;
  }
}

let token = '';
/** The token that every POST carries. */
export const setToken = (value) => { token = value; };

async function call(path, options = {}) {
  let answer;
  try {
    answer = await fetch(`api/${path}`, { credentials: 'same-origin', ...options });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Refused(0, 'ConsoleUnreachable', 'The console does not answer: see whether its command still runs.');
  }
  if (answer.ok) return answer;
  let said = {};
  try {
    said = await answer.json();
  } catch { /* no JSON: the status has to do */ }
  throw new Refused(answer.status, said.error ?? `HTTP ${answer.status}`, said.message ?? answer.statusText);
}

/** GET of JSON; parameters without a value are left out. */
export async function get(path, parameters = {}, signal = undefined) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '' && value !== null && value !== undefined));
  const words = query.toString();
  return (await call(words ? `${path}?${words}` : path, { signal })).json();
}

/** GET of text. */
export const text = async (path, signal = undefined) => (await call(path, { signal })).text();

/** POST of JSON. */
export async function post(path, body) {
  const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': token };
  return (await call(path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
}

/** The path of an execution, whatever its name holds. */
export const of = (name) => `executions/${encodeURIComponent(name)}`;
