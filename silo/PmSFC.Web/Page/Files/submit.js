import { html, useEffect, useState } from './vendor/preact-htm.js';
import { get, post } from './api.js';
import { bytes, count } from './format.js';
import { Note, Table, useTitle } from './parts.js';

const example = (generator, set) => `name: from-the-page
generator: ${generator}
images: set:${set}
limit: 8
methods:
  - method: pmsfc
    preset: tuned
    subspaces: { method: self-expressive, preset: tuned }
  - method: mganprior
    preset: tuned
`;

export function Submit() {
  const [text, setText] = useState(null);
  const [store, setStore] = useState(null);
  const [plan, setPlan] = useState(null);
  const [failure, setFailure] = useState(null);
  const [busy, setBusy] = useState(false);
  useTitle('New sweep');

  useEffect(() => {
    Promise.all([get('/generators'), get('/image-sets')]).then(([{ generators }, { sets }]) => {
      setStore({ generators, sets });
      setText(before => before ?? example(generators[0]?.name ?? 'NAME', sets[0]?.name ?? 'NAME'));
    }, e => setFailure(e.message));
  }, []);

  async function send(path, act) {
    setBusy(true);
    setFailure(null);
    try {
      act(await post(path, text, 'application/yaml'));
    } catch (e) {
      setPlan(null);
      setFailure(e.message);
    }
    setBusy(false);
  }

  return html`<h1>New sweep</h1>
    ${store && html`<p>Generators: ${store.generators.map(card => card.name).join(', ') || 'none yet; import one with pmsfc generators import'}.
      Image sets: ${store.sets.map(set => `${set.name} (${count(set.images, 'image')})`).join(', ') || 'none yet; import one with pmsfc images import'}.</p>`}
    ${text !== null && html`<form onSubmit=${event => { event.preventDefault(); send('/sweeps', told => { location.hash = `#/sweeps/${told.id}`; }); }}>
      <label class="spec">The spec, in YAML<textarea spellcheck="false" value=${text} onInput=${e => { setText(e.target.value); setPlan(null); }}></textarea></label>
      <div class="row"><button type="button" disabled=${busy} onClick=${() => send('/plans', setPlan)}>Check</button><button class="main" disabled=${busy}>Start</button><span role="status" class="quiet">${busy ? 'The silo reads it …' : plan ? 'It can be started.' : ''}</span></div></form>`}
    ${failure && html`<${Note} bad><span style=${{ whiteSpace: 'pre-wrap' }}>${failure}</span></${Note}>`}
    ${plan && html`<h2>What it would do</h2><${Table} label="What the spec would do" head=${['Row', '#Jobs', '#Stored', '#Iterations', '#Memory of a job']}>
      ${plan.cells.map(cell => html`<tr key=${cell.label}><th scope="row">${cell.label}</th><td class="number">${cell.jobs}</td><td class="number">${cell.stored}</td><td class="number">${cell.iterations}</td><td class="number">${bytes(cell.bytesPerJob)}</td></tr>`)}</${Table}>`}`;
}
