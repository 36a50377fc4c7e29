"""Takes shared memory, which the limit on a process's own data does not count.

Loses: 1.2
Says: it used more than 0.6 GB of memory
Stopped by: C
"""
import mmap
import time


def filter_response(patch, kernel):
    kept = []
    for _ in range(100):
        piece = mmap.mmap(-1, 2**26)
        for place in range(0, len(piece), 4096):
            piece[place] = 1
        kept.append(piece)
    time.sleep(1000)
