// A sweep's numbers, from the API's own progress where it has them.

const of = (cell, state) => cell.jobs[state] ?? 0;

export function totals(answer) {
  const { status, progress } = answer;
  if (!status) return { state: 'not started', jobs: 0, done: 0, failed: 0, running: 0, share: 0, rate: 0, secondsLeft: null, cells: [] };
  const cells = progress?.cells ?? status.cells.map(cell => {
    const jobs = Object.values(cell.jobs).reduce((a, b) => a + b, 0);
    const [done, failed] = [of(cell, 'succeeded'), of(cell, 'failed') + of(cell, 'cancelled')];
    return { label: cell.label, jobs, done, failed, running: of(cell, 'running'), share: jobs ? (done + failed) / jobs : 0, iterationsPerSecond: 0, secondsLeft: null };
  });
  const sum = name => cells.reduce((all, cell) => all + cell[name], 0);
  const [jobs, done, failed, running] = [sum('jobs'), sum('done'), sum('failed'), sum('running')];
  return {
    state: status.state, jobs, done, failed, running, cells, rate: progress?.iterationsPerSecond ?? 0, secondsLeft: progress?.secondsLeft ?? null,
    share: progress?.share ?? (jobs ? (done + failed) / jobs : 0),
  };
}
