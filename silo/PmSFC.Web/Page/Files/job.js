import { html, useEffect, useState } from './vendor/preact-htm.js';
import { get, jobPath } from './api.js';
import { clock, number, short, stateClass, stateText } from './format.js';
import { Facts, LossCurve, Note, Picture, State, useTitle } from './parts.js';

export function Job({ sweep, id }) {
  const [row, setRow] = useState(null);
  const [losses, setLosses] = useState([]);
  const [failure, setFailure] = useState(null);
  useTitle(row?.image ?? 'Job');

  useEffect(() => {
    let timer, gone = false;
    async function turn() {
      let final = false;
      try {
        const found = await get(`/sweeps/${sweep}/jobs/${id}`);
        const told = await get(`/sweeps/${sweep}/jobs/${id}/losses`).catch(e => { if (e.status === 404) return { losses: [] }; throw e; });
        if (gone) return;
        setRow(found);
        setLosses(told.losses);
        setFailure(null);
        final = ['succeeded', 'failed', 'cancelled'].includes(found.job.state);
      } catch (e) {
        if (!gone) setFailure(e.message);
      }
      if (!gone && !final) timer = setTimeout(turn, 3000);
    }
    turn();
    return () => { gone = true; clearTimeout(timer); };
  }, [sweep, id]);

  const path = jobPath(sweep, id);
  if (!row) return html`<h1>Job ${short(id)}</h1>${failure ? html`<${Note} bad>${failure}</${Note}>` : html`<p>Loading …</p>`}`;
  const { job } = row;
  const done = job.state === 'succeeded';
  return html`<p><a href=${`#/sweeps/${sweep}`}>To the sweep</a></p><h1>${row.image} <span class="quiet">${row.cell}</span></h1>
    ${failure && html`<${Note} bad>${failure}</${Note}>`}
    <${Facts} of=${[['State', html`<${State} of=${stateClass(job.state)} text=${stateText(job.state)} />`], ['In it since', clock(job.since)], ['Iteration', job.progress ? `${job.progress.iteration} of ${job.progress.iterations}` : ''],
      ['Loss', job.progress ? number(job.progress.loss) : ''], ['Attempts', job.attempts || ''], ['Device', job.device], ['Job', html`<code>${job.id}</code>`], ['Trace', job.traceId && html`<code>${job.traceId}</code>`]]} />
    ${job.waitingFor && html`<${Note}>It waits: ${job.waitingFor}.</${Note}>`}${job.progress?.heldUpBy && html`<${Note}>It is held up: ${job.progress.heldUpBy}.</${Note}>`}
    ${job.failure && html`<${Note} bad>${job.failure.message}</${Note}>`}
    <h2>Pictures</h2><div class="pictures"><figure><${Picture} src=${`${path}/target.png`} alt=${`The target ${row.image}`} missing="The store has no target." /><figcaption>target</figcaption></figure>
      ${done ? html`<figure key="end"><${Picture} src=${`${path}/reconstruction.png`} alt="Its reconstruction" missing="The store has no reconstruction." /><figcaption>reconstruction</figcaption></figure>`
        : html`<figure key="now"><${Picture} src=${`${path}/preview.png?at=${job.progress?.iteration ?? 0}`} alt="Its reconstruction so far" missing="no preview yet" /><figcaption>so far</figcaption></figure>`}</div>
    <h2>Loss</h2><${LossCurve} losses=${losses} />`;
}
