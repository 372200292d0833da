"""A server process seen from its pipes, and the official schemas of what it may write.

Used by the Python tests of the protocol: Process sends lines and collects the answers; Schema says what is wrong with
a message from the server in a given revision.
"""

import json
import pathlib
import queue
import subprocess
import threading

import jsonschema

SCHEMAS = pathlib.Path(__file__).resolve().parent.parent / "data" / "mcp-schema"
MODERN = "2026-07-28"
LEGACY = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
META = "io.modelcontextprotocol/"
LONGEST = 30  # seconds that a test waits for anything

RESULTS = {
    "initialize": "InitializeResult", "ping": "EmptyResult", "logging/setLevel": "EmptyResult",
    "resources/subscribe": "EmptyResult", "resources/unsubscribe": "EmptyResult",
    "tools/list": "ListToolsResult", "tools/call": "CallToolResult", "prompts/list": "ListPromptsResult",
    "prompts/get": "GetPromptResult", "resources/list": "ListResourcesResult",
    "resources/templates/list": "ListResourceTemplatesResult", "resources/read": "ReadResourceResult",
    "completion/complete": "CompleteResult", "server/discover": "DiscoverResult",
    "subscriptions/listen": "SubscriptionsListenResult",
}
CALLS = {
    "notifications/progress": "ProgressNotification", "notifications/message": "LoggingMessageNotification",
    "notifications/tools/list_changed": "ToolListChangedNotification",
    "notifications/prompts/list_changed": "PromptListChangedNotification",
    "notifications/resources/list_changed": "ResourceListChangedNotification",
    "notifications/resources/updated": "ResourceUpdatedNotification",
    "notifications/subscriptions/acknowledged": "SubscriptionsAcknowledgedNotification",
    "notifications/cancelled": "CancelledNotification", "elicitation/create": "ElicitRequest",
    "sampling/createMessage": "CreateMessageRequest", "roots/list": "ListRootsRequest",
}


class Schema:
    """The schema of one revision."""

    def __init__(self, revision):
        self.revision = revision
        self.document = json.loads((SCHEMAS / f"{revision}.json").read_text(encoding="utf-8"))
        self.section = "$defs" if "$defs" in self.document else "definitions"
        self.validators = {}

    def problem(self, definition, value):
        """What is wrong with `value` as one of the schema's definitions; None if nothing is."""
        if definition not in self.document[self.section]:
            return f"{self.revision} has no {definition}"
        if definition not in self.validators:
            root = {key: self.document[key] for key in ("$schema", self.section)}
            root["$ref"] = f"#/{self.section}/{definition}"
            self.validators[definition] = jsonschema.validators.validator_for(root)(root)
        error = next(self.validators[definition].iter_errors(value), None)
        return error and f"no valid {definition} of {self.revision}: {error.message} at {list(error.absolute_path)}"

    def message_problem(self, message, method=None):
        """What is wrong with a message of the server, `method` being that of the request it answers, if known."""
        if "method" in message:
            name = CALLS.get(message["method"])
            return self.problem(name, message) if name else f"unknown method {message['method']}"
        if "error" in message:
            # Before 2025-11-25 an error must have an id, which nobody can give to an unreadable request.
            if "id" not in message and self.revision < "2025-11-25":
                return None
            newer = "JSONRPCErrorResponse" in self.document[self.section]
            return self.problem("JSONRPCErrorResponse" if newer else "JSONRPCError", message)
        newer = "JSONRPCResultResponse" in self.document[self.section]
        envelope = self.problem("JSONRPCResultResponse" if newer else "JSONRPCResponse", message)
        if envelope or method is None:
            return envelope
        result = message["result"]
        if self.revision == MODERN and result.get("resultType") == "input_required":
            return self.problem("InputRequiredResult", result)
        if RESULTS[method] == "EmptyResult" and result != {}:
            return f"{method} returns {result}"
        return self.problem(RESULTS[method], result)


class Process:
    """A server process. Lines from it arrive in `lines`, None at the end."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def write(self, line):
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def send(self, message):
        self.write(json.dumps(message).encode())

    def receive(self):
        line = self.lines.get(timeout=LONGEST)
        return None if line is None else json.loads(line)

    def end(self):
        """Closes the input and returns the exit status."""
        self.process.stdin.close()
        return self.process.wait(LONGEST)


def modern(identifier, method, params=None, capabilities=None, meta=None):
    """A request of 2026-07-28."""
    all_meta = {META + "protocolVersion": MODERN, META + "clientCapabilities": capabilities or {}, **(meta or {})}
    return {"jsonrpc": "2.0", "id": identifier, "method": method, "params": {**(params or {}), "_meta": all_meta}}


def request(identifier, method, params=None):
    """A request of a session."""
    return {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params or {}}


