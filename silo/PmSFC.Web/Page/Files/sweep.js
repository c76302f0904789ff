import { html, useEffect, useRef, useState } from './vendor/preact-htm.js';
import { get, jobPath, post, put, watch } from './api.js';
import { count, duration, number, percent, rate, short, since, stateClass, stateNames, stateText } from './format.js';
import { Bar, Facts, Note, Picture, Question, State, Table, useTitle } from './parts.js';
import { totals } from './totals.js';

const shownCards = 12;
const pageSize = 50;
// Milliseconds: changes come many a second, and people read a few.
const between = 150;

export function Sweep({ id, me }) {
  const [answer, setAnswer] = useState(null);
  const [failure, setFailure] = useState(null);
  const [cut, setCut] = useState(false);
  const [live, setLive] = useState(new Map());
  const [question, setQuestion] = useState(null);
  const [said, setSaid] = useState('');
  const sweepId = answer?.id;
  const ended = answer?.status?.finished ?? true;
  useTitle(answer?.name ?? 'Sweep');

  async function refresh() {
    const asked = Date.now();
    try {
      setAnswer({ ...await get(`/sweeps/${id}`), asked });
      setFailure(null);
    } catch (e) {
      setFailure(e.message);
    }
  }

  useEffect(() => { refresh(); }, [id]);

  useEffect(() => {
    if (!sweepId || ended) return undefined;
    const arrived = new Map();
    let timer = null, known = Date.now(), shown = 0, gone = false;
    function show() {
      timer = null;
      shown = Date.now();
      if (gone) return;
      setLive(before => new Map([...before, ...arrived]));
      arrived.clear();
    }
    const close = watch(sweepId, answer.status.sequence, change => {
      if (change.job) arrived.set(`${change.job.cell} ${change.job.job.id}`, { ...change.job, told: Date.now() });
      timer ??= setTimeout(show, Math.max(0, between - (Date.now() - shown)));
      if (change.finished || change.reason || Date.now() - known > 1500) {
        known = Date.now();
        refresh();
      }
    }, setCut);
    // Time passes also where nothing changes.
    const slow = setInterval(() => { if (!document.hidden) refresh(); }, 5000);
    // What arrived last is shown too: with the end come the last jobs' ends.
    return () => { clearTimeout(timer); show(); gone = true; clearInterval(slow); close(); };
  }, [sweepId, ended]);

  async function change(what, act) {
    try {
      const told = await act();
      setAnswer(before => ({ ...before, ...told }));
      setSaid(what);
      setFailure(null);
      setTimeout(refresh, 500);
    } catch (e) {
      setFailure(e.message);
    }
  }

  if (!answer) return html`<h1>Sweep</h1>${failure ? html`<${Note} bad>${failure}</${Note}>` : html`<p>Loading …</p>`}`;
  const { status } = answer;
  const all = totals(answer);
  const running = status?.running ?? [];
  const mayChange = me.role !== 'viewer';
  return html`<h1>${answer.name} <span class="quiet">${short(answer.id)}</span></h1>
    <p role="status" class="quiet">${cut ? 'The connection was cut; it is made again by itself.' : said}</p>
    ${failure && html`<${Note} bad>${failure}</${Note}>`}
    ${!status ? html`<${Note}>This cluster has not started this sweep since its store was made.</${Note}>` : html`
    <${Facts} of=${[['State', html`<${State} of=${all.state} />`], ['Done', `${all.done} of ${count(all.jobs, 'job')}`], ['Failed', all.failed || ''], ['Running', all.running || ''],
      ['Iterations a second', all.rate ? rate(all.rate) : ''], ['Time left', all.state === 'running' ? duration(all.secondsLeft) : ''], ['Priority', status.priority]]} />
    <${Bar} label="Progress of the sweep" ...${all} />
    ${status.reason && html`<${Note}>${status.reason}</${Note}>`}`}
    ${mayChange && html`<div class="row" role="group" aria-label="Steer the sweep">
      ${!status?.finished && status && status.state !== 'paused' && html`<button onClick=${() => change('Paused.', () => post(`/sweeps/${answer.id}/pause`))}>Pause</button>`}
      ${(!status || status.finished || status.state === 'paused') && (all.done < all.jobs || !status) && html`<button class="main" onClick=${() => change('Resumed.', () => post(`/sweeps/${answer.id}/resume`))}>Resume</button>`}
      ${status && !status.finished && html`<button class="danger" onClick=${() => setQuestion('cancel')}>Cancel</button>
      <${Priority} now=${status.priority} onChange=${priority => change(`Its priority is ${priority}.`, () => put(`/sweeps/${answer.id}/priority`, { priority }))} />`}</div>`}
    ${question && html`<${Question} text=${`Cancel the sweep '${answer.name}'? Its ${count(all.done, 'result')} are kept, and it can be resumed.`} yes="Cancel the sweep"
      onYes=${() => change('Cancelled.', () => post(`/sweeps/${answer.id}/cancel`))} onNo=${() => setQuestion(null)} />`}
    ${all.cells.length > 0 && html`<h2>Rows</h2><${Table} label="Rows of the sweep" head=${['Row', 'Progress', '#Done', '#Failed', '#Running', '#Iterations/s', '#Time left']}>
      ${all.cells.map(cell => html`<tr key=${cell.label}><th scope="row">${cell.label}</th><td class="wide"><${Bar} label=${`Progress of ${cell.label}`} ...${cell} /> ${percent(cell.share)}</td>
        <td class="number">${cell.done}/${cell.jobs}</td><td class="number">${cell.failed || ''}</td><td class="number">${cell.running || ''}</td><td class="number">${cell.iterationsPerSecond ? rate(cell.iterationsPerSecond) : ''}</td>
        <td class="number">${cell.done + cell.failed < cell.jobs && all.state === 'running' ? duration(cell.secondsLeft) : ''}</td></tr>`)}</${Table}>`}
    ${status && html`<${Waiting} status=${status} /><${Failures} status=${status} />`}
    ${running.length > 0 && html`<h2>Running now</h2><ul class="cards">${running.slice(0, shownCards).map(job => html`<${Card} key=${job.id} sweep=${answer.id} row=${newest(byId(live, job), job, answer.asked)} />`)}</ul>
      ${running.length > shownCards && html`<p class="quiet">And ${running.length - shownCards} more, in the table of jobs below.</p>`}`}
    <${Jobs} sweep=${answer.id} cells=${all.cells.map(cell => cell.label)} live=${live} changed=${`${all.done} ${all.failed} ${all.running}`} />`;
}

