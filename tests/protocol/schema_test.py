#!/usr/bin/env python3
"""Validates all that the conformance server writes against the official schema of each revision.

Usage: schema_test.py SERVER. Exercises every method, notification and question in every revision.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from mcp_wire import LEGACY, META, MODERN, Process, Schema, modern, request  # noqa: E402

CAPABILITIES = {"sampling": {}, "elicitation": {}, "roots": {"listChanged": True}}
FORM = {"action": "accept", "content": {"name": "Ann", "ok": True, "color": "red", "context": "c", "answer": "a"}}
ANSWERS = {
    "elicitation/create": FORM,
    "sampling/createMessage": {"role": "assistant", "content": {"type": "text", "text": "Paris"}, "model": "m"},
    "roots/list": {"roots": [{"uri": "file:///project"}]},
}
SIMPLE = [
    ("tools/list", {}), ("prompts/list", {}), ("resources/list", {}), ("resources/templates/list", {}),
    ("resources/read", {"uri": "test://static-text"}), ("resources/read", {"uri": "test://static-binary"}),
    ("resources/read", {"uri": "test://template/7/data"}), ("resources/read", {"uri": "test://unknown"}),
    ("prompts/get", {"name": "test_simple_prompt"}),
    ("prompts/get", {"name": "test_prompt_with_arguments", "arguments": {"arg1": "a", "arg2": "b"}}),
    ("prompts/get", {"name": "test_prompt_with_embedded_resource", "arguments": {"resourceUri": "test://r"}}),
    ("prompts/get", {"name": "test_prompt_with_image"}), ("prompts/get", {"name": "unknown"}),
    ("completion/complete", {"ref": {"type": "ref/prompt", "name": "test_prompt_with_arguments"},
                             "argument": {"name": "arg1", "value": "par"}}),
    ("unknown/method", {}), ("tools/call", {"name": "unknown"}), ("tools/list", {"cursor": "x"}),
]
# Tools whose contents or questions a revision does not have yet.
NEWER = {"2024-11-05": {"test_audio_content"}, "2025-06-18": {"test_elicitation_sep1330_enums"}}


class Run:
    """One process, every message of which is validated."""

    def __init__(self, command, revision):
        self.schema = Schema(revision)
        self.process = Process(command)
        self.problems = []
        self.methods = {}
        self.validated = 0
        self.last_id = 0

    def receive(self):
        message = self.process.receive()
        problem = self.schema.message_problem(message, self.methods.get(message.get("id")))
        self.validated += 1
        if problem:
            self.problems.append(f"{problem}: {str(message)[:300]}")
        return message

    def exchange(self, make, method, params, **more):
        """Sends a request, answers the questions that come, and returns the response."""
        self.last_id += 1
        sent = make(self.last_id, method, params, **more)
        self.methods[self.last_id] = method
        self.process.send(sent)
        while True:
            message = self.receive()
            if "method" in message and "id" in message:
                self.process.send({"jsonrpc": "2.0", "id": message["id"], "result": ANSWERS[message["method"]]})
            elif message.get("id") == sent["id"]:
                return message

    def end(self):
        status = self.process.end()
        while (line := self.process.lines.get()) is not None:
            self.problems.append(f"unexpected at the end: {line[:300]}")
        if status != 0:
            self.problems.append(f"exit status {status}")
        return self.problems, self.validated


def tool_arguments(name):
    return {"test_sampling": {"prompt": "p"}, "test_elicitation": {"message": "m"}, "test_x_mcp_header": {"region": "r"}}.get(name, {})


def run_modern(command):
    run = Run(command, MODERN)
    meta = {"progressToken": "t", META + "logLevel": "debug"}
    listen = {"toolsListChanged": True, "promptsListChanged": True, "resourceSubscriptions": ["test://watched-resource"]}
    run.methods["listen"] = "subscriptions/listen"
    run.process.send(modern("listen", "subscriptions/listen", {"notifications": listen}))
    run.receive()
    run.exchange(modern, "server/discover", {})
    for method, params in SIMPLE:
        run.exchange(modern, method, params)
    tools = [tool["name"] for tool in run.exchange(modern, "tools/list", {})["result"]["tools"]]
    calls = [("tools/call", {"name": name, "arguments": tool_arguments(name)}) for name in tools]
    for method, params in calls + [("prompts/get", {"name": "test_input_required_result_prompt"})]:
        response = run.exchange(modern, method, params, capabilities=CAPABILITIES, meta=meta)
        while response.get("result", {}).get("resultType") == "input_required":
            result = response["result"]
            more = {"inputResponses": {key: ANSWERS[asked["method"]] for key, asked in result["inputRequests"].items()}}
            if "test_elicitation" == params["name"]:
                more["inputResponses"] = {"form": {"action": "decline"}}
            if "requestState" in result:
                more["requestState"] = result["requestState"]
            response = run.exchange(modern, method, {**params, **more}, capabilities=CAPABILITIES, meta=meta)
    for name in ("test_missing_capability", "test_sampling"):
        run.exchange(modern, "tools/call", {"name": name, "arguments": tool_arguments(name)})
    run.process.send({"jsonrpc": "2.0", "id": None, "method": "x"})
    run.receive()
    run.process.process.stdin.close()
    run.receive()  # the end of the subscription
    return run.end()


def run_legacy(command, revision):
    run = Run(command, revision)
    run.exchange(request, "initialize", {"protocolVersion": revision, "capabilities": CAPABILITIES,
                                         "clientInfo": {"name": "test", "version": "1"}})
    run.exchange(request, "ping", {})
    run.exchange(request, "logging/setLevel", {"level": "debug"})
    run.exchange(request, "resources/subscribe", {"uri": "test://watched-resource"})
    run.exchange(request, "resources/unsubscribe", {"uri": "test://watched-resource"})
    for method, params in SIMPLE:
        run.exchange(request, method, params)
    for tool in run.exchange(request, "tools/list", {})["result"]["tools"]:
        name = tool["name"]
        if name in NEWER.get(revision, ()):
            continue
        run.exchange(request, "tools/call",
                     {"name": name, "arguments": tool_arguments(name), "_meta": {"progressToken": 5}})
    return run.end()


def main():
    command = sys.argv[1:]
    failed = False
    for revision in (MODERN, *LEGACY):
        problems, validated = run_modern(command) if revision == MODERN else run_legacy(command, revision)
        print(f"{revision}: {validated} messages, {len(problems)} problems")
        for problem in problems:
            print(f"  {problem}")
        failed = failed or bool(problems) or validated < len(SIMPLE)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
