"""Says in one sentence which modules a script misses, or goes on with Debian's own Python where that one has them.

A python3 that stands earlier on PATH, of pyenv, conda or a virtual environment, does not see the modules that apt installs.
"""
import importlib
import os
import subprocess
import sys

DEBIAN = "/usr/bin/python3"
PACKAGES = {"numpy": "python3-numpy", "PIL": "python3-pil", "torch": "python3-torch", "dask": "python3-dask", "distributed": "python3-distributed"}


def modules(*names):
    missing = [name for name in names if not is_there(name)]
    if not missing:
        return
    if has_all(DEBIAN, names):
        os.execv(DEBIAN, [DEBIAN, *sys.argv])
    packages = " ".join(PACKAGES[name] for name in missing)
    sys.stderr.write(
        f"error: {sys.executable or 'this python3'} has no {' and no '.join(missing)} that works; "
        f"run 'apt-get install {packages}' as root and then this with {DEBIAN}.\n"
    )
    sys.exit(2)


def is_there(name):
    try:
        importlib.import_module(name)
        return True
    except Exception:  # One that is broken, or of another version of Python, raises whatever it likes.
        return False


def has_all(python, names):
    """Whether another interpreter finds the modules; it is asked, because it alone knows where it looks."""
    if not os.access(python, os.X_OK) or os.path.realpath(python) == os.path.realpath(sys.executable or python):
        return False
    script = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"
    return subprocess.run([python, "-c", script, *names], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
