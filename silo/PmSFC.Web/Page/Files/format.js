// Words and numbers for people.

export const count = (n, thing) => `${n.toLocaleString('en')} ${thing}${n === 1 ? '' : 's'}`;
export const percent = share => `${Math.floor(100 * share)} %`;

export function duration(seconds) {
  if (seconds === null || seconds === undefined || !isFinite(seconds)) return 'not known yet';
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor(s / 3600) % 24} h`;
}

export const since = (time, now) => time ? duration(Math.max(0, (now - Date.parse(time)) / 1000)) : '';
export const clock = time => time ? new Date(time).toLocaleString('en-GB') : '';
export const rate = perSecond => perSecond >= 100 ? perSecond.toFixed(0) : perSecond >= 1 ? perSecond.toFixed(1) : perSecond.toFixed(2);
export const number = value => value === null || value === undefined ? '' : typeof value === 'string' ? value
  : Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(2) : value.toPrecision(4);

export function bytes(n) {
  if (!n) return '';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let i = 0;
  while (n >= 1024 && i < 4) { n /= 1024; i++; }
  return `${n >= 100 || i === 0 ? n.toFixed(0) : n.toFixed(1)} ${units[i]}`;
}

const states = {
  waitingForSubspaces: 'waits for subspaces', waitingForNetwork: 'waits for its network', waitingForPreparation: 'waits for a preparation', waitingForCapacity: 'waits for a device that fits', queued: 'queued', running: 'running',
  lost: 'worker lost', succeeded: 'done', failed: 'failed', cancelled: 'cancelled',
};
export const stateNames = Object.keys(states);
export const stateText = state => states[state] ?? state;
export const stateClass = state => state.startsWith('waiting') ? 'waiting' : state;
export const short = id => id.slice(0, 8);
