// What several views show.
import { html, useEffect, useRef, useState } from './vendor/preact-htm.js';
import { percent } from './format.js';

export const State = ({ of, text }) => html`<span class=${`state ${of}`}>${text ?? of}</span>`;

export const Note = ({ children, bad }) => html`<p class=${bad ? 'note bad' : 'note'} role=${bad ? 'alert' : undefined}>${children}</p>`;

export function Bar({ label, done, failed, jobs, share }) {
  const whole = jobs || 1;
  const [a, b] = [100 * done / whole, 100 * failed / whole];
  const part = Math.max(0, Math.min(100 - a - b, 100 * share - a - b));
  return html`<div class="bar" role="progressbar" aria-label=${label} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.floor(100 * share)}
    aria-valuetext=${`${percent(share)}, ${done} of ${jobs} done, ${failed} failed`}>
    <span class="done" style=${{ width: `${a}%` }}></span><span class="part" style=${{ width: `${part}%` }}></span><span class="failed" style=${{ width: `${b}%` }}></span></div>`;
}

export const Facts = ({ of }) => html`<dl class="facts">${of.filter(([, value]) => value !== null && value !== undefined && value !== '').map(([name, value]) =>
  html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

export const Table = ({ label, head, children }) => html`<div class="scroll" role="region" aria-label=${label} tabindex="0"><table>
  <thead><tr>${head.map(name => html`<th scope="col" class=${name.startsWith('#') ? 'number' : undefined} key=${name}>${name.replace('#', '')}</th>`)}</tr></thead>
  <tbody>${children}</tbody></table></div>`;

// A picture that may not be there yet.
export function Picture({ src, alt, missing }) {
  const [gone, setGone] = useState(null);
  return gone === src ? html`<div class="empty">${missing}</div>`
    : html`<img src=${src} alt=${alt} loading="lazy" decoding="async" onError=${() => setGone(src)} />`;
}

// Asks before what cannot be taken back.
export function Question({ text, yes, onYes, onNo }) {
  const dialog = useRef(null);
  useEffect(() => { dialog.current.showModal(); }, []);
  return html`<dialog ref=${dialog} onClose=${onNo} aria-labelledby="question"><p id="question">${text}</p>
    <div class="row"><button class="danger" onClick=${() => { onYes(); dialog.current.close(); }}>${yes}</button><button autofocus onClick=${() => dialog.current.close()}>No</button></div></dialog>`;
}

// Asks the API now and again, while the page is in sight.
export function usePolling(ask, seconds, keys) {
  const [told, setTold] = useState({ value: null, failure: null });
  useEffect(() => {
    let timer, gone = false;
    const stop = new AbortController();
    async function turn() {
      if (!document.hidden) {
        try {
          const value = await ask(stop.signal);
          if (!gone) setTold({ value, failure: null });
        } catch (e) {
          if (!gone && e.name !== 'AbortError') setTold(before => ({ value: before.value, failure: e }));
        }
      }
      if (!gone) timer = setTimeout(turn, 1000 * seconds);
    }
    turn();
    return () => { gone = true; clearTimeout(timer); stop.abort(); };
  }, keys);
  return told;
}

export function useTitle(title) {
  useEffect(() => { document.title = `${title} – PmSFC`; }, [title]);
}

// A curve with its numbers for those who see no curve.
export function LossCurve({ losses, width = 640 }) {
  const place = useRef(null);
  const points = losses.filter(point => typeof point.loss === 'number' && isFinite(point.loss));
  const lowest = Math.min(...points.map(point => point.loss));
  useEffect(() => {
    if (points.length < 2) return undefined;
    const style = getComputedStyle(document.documentElement);
    const colour = name => { const probe = document.createElement('i'); probe.style.color = `var(${name})`; place.current.append(probe); const found = getComputedStyle(probe).color; probe.remove(); return found; };
    const [line, text, grid] = [colour('--accent'), colour('--text'), colour('--line')];
    const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
    const plot = new uPlot({
      width: Math.min(width, place.current.clientWidth || width), height: 260, cursor: { drag: { setScale: false } }, legend: { show: true },
      scales: { x: { time: false }, y: { distr: lowest > 0 ? 3 : 1 } },
      axes: [{ ...axis, label: 'iteration' }, { ...axis, label: lowest > 0 ? 'loss (logarithmic)' : 'loss', size: 70 }],
      series: [{ label: 'iteration' }, { label: 'loss', stroke: line, width: 2, points: { show: points.length < 60 } }],
    }, [points.map(point => point.iteration), points.map(point => point.loss)], place.current);
    return () => plot.destroy();
  }, [points.length, points.at(-1)?.iteration, width, matchMedia('(prefers-color-scheme: dark)').matches]);
  if (points.length < 2) return html`<p class="quiet">No loss curve yet: two points of it are recorded after some iterations.</p>`;
  const [first, last] = [points[0], points.at(-1)];
  return html`<figure><div class="plot" ref=${place} aria-hidden="true"></div>
    <figcaption>Loss ${first.loss.toPrecision(4)} at iteration ${first.iteration}, ${last.loss.toPrecision(4)} at iteration ${last.iteration}; the lowest is ${lowest.toPrecision(4)}.</figcaption></figure>`;
}
