"""Takes memory in many processes, each of which stays below the limit for one.

Loses: 1.2
Says: it used more than 0.6 GB of memory
Stopped by: C
"""
import os
import time


def filter_response(patch, kernel):
    for _ in range(24):
        if os.fork() == 0:
            os.setsid()
            kept = bytearray(b"x") * (96 * 2**20)
            time.sleep(1000)
            return kept
    time.sleep(1000)
