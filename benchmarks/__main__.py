"""Run every benchmark, print a table, write `build/bench.json`."""

import argparse
import json
import os
import platform

from benchmarks import check_latency, save_to_verdict
from course import catalog


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="counted rounds of each pair (default: 5)")
    rounds = parser.parse_args().rounds
    results = {
        "machine": {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()},
        "from command to verdict": check_latency.measure(rounds),
        "from save to verdict": save_to_verdict.measure(rounds),
    }
    path = catalog.course_root() / "build" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"\n{'from command to verdict':24} {'course check':>13} {'plain pytest':>13} {'ratio':>7}")
    for name, row in results["from command to verdict"].items():
        print(f"{name:24} {row['course check, seconds']:>11.2f} s {row['plain pytest, seconds']:>11.2f} s {row['ratio']:>7.2f}")
    print(f"\n{'from save to verdict':24} {'warm loop':>13} {'of it own':>13} {'plain pytest':>13} {'ratio':>7}")
    for name, row in results["from save to verdict"].items():
        print(f"{name:24} {row['save to verdict, seconds']:>11.2f} s {row['its own computing, seconds']:>11.2f} s "
              f"{row['plain pytest, seconds']:>11.2f} s {row['ratio']:>7.2f}")
    print(f"\nwritten to {path.relative_to(catalog.course_root())}")


if __name__ == "__main__":
    main()
