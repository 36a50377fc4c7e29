"""Prints fifty megabytes, to Python's and to the system's standard output.

Loses: 1.2
Stopped by: A, D
"""
import os


def filter_response(patch, kernel):
    for _ in range(50):
        print("x" * 10**6)
        os.write(1, b"y" * 10**6)
        os.write(2, b"y" * 10**6)
    return 0.0
