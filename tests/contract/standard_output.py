"""stdout carries the protocol: only the transport and the command line's terminal may name it."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])

ALLOWED = {
    "mcp/output.cc": "carries the protocol",
    "mcp/serve.cc": "hands it to the transport",
    "cli/serve.cc": "hands it to the server",
    "cli/terminal.cc": "the command line's results",
    "cli/terminal.h": "the command line's results",
    "engine/process/spawn.cc": "the stdout of children",
}
WRITES = re.compile(
    r"std::cout|\bcout\b|\bprintf\s*\(|\bvprintf\s*\(|\bputs\s*\(|\bputchar\s*\(|\bfputs\s*\(|\bstdout\b|STDOUT_FILENO"
    r"|\bstdout_(?:color_)?sink|::write\s*\(\s*1\b"
)
COMMENT = re.compile(r"//.*")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')

problems = []
checked = 0
for layer, minimum in (("locking", 2), ("json", 10), ("mcp", 20), ("engine", 200), ("tools", 30), ("cli", 25)):
    files = [file for file in sorted((root / layer).rglob("*")) if file.suffix in (".h", ".cc")]
    if len(files) < minimum:
        problems.append(f"only {len(files)} files of {layer}/ were found: is {root} the project?")
    checked += len(files)
    for file in files:
        name = str(file.relative_to(root))
        for number, line in enumerate(file.read_text().splitlines(), 1):
            code = STRING.sub('""', COMMENT.sub("", line))
            if name not in ALLOWED and WRITES.search(code) and not code.startswith("#include"):
                problems.append(f"{name}:{number}: {line.strip()}")

print("\n".join(problems) or f"{checked} files leave stdout alone")
sys.exit(1 if problems else 0)
