// A stand-in of the console's server, written from its HTTP contract: the page
// is tried against it alone, with jobs and faults that no fleet has at hand.
// Executions go through their states, fail once, and go on when redriven.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Execution, paint } from './executions.mjs';

const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.html': 'text/html; charset=utf-8' };
const TOKEN = 'token-of-the-stand-in';

/** Serves the page in `folder`; answers `{ url, executions, asked, close }`. */
export async function start(folder, settings = {}) {
  const executions = [];
  const asked = [];
  const streams = new Set();
  const operations = new Map();
  const send = (event, data) => { for (const stream of streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`); };
  const changed = (execution) => {
    send('rows', { rows: [execution.row()] });
    send('execution', { name: execution.name, hint: 'changed' });
    send('overview', overview());
    for (const operation of operations.values()) send('operation', progress(operation));
  };
  const add = (more) => {
    const execution = new Execution(executions.length + 1, more);
    executions.unshift(execution);
    changed(execution);
    return execution;
  };
  /** Moves every execution that runs one state on. */
  const tick = () => { for (const execution of executions) if (execution.moves && execution.step()) changed(execution); };
  const timer = setInterval(tick, settings.tick ?? 120);

  function overview() {
    const rows = executions.map((one) => one.row());
    const of = (status) => rows.filter((row) => row.status === status).length;
    const kinds = new Map();
    for (const { details: { waiting } } of rows) {
      if (!waiting) continue;
      const kind = kinds.get(waiting.kind) ?? { ...waiting, count: 0 };
      kind.count += 1;
      kinds.set(waiting.kind, kind);
    }
    return { at: new Date().toISOString(), running: of('RUNNING'), queued: 0, failed: of('FAILED'), rejected: 0, served: of('SUCCEEDED'),
      waiting: [...kinds.values()], time_to_start: { count: 3, p50: 9, p90: 21, p99: 40, max: 44 }, cost: { total_usd: 0.123, jobs: rows.length, priced: of('SUCCEEDED') }, reading: { known: rows.length, read: rows.length } };
  }
  function select(query) {
    const status = query.get ? Object.fromEntries(query) : query;
    return executions.filter((one) => {
      const row = one.row();
      return (!status.status || status.status.split(',').includes(row.status)) && (!status.kind || row.details.waiting?.kind === status.kind)
        && (!status.q || JSON.stringify(row).toLowerCase().includes(status.q.toLowerCase())) && (!status.repository || row.details.job.repository === status.repository);
    });
  }
  function progress({ id, all }) {
    const of = (status) => all.filter((one) => one.status === status).length;
    const [served, failed] = [of('SUCCEEDED'), of('FAILED')];
    return { id, done: served + failed, of: all.length, served, failed, running: of('RUNNING'), refused: [], finished: served + failed === all.length };
  }

  async function body(request) {
    let text = '';
    for await (const part of request) text += part;
    return JSON.parse(text || '{}');
  }
  async function answer(request, response) {
    const url = new URL(request.url, 'http://stand-in');
    const path = url.pathname.replace(/^\/console\//, '');
    asked.push(`${request.method} ${path}`);
    const write = (status, type, text) => { response.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' }); response.end(text); };
    const json = (value, status = 200) => write(status, 'application/json', JSON.stringify(value));
    const refuse = (status, error, message) => json({ error, message }, status);
    const file = async (name) => write(200, TYPES[extname(name)] ?? 'text/plain', await readFile(join(folder, name)));
    if (path === '') return file('index.html');
    // The server's own: it belongs to the graphs that it draws.
    if (path === 'assets/graph.css') return write(200, 'text/css', '');
    if (/^assets\/[\w.-]+$/.test(path)) return file(path.slice(7));
    if (path === 'api/fleet') return json({ fleet: 'jit-runners', region: 'eu-central-1', local: true, read_only: settings.readOnly ?? false, csrf: TOKEN, version: '0.1.0', state_machine_arn: '', functions: ['webhook', 'size', 'mint', 'verify-removal', 'escalate'] });
    if (path === 'api/overview') return json(overview());
    if (path === 'api/reconciled') return json(settings.reconciled ?? { periods: 0, last: null, sum: { left: 0, errors: 0, github_calls: 0 }, repairs: [], releases: [] });
    if (path === 'api/events') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Security-Policy': CSP });
      response.write(':\n\n');
      streams.add(response);
      response.on('close', () => streams.delete(response));
      return undefined;
    }
    if (path === 'api/executions') {
      const offset = Number(url.searchParams.get('offset')) || 0;
      const all = select(url.searchParams);
      return json({ total: executions.length, matched: all.length, reading: { known: executions.length, read: executions.length }, offset, rows: all.slice(offset, offset + 100).map((one) => ({ ...one.row(), cost_usd: one.status === 'SUCCEEDED' ? 0.00123 : null })) });
    }
    if (request.method === 'POST' && request.headers['x-csrf-token'] !== TOKEN) return refuse(403, 'ForbiddenOrigin', 'The token is missing.');
    if (path === 'api/redrive') {
      const asks = await body(request);
      const all = asks.names ? executions.filter((one) => asks.names.includes(one.name)) : select(asks.filter);
      const eligible = all.filter((one) => one.status === 'FAILED');
      const refused = all.filter((one) => one.status !== 'FAILED').map((one) => ({ name: one.name, because: `It is ${one.status}.` }));
      if (asks.dry_run) return json({ eligible: eligible.map((one) => ({ name: one.name, repository: one.job.repository, job: one.job.name, error: 'GitHubRefused' })), refused });
      const operation = { id: `operation-${operations.size + 1}`, all: eligible };
      operations.set(operation.id, operation);
      for (const one of eligible) { one.redrive(); changed(one); }
      return json({ operation: operation.id, count: eligible.length });
    }
    const [, operation] = path.match(/^api\/operations\/(.+)$/) ?? [];
    if (operation) return json(progress(operations.get(operation)));
    const [, name, rest] = path.match(/^api\/executions\/([^/]+)\/?(.*)$/) ?? [];
    const one = executions.find((execution) => execution.name === decodeURIComponent(name ?? ''));
    if (!one) return refuse(404, 'NotFound', 'There is nothing of this name.');
    if (rest === '') return json(one.whole());
    if (rest === 'graph.svg') return write(200, 'image/svg+xml', paint(one));
    if (rest === 'events') return json({ total: one.events().length, events: one.events().slice(Number(url.searchParams.get('offset')) || 0, 200) });
    if (rest === 'log') return json(url.searchParams.get('after') ? { lines: [], after: '1', source: 'task', note: null } : { lines: one.lines, after: '1', source: 'task', note: one.lines.length ? null : 'The task has written nothing yet.' });
    if (rest === 'cancel') {
      if (!(await body(request)).even_if_running) return refuse(409, 'RunnerMayBeAtWork', 'Its runner may have taken the job: stopping it ends the job.');
      one.stop();
      changed(one);
      return json({ cancelled: true });
    }
    return refuse(404, 'NotFound', 'There is nothing at this address.');
  }
  const server = createServer((request, response) => { answer(request, response).catch((error) => { response.writeHead(404); response.end(String(error)); }); });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const close = () => { clearInterval(timer); for (const stream of streams) stream.end(); server.closeAllConnections(); return new Promise((resolve) => { server.close(resolve); }); };
  return { url: `http://127.0.0.1:${server.address().port}/console/`, executions, add, asked, send, close, streams };
}
