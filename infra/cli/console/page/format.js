// Times, durations, money and words, as people read them.

/** Characters that change what stands around them, or cannot be seen. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** The text with such characters written out. */
export const visible = (text) => String(text).replace(UNSEEN, (one) => {
  const code = one.codePointAt(0);
  return code < 0x20 ? String.fromCodePoint(0x2400 + code) : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
});

/** Seconds in words: `350 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return '–';
  const whole = Math.max(0, seconds);
  if (whole < 1) return `${Math.round(whole * 1000)} ms`;
  if (whole < 10 && whole % 1 > 0) return `${(Math.floor(whole * 10) / 10).toFixed(1)} s`;
  if (whole < 60) return `${Math.floor(whole)} s`;
  const parts = (big, small, size) => {
    const rest = Math.floor((whole % (size * 60)) / size) || 0;
    return rest ? `${Math.floor(whole / size / 60)} ${big} ${rest} ${small}` : `${Math.floor(whole / size / 60)} ${big}`;
  };
  if (whole < 3600) return parts('min', 's', 1);
  if (whole < 86400) return parts('h', 'min', 60);
  const hours = Math.floor((whole % 86400) / 3600);
  return hours ? `${Math.floor(whole / 86400)} d ${hours} h` : `${Math.floor(whole / 86400)} d`;
}

/** The same from the page's point of view: whole seconds, so that it does not flicker. */
export const age = (from, to = Date.now()) => {
  const seconds = Math.max(0, Math.floor((to - Date.parse(from)) / 1000));
  return seconds < 10 ? `${seconds} s` : duration(seconds);
};

/** Seconds between two times; up to now where there is no second one. */
export const between = (from, to) => ((to ? Date.parse(to) : Date.now()) - Date.parse(from)) / 1000;

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const DAY = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });

/** The time of day; the day too, where it is another one. */
export function clock(time) {
  if (!time) return '–';
  const date = new Date(time);
  const today = new Date().toDateString() === date.toDateString();
  return today ? CLOCK.format(date) : `${DAY.format(date)} ${CLOCK.format(date)}`;
}

/** Date, time and zone. */
export const full = (time) => (time ? FULL.format(new Date(time)) : '');

/** Time with milliseconds, for events and log lines. */
export const exact = (time) => (time ? `${CLOCK.format(new Date(time))}.${String(new Date(time).getMilliseconds()).padStart(3, '0')}` : '');

/** Dollars: as many digits as there is something to see. */
export function money(usd) {
  if (usd === null || usd === undefined) return '–';
  if (usd === 0) return '$0';
  return usd < 1 ? `$${usd.toFixed(usd < 0.01 ? 5 : 4)}` : `$${usd.toFixed(2)}`;
}

/** A task's size: `0.25 vCPU · 0.5 GB · x86_64`. */
export function size(of) {
  if (!of) return '–';
  const gib = Math.round((of.memory_mib / 1024) * 100) / 100;
  const words = [`${of.cpu / 1024} vCPU`, `${gib} GB`];
  if (of.architecture) words.push(of.architecture.toLowerCase());
  if (of.capacity === 'spot') words.push('Spot');
  return words.join(' · ');
}

/** What stands behind the last slash or colon of an ARN. */
export const last = (arn) => (arn ?? '').split(/[/:]/).pop();

/** A status of AWS as the page's own word for its badge. */
export const ENDS = { RUNNING: 'running', SUCCEEDED: 'succeeded', FAILED: 'failed', TIMED_OUT: 'timed_out', ABORTED: 'aborted' };

const WORDS = {
  running: 'running', succeeded: 'succeeded', failed: 'failed', caught: 'caught', aborted: 'aborted', timed_out: 'timed out',
  starting: 'starting', task_starting: 'task starting', runner: 'runner is up', git_hub_unavailable: 'GitHub unavailable',
  rate_limited: 'rate limited', retrying: 'retrying', capacity: 'no capacity', next_runner: 'next runner', verifying: 'verifying',
  rejected: 'rejected', stopped: 'stopped', on_demand: 'on demand', spot: 'Spot',
};
/** A word of the contract as people write it. */
export const word = (of) => WORDS[of] ?? String(of ?? '').replaceAll('_', ' ');

/** `1 job`, `2 jobs`. */
export const count = (number, one, many = `${one}s`) => `${number.toLocaleString()} ${number === 1 ? one : many}`;

/** The name of an attempt. */
export const attempt = (number) => (number <= 1 ? 'First run' : `Redrive ${number - 1}`);
