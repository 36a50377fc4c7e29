"""Forks without end, each child as well.

Loses: 1.2
Says: did not return within
Stopped by: C
Process: not promised: without a user of its own there is no limit on processes to set
"""
import os
import time


def filter_response(patch, kernel):
    while True:
        try:
            if os.fork() == 0:
                os.setsid()
        except OSError:
            time.sleep(0.05)