function byId(live, job) {
  for (const row of live.values()) if (row.job.id === job.id) return row;
  return undefined;
}

// A stream can fall silent: what it told of a job counts until the page has asked anew.
function newest(row, job, asked) {
  return row && row.told >= asked ? row : { ...row, job };
}

function Priority({ now, onChange }) {
  const [value, setValue] = useState(now);
  return html`<form class="row" onSubmit=${event => { event.preventDefault(); onChange(Number(value)); }}><label>Priority, higher runs first<input type="number" step="1" min="-1000000" max="1000000" required value=${value} onInput=${e => setValue(e.target.value)} /></label><button>Set</button></form>`;
}

function Waiting({ status }) {
  const reasons = Object.entries(status.waiting);
  const busy = status.preparations;
  if (reasons.length + busy.length === 0) return null;
  return html`<h2>Why it waits</h2><${Table} label="Reasons for waiting" head=${['Reason', '#Jobs', '#Since']}>
    ${busy.map(one => html`<tr key=${one.id}><td>${one.otherKind ?? one.kind} ${short(one.id)}: ${preparing(one)}</td><td></td><td></td></tr>`)}
    ${reasons.map(([reason, jobs]) => html`<tr key=${reason}><td>${reason}</td><td class="number">${jobs}</td><td class="number">${since(status.waitingSince?.[reason], Date.now())}</td></tr>`)}</${Table}>`;
}

function preparing({ state, progress, waitingFor, failure }) {
  if (state === 'running') return progress ? `iteration ${progress.iteration} of ${progress.iterations}${progress.heldUpBy ? `, ${progress.heldUpBy}` : ''}` : 'begins';
  return waitingFor ?? failure?.message ?? stateText(state);
}

function Failures({ status }) {
  const problems = Object.entries(status.problems).sort((a, b) => b[1] - a[1]);
  return problems.length === 0 ? null : html`<h2>Failures</h2><${Table} label="Failures by what they say" head=${['#Jobs', 'What they say']}>
    ${problems.map(([sentence, jobs]) => html`<tr key=${sentence}><td class="number">${jobs}</td><td>${sentence}</td></tr>`)}</${Table}>`;
}

