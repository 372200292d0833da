#!/usr/bin/env python3
"""The launcher of the plugin that is a copy of the repository: it hands over to the program that it finds, never to
itself, and where there is none it answers for it, in every revision, by the official schemas, with every shell and awk
that this machine has. What is wrong with a message it says with the same code as the program.

Usage: launcher_test.py PROJECT PROGRAM
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from mcp_wire import LEGACY, META, MODERN, Schema, modern, request  # noqa: E402

project = pathlib.Path(sys.argv[1])
program = pathlib.Path(sys.argv[2])
TOOLS = sorted(file.name.split(".")[0] for file in (project / "schemas").glob("*.input.json"))
INITIALIZE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}

# Each is wrong in its own way.
WRONG = [
    "{", "nonsense", "[]", "7", '"x"', "null", '{"jsonrpc":"2.0","id":1,"method":"ping"} x', '{"jsonrpc":"2.0","id":1,}',
    '{"jsonrpc":"2.0","id":01,"method":"ping"}', '{"jsonrpc":"2.0","id":"\\x","method":"ping"}', "[" * 100 + "]" * 100,
    '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', '{"jsonrpc":"2.0","id":[],"method":"ping"}', '{"jsonrpc":"2.0","id":8}',
    '{"jsonrpc":"2.0","id":1,"method":7}', '{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}', '{"id":9,"method":"ping"}',
    '{"jsonrpc":"1.0","id":9,"method":"ping"}', '{"jsonrpc":"2.0","id":1,"method":"server/discover"}',
    *(json.dumps(message) for message in (
        modern(1, "nothing/here"), modern(1, "ping"), modern(1, "initialize", INITIALIZE), modern(1, "tools/call", {"name": "nothing"}),
        modern(1, "tools/call", {"name": 7}), modern(1, "tools/call"), modern(1, "tools/list", meta={META + "protocolVersion": "2027-01-01"}),
        modern(1, "tools/list", meta={META + "protocolVersion": 7}), modern(1, "tools/list", meta={META + "clientCapabilities": 7}),
        request(1, "initialize"), request(1, "initialize", {"protocolVersion": 7}))),
]


def found(*names):
    return [path for path in map(shutil.which, names) if path]


class Launcher(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name).resolve()
        self.plugin = self.copy('a "plugin" \\ of ours')
        self.tools = self.bin("tools", sed="sed", readlink="readlink", printf="printf", awk="awk")

    def copy(self, name):
        plugin = self.directory / name
        for part in ("bin", ".claude-plugin", "schemas", "packaging"):
            shutil.copytree(project / part, plugin / part, ignore=shutil.ignore_patterns("node_modules"))
        return plugin

    def bin(self, name, **programs):
        directory = self.directory / name
        directory.mkdir()
        for link, target in programs.items():
            (directory / link).symlink_to(shutil.which(str(target)))
        return directory

    def run_lines(self, lines, command=None, path=None, environment=None):
        """What comes back for these lines: messages."""
        path = path or [self.tools]
        result = subprocess.run(
            command or [self.plugin / "bin" / "rollout-mcp"], input="".join(f"{line}\n" for line in lines).encode(), timeout=60,
            capture_output=True, cwd=self.directory, env={"PATH": ":".join(map(str, path)), "HOME": str(self.directory), **(environment or {})})
        self.assertEqual(result.returncode, 0, result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def check_refusal(self, result):
        self.assertTrue(result["isError"])
        content = result["structuredContent"]
        self.assertEqual((content["status"], content["code"]), ("refused", "internal"))
        self.assertEqual(result["content"][0]["text"], f"{content['message']}\n{content['hint']}")
        self.assertIn(f"neither built in {self.plugin} nor on the PATH", content["message"])
        self.assertIn(f'"{self.plugin}/scripts/demo"', content["hint"])

    def conversation(self, revision, command=None, path=None):
        make = modern if revision == MODERN else request
        requests = [make(0, "server/discover")] if revision == MODERN else [
            request(0, "initialize", {**INITIALIZE, "protocolVersion": revision}), request(1, "ping")]
        requests.append(make("list", "tools/list"))
        requests += [make(f'call "{tool}" \\ é', "tools/call", {"name": tool, "arguments": {"service": "{]"}}) for tool in TOOLS]
        lines = [json.dumps(message) for message in requests]
        lines.insert(1, json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}))
        lines.insert(2, "")
        answers = self.run_lines(lines, command, path)
        schema = Schema(revision)
        for sent, answer in zip(requests, answers, strict=True):
            self.assertEqual(answer["id"], sent["id"])
            self.assertIsNone(schema.message_problem(answer, sent["method"]), answer)
        for answer in answers[-len(TOOLS):]:
            self.check_refusal(answer["result"])
        self.assertEqual([tool["name"] for tool in answers[-len(TOOLS) - 1]["result"]["tools"]], TOOLS)
        if revision != MODERN:
            self.assertEqual(answers[0]["result"]["protocolVersion"], revision)

    def test_answers_for_the_program_in_every_revision(self):
        for revision in (MODERN, *LEGACY):
            with self.subTest(revision):
                self.conversation(revision)

    def test_works_with_every_shell_and_awk(self):
        awks = [(path, "awk") for path in found("mawk", "gawk", "original-awk")]
        if (busybox := shutil.which("busybox")):
            awks.append((busybox, "awk"))
        for number, (awk, name) in enumerate(awks):
            tools = self.bin(f"awk{number}", sed="sed", readlink="readlink", printf="printf", **{name: awk})
            for shell in [[path] for path in found("dash", "bash", "ksh", "mksh", "yash", "zsh")] + ([[busybox, "sh"]] if busybox else []):
                with self.subTest(shell=shell, awk=awk):
                    self.conversation(MODERN, [*shell, self.plugin / "bin" / "rollout-mcp"], [tools])

    def test_says_what_is_wrong_with_the_programs_codes(self):
        # Alone, since the program may answer in another order, and an id may be in use.
        theirs = [answer for line in WRONG for answer in self.run_lines([line], [program])]
        ours = self.run_lines(WRONG)
        for line, expected, got in zip(WRONG, theirs, ours, strict=True):
            with self.subTest(line):
                self.assertEqual((got.get("id"), got["error"]["code"]), (expected.get("id"), expected["error"]["code"]))
                self.assertIsNone(Schema(MODERN).message_problem(got))

    def test_gives_every_id_back_as_it_came(self):
        ids = ['0', '-1', str(2**53 - 1), '""', '"a b"', r'"\"\\\/\u00e9\ud83d\ude00"', '"é"', '"null"', '"7"']
        lines = [f'{{"params":{{"id":3,"a":[{{"id":4}}]}},"id" : {name} ,"method":"ping","jsonrpc":"2.0"}}' for name in ids]
        self.assertEqual([answer["id"] for answer in self.run_lines(lines)], [json.loads(name) for name in ids])

    def test_is_silent_on_notifications_and_answers(self):
        self.assertEqual(self.run_lines([
            '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}',
            '{"jsonrpc":"2.0","id":1,"result":{}}', '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}', "  \r"]), [])

    def test_reads_names_with_escapes_and_a_last_line_without_an_end(self):
        line = r'{"jsonrpc":"2.0","id":1,"m\u0065thod":"tools\/c\u0061ll","params":{"name":"roll\u006fut"}}'
        result = subprocess.run([self.plugin / "bin" / "rollout-mcp"], input=line.encode(), capture_output=True, timeout=60,
                                env={"PATH": str(self.tools)}, check=True)
        self.check_refusal(json.loads(result.stdout)["result"])

    def test_tells_a_person_how_to_get_the_program(self):
        result = subprocess.run([self.plugin / "bin" / "rollout-mcp", "rollout", "papi"], capture_output=True, text=True, timeout=60,
                                env={"PATH": str(self.tools)})
        self.assertEqual((result.returncode, result.stdout), (127, ""))
        self.assertIn("is not installed", result.stderr)

    def server(self, **options):
        """Who answers: the program has a title."""
        answer, = self.run_lines([json.dumps(request(1, "initialize", INITIALIZE))], **options)
        return "program" if "title" in answer["result"]["serverInfo"] else "launcher"

    def test_hands_over_to_the_program_on_the_path(self):
        self.assertEqual(self.server(path=[self.tools, self.bin("installed", **{"rollout-mcp": program})]), "program")
        arguments = [self.plugin / "bin" / "rollout-mcp", "--version"]
        result = subprocess.run(arguments, capture_output=True, text=True, timeout=60, env={"PATH": str(self.directory / "installed")})
        self.assertRegex(result.stdout, r"^rollout-mcp \d")

    def test_hands_over_to_the_program_that_is_built_in_its_place(self):
        (self.plugin / "build/release").mkdir(parents=True)
        (self.plugin / "build/release/rollout-mcp").symlink_to(program)
        self.assertEqual(self.server(), "program")

    def test_finds_its_plugin_through_links(self):
        (self.directory / "links").mkdir()
        (self.directory / "links/one").symlink_to("two")
        (self.directory / "links/two").symlink_to(self.plugin / "bin" / "rollout-mcp")
        self.conversation(MODERN, ["links/one"])

    def test_never_finds_itself_or_another_launcher(self):
        other = self.copy("other version")
        launchers = [self.plugin / "bin", other / "bin", self.bin("linked", **{"rollout-mcp": other / "bin" / "rollout-mcp"})]
        self.assertEqual(self.server(path=[*launchers, self.tools]), "launcher")
        self.assertEqual(self.server(path=[*launchers, self.bin("installed", **{"rollout-mcp": program}), self.tools]), "program")

    def test_a_script_that_leads_back_is_followed_once(self):
        script = self.directory / "mine" / "rollout-mcp"
        script.parent.mkdir()
        script.write_text(f"#!/bin/sh\nexec '{self.plugin}/bin/rollout-mcp' \"$@\"\n")
        script.chmod(0o755)
        self.assertEqual(self.server(path=[script.parent, self.tools]), "launcher")

    def test_ignores_what_cannot_be_the_program(self):
        for name in (".", "directory"):
            (self.directory / name / "rollout-mcp").mkdir(parents=True)
        (self.directory / "plain").mkdir()
        (self.directory / "plain/rollout-mcp").write_text("#!/bin/sh\nexit 3\n")
        relative = self.bin("relative", **{"rollout-mcp": program})
        path = [self.directory / "directory", self.directory / "plain", relative.name, "", self.tools]
        self.assertEqual(self.server(path=path), "launcher")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
