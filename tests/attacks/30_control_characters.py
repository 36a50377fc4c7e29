"""Steers the terminal and the page: ANSI, HTML, NUL, text that runs backwards, lone surrogates, in everything that is shown.

Loses: 1.1, 1.2, 1.3, 1.4
Stopped by: D, E
"""
EVIL = "\x1b[2J\x1b]0;owned\x07\r\x08<script>alert(1)</script>\0\u202e\u2066\ufeff\ud800\x9b31m"


def to_grayscale(image):
    print(EVIL * 3)
    return EVIL


def filter_response(patch, kernel):
    raise type("Error\x1b[2J<b>", (Exception,), {})(EVIL)


def convolve2d(*args, **kwargs):
    return type("Type\x1b[2J", (), {})()


def output_size(*args, **kwargs):
    return {EVIL: [EVIL]}


raise ValueError(EVIL)
