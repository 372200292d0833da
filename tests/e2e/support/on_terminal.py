"""Runs a command on a pseudo-terminal and tells what a person at it would have got.

on_terminal.py '{"command": [...], "columns": 80, "interrupt": "pushing", "resize": ["fetching", 20], "pipe": true,
                "answers": [["Name: ", "dev"]]}'

answers: each is typed, and Enter, once its text is on the terminal, below what was typed before.
interrupt: Ctrl-C is typed once that text is on the terminal. type ["Go on?", "y\\n"]: at that text these keys are typed.
resize: at that text the terminal gets so many columns. pipe: standard output is a pipe; the terminal is on standard
error alone. Prints {"status", "screen", "out"}: the exit status (128 and the signal's number for one that a signal
ended), what the terminal was sent, and what went into the pipe.
"""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios

request = json.loads(sys.argv[1])
CTRL_C = b"\x03"


def resize(terminal, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


out_read, out_write = os.pipe()
go_read, go_write = os.pipe()
child, terminal = pty.fork()
if child == 0:
    os.close(go_write)
    os.read(go_read, 1)  # until the terminal has its size
    if request.get("pipe"):
        os.dup2(out_write, 1)
    for descriptor in (out_read, out_write, go_read):
        os.close(descriptor)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execvp(request["command"][0], request["command"])
os.close(out_write)
os.close(go_read)
resize(terminal, request.get("columns", 80))
os.close(go_write)

got = {terminal: b"", out_read: b""}
interrupt = request.get("interrupt", "").encode()
type_at, keys = request.get("type", ["", ""])
resize_at, new_columns = request.get("resize", ["", 0])
answers, answered_at = request.get("answers", []), 0
open_ends = set(got)
while open_ends:
    for end in select.select(list(open_ends), [], [])[0]:
        try:
            data = os.read(end, 65536)
        except OSError:  # how a pseudo-terminal says that nobody is left
            data = b""
        got[end] += data
        if not data:
            open_ends.discard(end)
        if answers and answers[0][0].encode() in got[terminal][answered_at:]:
            answered_at = len(got[terminal])
            os.write(terminal, (answers.pop(0)[1] + "\n").encode())
        if interrupt and interrupt in got[terminal]:
            os.write(terminal, CTRL_C)
            interrupt = b""
        if type_at and type_at.encode() in got[terminal]:
            os.write(terminal, keys.encode())
            type_at = ""
        if resize_at and resize_at.encode() in got[terminal]:
            resize(terminal, new_columns)
            resize_at = ""

status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(json.dumps({
    "status": status if status >= 0 else 128 - status,
    "screen": got[terminal].decode("utf-8", "replace"),
    "out": got[out_read].decode("utf-8", "replace"),
}))
