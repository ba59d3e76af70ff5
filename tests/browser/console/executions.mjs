// Executions of the stand-in: they go from state to state, one a tick, and may
// fail in one of them until they are redriven.

export const STATES = [['Size', 'Task'], ['Sized', 'Choice'], ['Claim', 'Task'], ['Claimed', 'Choice'], ['Mint', 'Task'], ['Minted', 'Choice'],
  ['RunRunner', 'Task'], ['VerifyRemoval', 'Task'], ['Route', 'Choice'], ['Release', 'Task'], ['Done', 'Succeed']];
const now = () => new Date().toISOString();

/** One execution. `moves` says whether it goes on by itself; `fails` in which state it fails once. */
export class Execution {
  constructor(number, { job = {}, lines = [], fails = null, moves = true, status = 'RUNNING' } = {}) {
    this.name = `execution-${String(number).padStart(5, '0')}`;
    this.job = { id: 57_800_000_000 + number, run_id: 205, run_attempt: 1, repository: 'acme/web-shop', name: `build (${number})`, workflow: 'CI', branch: 'main',
      labels: ['self-hosted', 'fargate/cpu=2/mem=8'], url: `https://github.com/acme/web-shop/actions/runs/205/job/${number}`, created_at: now(), sender: 'octocat', ...job };
    Object.assign(this, { lines, fails, moves, status, started: now(), stopped: null, visits: [], redrives: 0, attempts: [{ number: 1, started: now(), ended: null, end: 'running', error: null, cause: null }] });
    if (status === 'RUNNING') this.enter();
    else { this.stopped = now(); this.moves = false; Object.assign(this.attempts[0], { ended: now(), end: status === 'SUCCEEDED' ? 'succeeded' : 'failed' }); }
  }

  get attempt() { return this.attempts.at(-1); }

  enter() {
    const [state, type] = STATES[this.visits.length];
    if (this.visits.length) this.visits.at(-1).next = state;
    this.visits.push({ state, type, within: [], attempt: this.attempt.number, entered: now(), ended: null, end: 'running', input: JSON.stringify({ job: this.job.name }), output: null, assigned: {}, error: null, cause: null,
      tries: type === 'Task' ? [this.try()] : [], next: null, events: [this.visits.length * 2 + 1, this.visits.length * 2 + 2] });
  }

  try() {
    return { attempt: this.attempt.number, scheduled: now(), ended: null, end: 'running', parameters: '{"FunctionName":"x"}', submitted: null, output: null, error: null, cause: null };
  }

  /** Ends the state that it is in, and enters the next one; whether anything changed. */
  step() {
    if (this.status !== 'RUNNING') return false;
    const visit = this.visits.at(-1);
    const last = visit.tries.at(-1);
    const end = (how, more = {}) => { Object.assign(visit, { ended: now(), end: how }, more); if (last) Object.assign(last, { ended: now(), end: how }, more); };
    if (visit.state === this.fails) {
      this.fails = null;
      const more = { error: 'GitHubRefused', cause: JSON.stringify({ errorType: 'GitHubRefused', errorMessage: 'GitHub answered 403: <b>no</b>.', trace: '{"inner":[1,2]}' }) };
      end('failed', more);
      this.status = 'FAILED';
      this.stopped = now();
      Object.assign(this.attempt, { ended: now(), end: 'failed', ...more });
      return true;
    }
    end('succeeded', { output: '{"Payload":{"outcome":"served"}}' });
    visit.error = this.attempts.length > 1 && visit.attempt < this.attempt.number ? visit.error : null;
    if (this.visits.length < STATES.length) this.enter();
    else {
      this.status = 'SUCCEEDED';
      this.stopped = now();
      Object.assign(this.attempt, { ended: now(), end: 'succeeded' });
    }
    return true;
  }

  redrive() {
    this.status = 'RUNNING';
    this.stopped = null;
    this.redrives += 1;
    this.moves = true;
    this.attempts.push({ number: this.attempts.length + 1, started: now(), ended: null, end: 'running', error: null, cause: null });
    if (!this.visits.length) { this.enter(); return; }
    const visit = this.visits.at(-1);
    Object.assign(visit, { ended: null, end: 'running' });
    visit.tries.push(this.try());
  }

  stop() {
    this.status = 'ABORTED';
    this.stopped = now();
    Object.assign(this.attempt, { ended: now(), end: 'aborted' });
    if (this.visits.length) Object.assign(this.visits.at(-1), { ended: now(), end: 'aborted' });
  }

  row() {
    const state = this.visits.at(-1)?.state ?? 'Done';
    const since = this.visits.at(-1)?.entered ?? this.started;
    const failed = this.status === 'FAILED';
    const waiting = failed ? { kind: 'failed', sentence: 'Its execution failed with GitHubRefused: GitHub answered 403', since, until: null }
      : this.status === 'RUNNING' ? { kind: state === 'RunRunner' ? 'runner' : 'starting', sentence: `Its execution is in the state ${state}.`, since, until: null } : null;
    return { arn: `arn:aws:states:eu-central-1:0:execution:jit-runners:${this.name}`, name: this.name, status: this.status, started: this.started, stopped: this.stopped, redrive_count: this.redrives, redriven: null,
      details: { job: this.job, outcome: this.status === 'SUCCEEDED' ? 'served' : null, detail: null, error: failed ? 'GitHubRefused' : null, message: failed ? 'GitHub answered 403' : null, state, since,
        size: { cpu: 2048, memory_mib: 8192, storage_gib: 20, architecture: 'X86_64', capacity: 'on_demand' }, runner: `jit-${this.job.id}-1-1`, task: null, task_status: null, billed_seconds: null, queue_to_start_seconds: null, waiting, redrivable: failed, not_redrivable_because: null } };
  }

  states() {
    return Object.fromEntries(this.visits.map((visit) => [visit.state, { end: visit.end, visits: 1, retries: 0, redrives: Math.max(0, visit.tries.length - 1) }]));
  }

  whole() {
    return { row: this.row(), input: '{}', output: null, version: '1', timeline: { attempts: this.attempts, visits: this.visits }, states: this.states(), taken: [], cost: { total_usd: 0.0012, lines: [{ what: 'task', usd: 0.0012 }] },
      aws_console: 'https://eu-central-1.console.aws.amazon.com/states', same_job: [], definition_is_current: true, functions: ['webhook', 'size', 'mint', 'verify-removal', 'escalate'] };
  }

  events() {
    return this.visits.flatMap((visit, at) => [{ id: at * 2 + 1, previous: at * 2, at: visit.entered, type: 'StateEntered', name: visit.state, input: visit.input },
      ...(visit.ended ? [{ id: at * 2 + 2, previous: at * 2 + 1, at: visit.ended, type: visit.end === 'failed' ? 'TaskFailed' : 'StateExited', name: visit.state, output: visit.output, error: visit.error ?? undefined, cause: visit.cause ?? undefined }] : [])]);
  }
}

/** Its graph: a column of boxes. */
export function paint(of) {
  const states = of.states();
  const boxes = STATES.map(([state], at) => `<g class="state ${states[state]?.end ?? 'none'}" data-state="${state}"><rect x="20" y="${at * 70 + 10}" width="200" height="46" rx="8" fill="#fff" stroke="#555e6b"/><text x="36" y="${at * 70 + 38}" font-size="14">${state}</text></g>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 ${STATES.length * 70}" width="240" height="${STATES.length * 70}">${boxes.join('')}</svg>`;
}
