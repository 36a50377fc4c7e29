"""Makes empty files without end, which take no space but take time to remove.

Loses: 1.2
Stopped by: B, C
Process: not promised: without a file system of its own there is no limit on their number
"""
import itertools


def filter_response(patch, kernel):
    for number in itertools.count():
        open(f"/dev/shm/planted-{number}", "w").close()
