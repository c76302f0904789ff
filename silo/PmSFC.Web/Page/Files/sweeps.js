import { html, useState } from './vendor/preact-htm.js';
import { get } from './api.js';
import { clock, count, duration, percent, rate, short } from './format.js';
import { Bar, Note, State, Table, usePolling, useTitle } from './parts.js';
import { totals } from './totals.js';

const page = 20;

export function Sweeps() {
  const [shown, setShown] = useState(page);
  useTitle('Sweeps');
  const { value, failure } = usePolling(async signal => {
    const list = (await get('/sweeps', signal)).sweeps;
    const rows = await Promise.all(list.slice(0, shown).map(async sweep => {
      try {
        return { sweep, answer: await get(`/sweeps/${sweep.id}`, signal) };
      } catch (e) {
        if (e.name === 'AbortError') throw e;
        return { sweep, problem: sweep.problem ?? e.message };
      }
    }));
    return { rows, all: list.length };
  }, 5, [shown]);

  return html`<h1>Sweeps</h1>${failure && html`<${Note} bad>${failure.message}</${Note}>`}
    ${!value ? html`<p>Loading …</p>` : value.all === 0 ? html`<p>The store has no sweep yet. Start one with <code>pmsfc sweep run</code>, or here with New sweep.</p>` : html`
    <${Table} label="Sweeps" head=${['Name', 'State', 'Progress', '#Jobs', '#Failed', '#Iterations/s', '#Time left', 'Started or resumed']}>
      ${value.rows.map(({ sweep, answer, problem }) => {
        if (problem) return html`<tr key=${sweep.id}><td>${short(sweep.id)}</td><td colspan="7">${problem}</td></tr>`;
        const all = totals(answer);
        return html`<tr key=${sweep.id}><th scope="row"><a href=${`#/sweeps/${sweep.id}`}>${sweep.name || short(sweep.id)}</a> <span class="quiet">${short(sweep.id)}</span></th>
          <td><${State} of=${all.state} /></td><td class="wide">${all.jobs > 0 && html`<${Bar} label=${`Progress of ${sweep.name}`} ...${all} /> ${percent(all.share)}`}</td>
          <td class="number">${all.jobs > 0 ? `${all.done}/${all.jobs}` : ''}</td><td class="number">${all.failed || ''}</td><td class="number">${all.rate ? rate(all.rate) : ''}</td>
          <td class="number">${all.state === 'running' ? duration(all.secondsLeft) : ''}</td><td>${clock(sweep.submittedAt)}</td></tr>`;
      })}</${Table}>
    ${value.all > shown && html`<div class="row"><button onClick=${() => setShown(shown + page)}>Show more</button><span class="quiet">${shown} of ${count(value.all, 'sweep')}</span></div>`}`}`;
}
