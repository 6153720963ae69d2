"""`python -m bench`: measure everything, write docs/bench/, exit 1 when a goal is missed."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from bench.goals import Result, machine, table, write
from bench.place import place, running
from bench.reports import REPORTS, Run
from devstack.processes import ROOT


def main() -> int:
    """Parse the command line and run the suites."""
    suites = {suite: report for report in REPORTS for suite in report.suites}
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "chosen", nargs="*", metavar="suite",
        help=f"{', '.join(suites)}; or a whole report: "
        f"{', '.join(report.name for report in REPORTS)} (all)",
    )  # fmt: skip
    parser.add_argument("--scale", type=float, default=1, help="of the community (1: 2 000 000)")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=4, help="of each pgbench run")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    known = {*suites, *(report.name for report in REPORTS)}
    if unknown := set(options.chosen) - known:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")

    missed = 0
    for report in REPORTS:
        is_whole = not options.chosen or report.name in options.chosen
        wanted = [suite for suite in report.suites if is_whole or suite in options.chosen]
        if not wanted:
            continue
        size = replace(report.size, seed=options.seed).part(options.scale)
        results: list[Result] = []
        with running() as server:
            where = place(
                server, size, size.part(report.small), say=lambda line: print(line, flush=True)
            )
            for suite in wanted:
                print(f"suite {suite}", flush=True)
                results += report.suites[suite](Run(where, options.rounds, options.seconds))
            about = machine(server.version())
        print(table(results))
        if is_whole:
            intro = report.intro.format(
                rounds=options.rounds, machine=about, size=size, scale=options.scale
            )
            write(ROOT / "docs" / "bench", report.name, intro, results, report.notes)
        met = sum(result.is_met for result in results)
        print(f"{report.name}: {met} of {len(results)} goals met")
        missed += len(results) - met
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
