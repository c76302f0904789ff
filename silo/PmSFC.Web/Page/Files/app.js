// The frame of the page: who is signed in, where one is, and which view shows it.
import { html, render, useEffect, useState } from './vendor/preact-htm.js';
import { get, signIn, signOut, whenSignedOut } from './api.js';
import { Note, useTitle } from './parts.js';
import { Sweeps } from './sweeps.js';
import { Sweep } from './sweep.js';
import { Job } from './job.js';
import { Devices, Queue } from './cluster.js';
import { Submit } from './submit.js';

const places = [
  [/^sweeps\/([^/]+)\/jobs\/([^/]+)$/, (at, me) => html`<${Job} key=${at[2]} sweep=${at[1]} id=${at[2]} me=${me} />`],
  [/^sweeps\/([^/]+)$/, (at, me) => html`<${Sweep} key=${at[1]} id=${at[1]} me=${me} />`],
  [/^devices$/, () => html`<${Devices} />`],
  [/^queue$/, () => html`<${Queue} />`],
  [/^submit$/, () => html`<${Submit} />`],
  [/^$/, () => html`<${Sweeps} />`],
];

const here = () => decodeURI(location.hash.replace(/^#\/?/, ''));

// A run's own page comes with its token behind the '#', which browsers send nowhere; it is taken out of sight at once.
function tokenOfAddress() {
  const given = location.hash.match(/^#token=([^/]+)(\/.*)?$/);
  if (!given) return null;
  history.replaceState(null, '', `/#${given[2] ?? '/'}`);
  return given[1];
}

function SignIn({ onDone, failure }) {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState(failure);
  useTitle('Sign in');
  async function submit(event) {
    event.preventDefault();
    try {
      await signIn(token.trim());
      onDone();
    } catch (e) {
      setProblem(e.message);
    }
  }
  return html`<main class="login"><h1>PmSFC</h1><form onSubmit=${submit}>
    <label>Your token, as <code>pmsfc access token</code> or your identity provider gave it<input type="password" name="token" autocomplete="current-password" required value=${token} onInput=${e => setToken(e.target.value)} /></label>
    <div class="row"><button class="main">Sign in</button></div></form>${problem && html`<${Note} bad>${problem}</${Note}>`}</main>`;
}

const givenToken = tokenOfAddress();

function Frame() {
  const [me, setMe] = useState(undefined);
  const [failure, setFailure] = useState(null);
  const [place, setPlace] = useState(here());

  async function load() {
    try {
      setMe(await get('/me'));
      setFailure(null);
    } catch (e) {
      setMe(null);
      setFailure(e.status === 401 ? null : e.message);
    }
  }

  useEffect(() => {
    whenSignedOut(() => setMe(null));
    (givenToken ? signIn(givenToken).catch(e => setFailure(e.message)) : Promise.resolve()).then(load);
    const move = () => {
      setPlace(here());
      scrollTo(0, 0);
      document.getElementById('content')?.focus();
    };
    addEventListener('hashchange', move);
    return () => removeEventListener('hashchange', move);
  }, []);

  if (me === undefined) return html`<main><p>Loading …</p></main>`;
  if (me === null) return html`<${SignIn} onDone=${load} failure=${failure} />`;
  const [found, show] = places.map(([pattern, view]) => [place.match(pattern), view]).find(([match]) => match) ?? [];
  const link = (to, text) => html`<a href=${`#/${to}`} aria-current=${place === to ? 'page' : undefined}>${text}</a>`;
  return html`<a class="skip" href="#content" onClick=${event => { event.preventDefault(); document.getElementById('content').focus(); }}>Skip to the content</a>
    <header><nav aria-label="Main"><span class="brand">PmSFC</span>${link('', 'Sweeps')}${link('devices', 'Devices')}${link('queue', 'Queue')}${me.submissions === 'accepted' && me.role !== 'viewer' && link('submit', 'New sweep')}<a href="/reference">API</a>
      <span class="who">${me.name} (${me.role}) <button onClick=${() => signOut().finally(() => setMe(null))}>Sign out</button></span></nav></header>
    <main id="content" tabindex="-1">${found ? show(found, me) : html`<h1>Nothing is here</h1><p><a href="#/">To the sweeps</a></p>`}</main>`;
}

render(html`<${Frame} />`, document.getElementById('page'));
