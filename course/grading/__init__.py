"""Grading: a trusted pytest process that compares, and worker processes that run the answers."""
