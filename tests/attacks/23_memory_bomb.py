"""Takes more and more memory in one process, and keeps it.

Loses: 1.2
Says: MemoryError
Stopped by: C
"""
import numpy as np

kept = []


def filter_response(patch, kernel):
    while True:
        kept.append(np.empty(2**24))
