"""Ends Python with exit code 0, as if everything had been fine.

Loses: 1.2
Says: exit code 0
Stopped by: A, E
"""
import os


def filter_response(patch, kernel):
    os._exit(0)
