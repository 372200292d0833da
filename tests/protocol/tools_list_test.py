#!/usr/bin/env python3
"""What a client and its model pay for the tools' descriptions: a few thousand characters, in every session.

Usage: tools_list_test.py SERVER. Asks the built server for its list of tools in every revision.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from mcp_wire import LEGACY, LONGEST, MODERN, Process, modern, request  # noqa: E402

MOST_FOR_A_MODEL = 12_000  # characters of names, descriptions and input schemas, which a model reads
MOST_FOR_A_CLIENT = 45_000  # bytes of the whole answer
TOOLS = len(list((pathlib.Path(__file__).resolve().parents[2] / "schemas").glob("*.input.json")))


def answer(command, revision):
    """The line with the list of tools."""
    process = Process(command)
    if revision == MODERN:
        process.send(modern(1, "tools/list", {}))
    else:
        process.send(request(0, "initialize", {"protocolVersion": revision, "capabilities": {},
                                               "clientInfo": {"name": "test", "version": "1"}}))
        process.receive()
        process.send(request(1, "tools/list", {}))
    line = process.lines.get(timeout=LONGEST)
    process.end()
    return line


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read_by_a_model(tools):
    return sum(len(tool["name"]) + len(tool["description"]) + len(compact(tool["inputSchema"])) for tool in tools)


def main():
    problems = []
    for revision in (MODERN, *LEGACY):
        line = answer(sys.argv[1:], revision)
        result = json.loads(line)["result"]
        read, sent = read_by_a_model(result["tools"]), len(line)
        print(f"{revision}: {len(result['tools'])} tools, {read} characters for a model, {sent} bytes in all")
        if len(result["tools"]) != TOOLS or "nextCursor" in result:
            problems.append(f"{revision}: these are not all {TOOLS} tools")
        if read >= MOST_FOR_A_MODEL:
            problems.append(f"{revision}: a model reads {read} characters, {MOST_FOR_A_MODEL} are too many")
        if sent >= MOST_FOR_A_CLIENT:
            problems.append(f"{revision}: the answer has {sent} bytes, {MOST_FOR_A_CLIENT} are too many")
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
