#!/usr/bin/env python3
"""Sends mutated lines to a server and checks that it stays sane.

Usage: fuzz_lines.py [--seed N] [--lines N] [--corpus FILE] SERVER [ARGUMENT...]

Every output line must be UTF-8 JSON and a valid message of its era and revision; the process must answer a ping after
each round of lines, and end with status 0 when its input ends. The same seed sends the same lines. A corpus file has
one message per line, beside those that are built in.
"""

import argparse
import json
import pathlib
import random
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from mcp_wire import CALLS, LEGACY, LONGEST, META, MODERN, RESULTS, Process, Schema, modern, request  # noqa: E402

ROUND = 2000  # lines for one process
BUILT_IN = [
    ("server/discover", {}), ("ping", {}), ("tools/list", {}), ("prompts/list", {}), ("resources/list", {}),
    ("resources/templates/list", {}), ("resources/read", {"uri": "test://static-text"}),
    ("logging/setLevel", {"level": "debug"}), ("resources/subscribe", {"uri": "test://watched-resource"}),
    ("tools/call", {"name": "test_simple_text"}), ("tools/call", {"name": "test_error_handling", "arguments": {}}),
    ("tools/call", {"name": "test_logging_tool", "_meta": {"progressToken": 1}}),
    ("tools/call", {"name": "test_sampling", "arguments": {"prompt": "p"}}),
    ("tools/call", {"name": "test_trigger_tool_change", "_meta": {"progressToken": "t"}}),
    ("tools/call", {"name": "test_input_required_result_multi_round", "requestState": "AAAA.BBBB",
                    "inputResponses": {"step1": {"action": "accept", "content": {"name": "n"}}}}),
    ("prompts/get", {"name": "test_prompt_with_arguments", "arguments": {"arg1": "a", "arg2": "b"}}),
    ("completion/complete", {"ref": {"type": "ref/prompt", "name": "test_simple_prompt"},
                             "argument": {"name": "a", "value": "par"}}),
    ("subscriptions/listen", {"notifications": {"toolsListChanged": True, "resourceSubscriptions": ["test://a"]}}),
    ("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "f", "version": "1"}}),
]
CAPABILITIES = {"sampling": {}, "elicitation": {}, "roots": {}}
VALUES = [
    None, True, 0, -1, 1.5, 2**53, 2**63, 2**64, "", "x", "\u0000", "\u2028", "x" * 5000, [], {}, [1], {"a": {}}, MODERN,
    [[[[]]]], {"_meta": 5}, {"type": "ref/prompt"}, {"action": "accept"}, "test_input_required_result_elicitation",
]
WORDS = [
    b"null", b"true", b"0", b"-1", b"1.5", b"1e999", b"-0.0", b"18446744073709551616", b"9223372036854775807", b'""',
    b"[]", b"{}", b'"\\ud800"', b'"\\u0000"', b'"\xe2\x80\xa8"', b'"\xff\xfe"', b"[[[[", b"}}}}", b'{"a":', b'"id"',
    b'"_meta"', b'"jsonrpc"', b'"2.0"', b'"result"', b'"error"', b"\x00", b"\r", b"\xef\xbb\xbf", b"//", b",", b":",
    b'"' + MODERN.encode() + b'"', b"NaN", b"[" * 70 + b"]" * 70,
]


class Fuzzer:
    def __init__(self, generator, revision, corpus):
        self.random = generator
        self.revision = revision
        self.corpus = corpus
        self.last_id = 0
        self.methods = {}  # id -> method of the request that was sent with it, None if unclear

    def message(self):
        self.last_id += 1
        identifier = self.random.choice([self.last_id, str(self.last_id)])
        kind = self.random.random()
        if kind < 0.1:
            # Cancels a recent request, or seems to answer a question of the server.
            recent = max(1, self.last_id - self.random.randrange(20))
            if self.random.random() < 0.5:
                return {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": recent}}
            return {"jsonrpc": "2.0", "id": recent, "result": {"action": "cancel"}}
        method, params = self.random.choice(self.corpus)
        if self.revision == MODERN:
            return modern(identifier, method, params, CAPABILITIES, params.get("_meta"))
        return request(identifier, method, params)

    def line(self):
        message = self.message()
        twists = self.random.choice([0, 0, 1, 1, 2, 3])
        for _ in range(twists):
            self.twist(message)
        line = bytearray(json.dumps(message, ensure_ascii=self.random.random() < 0.5).encode())
        for _ in range(0 if twists else self.random.choice([0, 1, 1, 1, 2, 4, 8])):
            self.mutate(line)
        if self.random.random() < 0.02:
            line = bytearray(b"[" + line + b"," + json.dumps(self.message()).encode() + b"]")
        line = bytes(line).replace(b"\n", b" ")
        self.remember(line)
        return line

    def twist(self, node):
        """Changes one member somewhere in a message, which stays JSON."""
        key = self.random.choice(list(node)) if node else "x"
        child = node.get(key)
        if isinstance(child, dict) and self.random.random() < 0.7:
            child = node[key] = dict(child)  # the corpus stays as it is
            self.twist(child)
        elif self.random.random() < 0.2:
            node.pop(key, None)
        elif self.random.random() < 0.1:
            node[self.random.choice(["x", "_meta", "id", "cursor", "requestState"])] = self.random.choice(VALUES)
        else:
            node[key] = self.random.choice(VALUES)

    def mutate(self, line):
        start = self.random.randrange(len(line) + 1)
        end = min(len(line), start + self.random.choice([1, 1, 2, 5, 20]))
        kind = self.random.randrange(6)
        if kind == 0:
            line[start:end] = b""
        elif kind == 1:
            line[start:end] = self.random.randbytes(end - start)
        elif kind == 2:
            line[start:start] = line[start:end] * self.random.choice([1, 2, 50])
        elif kind == 3:
            line[start:start] = self.random.choice(WORDS)
        elif kind == 4:
            # A whole JSON token becomes another.
            colon = line.find(b":", start)
            if colon >= 0:
                stop = min(position for position in (line.find(b",", colon), line.find(b"}", colon), len(line)) if position >= 0)
                line[colon + 1:stop] = self.random.choice(WORDS)
        else:
            del line[self.random.randrange(len(line) + 1):]

    def remember(self, line):
        """Notes which method an answer will belong to; an id seen twice is unclear."""
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            return
        for each in message if isinstance(message, list) else [message]:
            if not isinstance(each, dict) or not isinstance(each.get("id"), (int, str)):
                continue
            key = repr(each["id"])
            method = each.get("method")
            known = isinstance(method, str) and method in RESULTS and self.is_plain(each)
            self.methods[key] = method if known and key not in self.methods else None

    def is_plain(self, message):
        """True if the request is of the era that this round validates."""
        params = message.get("params")
        meta = params.get("_meta") if isinstance(params, dict) else None
        is_modern = isinstance(meta, dict) and META + "protocolVersion" in meta
        return is_modern == (self.revision == MODERN)


class Round:
    """One process that gets ROUND lines."""

    def __init__(self, command, fuzzer, schemas):
        self.fuzzer = fuzzer
        self.schemas = schemas
        self.process = Process(command)
        self.problems = []
        self.seen = 0

    def check(self, line):
        self.seen += 1
        try:
            message = json.loads(line.decode("utf-8"), parse_constant=lambda name: self.problems.append(name))
        except ValueError as error:
            self.problems.append(f"no JSON ({error}): {line[:200]!r}")
            return
        if not line.endswith(b"\n"):
            self.problems.append(f"not ended: {line[:200]!r}")
        if isinstance(message, list) and self.fuzzer.revision == "2025-03-26" and message:
            for each in message:
                self.check_message(each)
        else:
            self.check_message(message)

    def check_message(self, message):
        if not isinstance(message, dict):
            self.problems.append(f"no message: {message}")
            return
        # A round of an older revision may contain lines that a mutation made modern, and the other way round.
        result = message.get("result")
        is_modern = isinstance(result, dict) and "resultType" in result or message.get("method") in CALLS and \
            META + "subscriptionId" in (message.get("params") or {}).get("_meta", {})
        revision = MODERN if is_modern or self.fuzzer.revision == MODERN and result is None else self.session_revision()
        method = self.fuzzer.methods.get(repr(message.get("id")))
        problem = self.schemas[revision].message_problem(message, method)
        if problem:
            self.problems.append(f"{problem}: {str(message)[:200]}")

    def session_revision(self):
        return LEGACY[0] if self.fuzzer.revision == MODERN else self.fuzzer.revision

    def run(self, lines):
        revision = self.fuzzer.revision
        if revision != MODERN:
            self.fuzzer.methods[repr("start")] = "initialize"
            self.process.send(request("start", "initialize", {"protocolVersion": revision, "capabilities": CAPABILITIES}))
        writer = threading.Thread(target=self.write, args=(lines,), daemon=True)
        writer.start()
        self.read_until("alive")
        writer.join(LONGEST)
        status = self.process.end()
        while (line := self.process.lines.get(timeout=LONGEST)) is not None:
            self.check(line)
        if status != 0:
            self.problems.append(f"exit status {status}")

    def write(self, lines):
        try:
            for line in lines:
                self.process.write(line)
            # Any era answers one of these two, whatever the lines before have done.
            self.process.send(modern("alive", "server/discover"))
        except BrokenPipeError:
            pass  # read_until() reports it

    def read_until(self, identifier):
        self.fuzzer.methods[repr(identifier)] = "server/discover"
        while True:
            line = self.process.lines.get(timeout=LONGEST)
            if line is None:
                self.problems.append("the process ended")
                return
            self.check(line)
            if b'"id":"' + identifier.encode() + b'"' in line:
                return


def read_corpus(path):
    messages = [json.loads(line) for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines() if line]
    return [(message["method"], message.get("params", {})) for message in messages]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lines", type=int, default=100000)
    parser.add_argument("--corpus")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    corpus = BUILT_IN + (read_corpus(options.corpus) if options.corpus else [])
    schemas = {revision: Schema(revision) for revision in (MODERN, *LEGACY)}
    revisions = [MODERN, LEGACY[0], MODERN, *LEGACY[1:]]
    answers = 0
    for number in range(0, options.lines, ROUND):
        seed = options.seed * 1000003 + number
        fuzzer = Fuzzer(random.Random(seed), revisions[number // ROUND % len(revisions)], corpus)
        lines = [fuzzer.line() for _ in range(min(ROUND, options.lines - number))]
        one = Round(options.command, fuzzer, schemas)
        one.run(lines)
        answers += one.seen
        if one.problems:
            print(f"{len(one.problems)} problems in lines {number} and after ({fuzzer.revision}, seed {options.seed}):")
            for problem in one.problems[:20]:
                print(f"  {problem}")
            sys.exit(1)
    print(f"{options.lines} lines, {answers} valid messages back, no problem (seed {options.seed})")


if __name__ == "__main__":
    main()
