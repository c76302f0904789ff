import { html } from './vendor/preact-htm.js';
import { get } from './api.js';
import { bytes, count, duration, percent, short, since } from './format.js';
import { Facts, Note, Table, usePolling, useTitle } from './parts.js';

function batchText(batch) {
  if (!batch) return '';
  const name = [batch.method || batch.kind, batch.kind === 'inversion' ? count(batch.itemIds.length, 'image') : batch.kind].filter(Boolean).join(', ');
  return batch.iterations ? `${name}, iteration ${batch.iteration} of ${batch.iterations}` : name;
}

export function Devices() {
  useTitle('Devices');
  const { value, failure } = usePolling(signal => get('/devices', signal), 3, []);
  const now = Date.now();
  return html`<h1>Devices</h1>${failure && html`<${Note} bad>${failure.message}</${Note}>`}
    ${!value ? html`<p>Loading …</p>` : value.devices.length === 0 ? html`<p>No device is connected, so all jobs wait. Start a silo with devices.</p>` : html`
    <${Table} label="Devices" head=${['Device', '#Jobs', '#Busy', '#Memory', 'It works on', '#Last heard of']}>
      ${value.devices.map(device => html`<tr key=${device.workerId}><th scope="row">${device.device}</th><td class="number">${device.leases}</td>
        <td class="number">${typeof device.busyShare === 'number' ? percent(device.busyShare) : ''}</td>
        <td class="number">${device.memoryBytes ? `${device.batchBytes ? `${bytes(device.batchBytes)} of ` : ''}${bytes(device.memoryBytes)}` : ''}</td><td>${batchText(device.batch)}</td>
        <td class="number">${since(device.lastHeard, now)} ago</td></tr>`)}</${Table}>`}`;
}

export function Queue() {
  useTitle('Queue');
  const { value, failure } = usePolling(signal => get('/queue', signal), 3, []);
  const now = Date.now();
  return html`<h1>Queue</h1>${failure && html`<${Note} bad>${failure.message}</${Note}>`}
    ${!value ? html`<p>Loading …</p>` : html`<${Facts} of=${[['Waiting', value.queued], ['Running', value.running], ['Work that waits', duration(value.queuedDeviceSeconds)], ['Work in all', duration(value.deviceSeconds)]]} />
    <h2>Why sweeps wait</h2>${value.waiting.length === 0 ? html`<p>Nothing waits.</p>` : html`<${Table} label="Reasons for waiting" head=${['Sweep', 'Reason', '#Jobs', '#Since']}>
      ${value.waiting.map(row => html`<tr key=${`${row.sweep} ${row.reason}`}><th scope="row"><a href=${`#/sweeps/${row.sweep}`}>${row.name || short(row.sweep)}</a></th><td>${row.reason}</td><td class="number">${row.jobs}</td><td class="number">${since(row.since, now)}</td></tr>`)}</${Table}>`}`}`;
}
