"""Looks for tokens in its environment and in what it was started with.

Loses: 1.2
Stopped by: A, B
"""
import os
import sys


def filter_response(patch, kernel):
    texts = [str(dict(os.environ)), str(sys.orig_argv)]
    for name in ("environ", "cmdline"):
        try:
            texts.append(open(f"/proc/self/{name}").read())
        except OSError:
            pass
    for text in texts:
        if "SECRET" in text:
            print("LEAK", text)
    return 0.0
