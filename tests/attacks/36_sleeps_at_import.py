"""Sleeps while it is imported.

Loses: 1.1, 1.2, 1.3, 1.4
Says: did not finish loading within
Stopped by: C
"""
import time

time.sleep(10**6)
