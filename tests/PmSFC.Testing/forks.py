"""Runs Python scripts for tests without the seconds that each takes to load PyTorch: this process has it loaded, and forks for every script.

    /usr/bin/python3 forks.py NAME

Listens at the abstract socket NAME until its standard input ends, and says so with a line. A connection sends a line of JSON, {"folder": where,
"arguments": [the script, and its arguments], "input": what it reads}, and is answered with one, {"code": ..., "output": ..., "error": ...}.
"""
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import tempfile
import traceback


def main(name):
    for module in ("numpy", "torch", "PIL.Image"):
        try:
            importlib.import_module(module)
        except ImportError:  # The script that needs it says so.
            pass
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0" + name)
        server.listen()
        print("listening", flush=True)
        while 0 not in (ready := select.select([0, server], [], [])[0]):
            connection = server.accept()[0]
            if os.fork() == 0:
                server.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                answer(connection)
                os._exit(0)
            connection.close()


def answer(connection):
    with connection, connection.makefile("rw", encoding="utf-8") as stream:
        request = json.loads(stream.readline())
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as error:
            given.write(request["input"].encode())
            given.seek(0)
            script = os.fork()
            if script == 0:
                for number, file in enumerate((given, output, error)):
                    os.dup2(file.fileno(), number)
                run(request)
            code = os.waitstatus_to_exitcode(os.waitpid(script, 0)[1])
            json.dump({"code": code, "output": whole(output), "error": whole(error)}, stream)
            stream.write("\n")


def run(request):
    """Runs the script as an interpreter of its own does, and ends this process."""
    code = 1
    try:
        os.chdir(request["folder"])
        sys.argv = request["arguments"]
        sys.path[0] = os.path.dirname(sys.argv[0])
        runpy.run_path(sys.argv[0], run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def whole(file):
    file.seek(0)
    return file.read().decode()


if __name__ == "__main__":
    main(sys.argv[1])
