// The one way to the API. The browser's cookie says who asks.

export class Failure extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

const root = '/api/v1';
let onSignedOut = () => {};

export const whenSignedOut = handler => { onSignedOut = handler; };

async function ask(method, path, { body, type = 'application/json', token, signal } = {}) {
  const headers = {};
  if (body !== undefined) headers['Content-Type'] = type;
  if (token) headers.Authorization = `Bearer ${token}`;
  let answer;
  try {
    answer = await fetch(root + path, { method, headers, body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body), cache: 'no-cache', signal });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new Failure(0, 'The silo does not answer. What is shown is what it said last.');
  }
  if (answer.status === 204) return null;
  const content = answer.headers.get('Content-Type') ?? '';
  const told = content.includes('json') ? await answer.json() : null;
  if (answer.ok) return told;
  if (answer.status === 401 && !token) onSignedOut();
  throw new Failure(answer.status, told?.detail ?? `The silo answered with ${answer.status}.`);
}

export const get = (path, signal) => ask('GET', path, { signal });
export const post = (path, body, type) => ask('POST', path, { body, type });
export const put = (path, body) => ask('PUT', path, { body });
export const signIn = token => ask('POST', '/session', { token });
export const signOut = () => ask('DELETE', '/session');
export const jobPath = (sweep, job) => `${root}/sweeps/${encodeURIComponent(sweep)}/jobs/${encodeURIComponent(job)}`;

// Watches a sweep from a sequence number on. The browser resumes by Last-Event-ID itself; it gives up only where an answer is no stream, as while a silo is replaced.
export function watch(sweep, after, onChange, onCut) {
  let source, timer, last = after, closed = false;
  function open() {
    source = new EventSource(`${root}/sweeps/${encodeURIComponent(sweep)}/events?after=${last}`);
    source.onopen = () => onCut(false);
    source.onmessage = event => {
      last = Number(event.lastEventId) || last;
      const change = JSON.parse(event.data);
      onChange(change);
      if (change.finished) close();
    };
    source.onerror = () => {
      if (closed) return;
      onCut(true);
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, 2000);
    };
  }
  function close() {
    closed = true;
    clearTimeout(timer);
    source.close();
  }
  open();
  return close;
}
