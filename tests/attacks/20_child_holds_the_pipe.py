"""Ends while a child keeps its socket open, so that the end is never seen.

Loses: 1.2
Stopped by: C
"""
import os
import time


def filter_response(patch, kernel):
    if os.fork() == 0:
        time.sleep(1000)
    os._exit(0)
