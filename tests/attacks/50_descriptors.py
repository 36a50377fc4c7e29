"""Opens files until no descriptor is left, and keeps them.

Loses: 1.2
Stopped by: C
"""
import os

kept = []


def filter_response(patch, kernel):
    while True:
        try:
            kept.append(os.open("/dev/null", os.O_RDONLY))
        except OSError:
            return float(len(kept))