function Card({ sweep, row }) {
  const { job } = row;
  const progress = job.progress;
  // A new address makes the browser ask again: at every report of progress, but not more often than every few seconds.
  const asked = useRef({ at: 0, iteration: 0 });
  if (progress && progress.iteration !== asked.current.iteration && Date.now() - asked.current.at > 3000) asked.current = { at: Date.now(), iteration: progress.iteration };
  const path = jobPath(sweep, job.id);
  return html`<li class="card"><div class="pair"><figure><${Picture} src=${`${path}/target.png`} alt=${`The target ${row.image ?? short(job.id)}`} missing="no target" /><figcaption>target</figcaption></figure>
      <figure><${Picture} src=${`${path}/preview.png?at=${asked.current.iteration}`} alt=${`Its reconstruction at about iteration ${asked.current.iteration}`} missing="no preview yet" /><figcaption>now</figcaption></figure></div>
    <a href=${`#/sweeps/${sweep}/jobs/${job.id}`}>${row.image ?? short(job.id)}</a> <span class="quiet">${row.cell ?? ''}</span><br />
    ${progress ? html`iteration ${progress.iteration} of ${progress.iterations}, loss ${number(progress.loss)}` : 'begins'}${progress?.heldUpBy && html`<br /><span class="state waiting">${progress.heldUpBy}</span>`}</li>`;
}

function Jobs({ sweep, cells, live, changed }) {
  const [filter, setFilter] = useState({ state: '', cell: '', image: '' });
  const [trail, setTrail] = useState([0]);
  const [page, setPage] = useState(null);
  const [failure, setFailure] = useState(null);
  const after = trail.at(-1);

  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const asked = Date.now();
      const query = new URLSearchParams({ limit: pageSize, after });
      for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value);
      try {
        setPage({ ...await get(`/sweeps/${sweep}/jobs?${query}`, stop.signal), asked });
        setFailure(null);
      } catch (e) {
        if (e.name !== 'AbortError') setFailure(e.message);
      }
    }, page ? 250 : 0);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [sweep, after, filter.state, filter.cell, filter.image, changed]);

  function narrow(name, value) {
    setFilter({ ...filter, [name]: value });
    setTrail([0]);
  }

  return html`<h2 id="jobs">Jobs</h2><div class="row" role="search" aria-label="Jobs">
    <label>State<select value=${filter.state} onChange=${e => narrow('state', e.target.value)}><option value="">any</option>${stateNames.map(name => html`<option value=${name} key=${name}>${stateText(name)}</option>`)}</select></label>
    <label>Row<select value=${filter.cell} onChange=${e => narrow('cell', e.target.value)}><option value="">any</option>${cells.map(label => html`<option value=${label} key=${label}>${label}</option>`)}</select></label>
    <label>Image<input type="search" placeholder="a part of its name" value=${filter.image} onInput=${e => narrow('image', e.target.value)} /></label></div>
    ${failure && html`<${Note} bad>${failure}</${Note}>`}
    ${page && html`<${Table} label="Jobs" head=${['Image', 'Row', 'State', '#Iteration', '#Loss', '#Attempts', 'Device', 'What holds it up']}>
      ${page.jobs.length === 0 && html`<tr><td colspan="8" class="quiet">No job ${page.next ? 'on this page fits; go to the next one' : 'fits'}.</td></tr>`}
      ${page.jobs.map(old => {
        const row = { ...old, ...newest(live.get(`${old.cell} ${old.job.id}`), old.job, page.asked) };
        const { job } = row;
        return html`<tr key=${`${row.cell} ${job.id}`}><th scope="row"><a href=${`#/sweeps/${sweep}/jobs/${job.id}`}>${row.image}</a></th><td>${row.cell}</td><td><${State} of=${stateClass(job.state)} text=${stateText(job.state)} /></td>
          <td class="number">${job.progress ? `${job.progress.iteration}/${job.progress.iterations}` : ''}</td><td class="number">${job.progress ? number(job.progress.loss) : ''}</td><td class="number">${job.attempts || ''}</td>
          <td>${job.device ?? ''}</td><td>${job.failure?.message ?? job.waitingFor ?? job.progress?.heldUpBy ?? ''}</td></tr>`;
      })}</${Table}>
    <div class="row"><button disabled=${trail.length === 1} onClick=${() => setTrail(trail.slice(0, -1))}>Page before</button><button disabled=${page.next === null} onClick=${() => setTrail([...trail, page.next])}>Next page</button>
      <span class="quiet">page ${trail.length}</span></div>`}`;
}
