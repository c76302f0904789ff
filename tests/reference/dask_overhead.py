"""What Dask distributed takes for tasks that do nothing: tasks per second, and from the scheduler's choice of a worker to the task's first instruction.

Arguments: number of tasks. Prints one JSON object a row. One worker of one thread, as a thread of this process or as a process of its own; its scheduler
gives a worker as many tasks as it likes ("saturated", the default of this version) or one at a time ("one by one").
"""
import json
import sys
import time

import needs

needs.modules("dask", "distributed")

import dask
from distributed import Client, LocalCluster


def nothing(number):
    return time.time()


def run(tasks, processes, saturation):
    with dask.config.set({'distributed.scheduler.worker-saturation': saturation, 'distributed.scheduler.transition-log-length': 10**7}):
        with LocalCluster(n_workers=1, threads_per_worker=1, processes=processes, dashboard_address=None) as cluster, Client(cluster) as client:
            client.gather(client.map(nothing, range(100), pure=False, key='warm'))
            start = time.perf_counter()
            futures = client.map(nothing, range(tasks), pure=False, key='measured')
            begun = client.gather(futures)
            seconds = time.perf_counter() - start
            assigned = {entry[0]: entry[-1] for entry in cluster.scheduler.transition_log if entry[2] == 'processing'}
            waits = sorted(at - assigned[future.key] for at, future in zip(begun, futures))
    return {
        'worker': 'process' if processes else 'thread',
        'scheduling': 'saturated' if saturation == float('inf') else 'one by one',
        'tasksPerSecond': tasks / seconds,
        'p50': waits[len(waits) // 2],
        'p99': waits[len(waits) * 99 // 100],
    }


if __name__ == '__main__':
    for processes in (False, True):
        for saturation in (1.0, float('inf')):
            print(json.dumps(run(int(sys.argv[1]), processes, saturation)), flush=True)
