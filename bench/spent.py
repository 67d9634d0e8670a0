"""Processor time, by process: it says what a concern costs, also on a machine that is busy with something else."""

from collections.abc import Mapping

import psutil

from deploy.native.processes import Processes


def spent(house: Processes) -> dict[str, float]:
    """Seconds each part of the house has worked so far."""
    found = {name: _of(program.process.pid) for name, program in house.programs.items() if program.process}
    postgres = (house.folder / "database" / "postgres" / "postmaster.pid").read_text().splitlines()[0]
    found["postgres"] = _of(int(postgres), family=True)
    if house.kafka is not None and house.kafka.pid is not None:
        found["kafka"] = _of(house.kafka.pid)
    return found


def milliseconds_each(before: Mapping[str, float], after: Mapping[str, float], count: int) -> dict[str, float]:
    return {name: (after[name] - before[name]) / count * 1000 for name in after}


def _of(pid: int, *, family: bool = False) -> float:
    first = psutil.Process(pid)
    total = 0.0
    for process in (first, *(first.children(recursive=True) if family else ())):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total
