"""Documents lead somewhere and leave nothing out: relative links and anchors of all *.md exist, each page of docs/ can be
reached from README.md by links, the files that documents name exist, docs/command-line.md names every option and command,
docs/tools.md every tool, argument and member of a result, and docs/architecture.md the functions of one rollout, of which there are at most 50.
README.md has at most 120 lines, and no figure that docs/performance.md has not; docs/troubleshooting.md explains ten refusals, with the messages
that docs/errors.md has.

documents.py <root> checks the project; with --selftest it plants each kind of fault into a copy in memory and fails unless
each is found."""
import json
import os
import pathlib
import posixpath
import re
import sys
from urllib.parse import unquote

NOT_OURS = {".git", "build", "node_modules", "__pycache__"}
README, TOOLS, COMMAND_LINE, ARCHITECTURE = "README.md", "docs/tools.md", "docs/command-line.md", "docs/architecture.md"
OPTIONS = "cli/command_options.cc"
TROUBLESHOOTING, ERRORS, PERFORMANCE = "docs/troubleshooting.md", "docs/errors.md", "docs/performance.md"
MOST_LINES = 120
REFUSALS = 10

FENCED = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
# A file of the project as documents name it: a path, without wildcards and placeholders.
FILE = re.compile(r"`((?:bench|bin|cli|cmake|docs|engine|json|mcp|packaging|schemas|scripts|skills|tests|tools)/[\w./-]+)`")
FUNCTIONS = re.compile(r"<!-- functions of one rollout -->\n((?:\|.*\n)+)")
MOST_FUNCTIONS = 50
# A function's definition, at the margin or in a class: a call stands behind other words, or ends with a semicolon.
DEFINED = r"^ *[\w:<>,&* ]+[ &*](?:\w+::)*{}\([^;{{}}]*\)[\w ]*\{{"
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def read_files(root):
    """The text of every document, source and schema of a tool; of other files only that they exist."""
    files = {}
    for directory, below, names in os.walk(root):
        below[:] = sorted(set(below) - NOT_OURS)
        for path in (pathlib.Path(directory, name) for name in sorted(names)):
            name = path.relative_to(root).as_posix()
            wanted = path.suffix in {".md", ".cc"} or name.endswith((".input.json", ".output.json"))
            files[name] = path.read_text() if wanted else ""
    return files


def anchors_of(text):
    """The anchors of a document's headings, as forges make them."""
    anchors, seen = set(), {}
    for heading in HEADING.findall(FENCED.sub("", text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        seen[slug] = seen.get(slug, -1) + 1
        anchors.add(slug if seen[slug] == 0 else f"{slug}-{seen[slug]}")
    return anchors


def links_of(name, text):
    """(target as it is written, the file that it leads to, its anchor) of each link to a file of the project."""
    for target in LINK.findall(CODE.sub("``", FENCED.sub("", text))):
        if re.match(r"[a-z][a-z0-9+.-]*:", target, re.IGNORECASE):
            continue
        path, _, anchor = unquote(target).partition("#")
        yield target, posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name, anchor


def exists(files, path):
    return path in files or any(name.startswith(path + "/") for name in files)


def check_links(files, documents):
    count = 0
    for name, text in documents.items():
        for target, path, anchor in links_of(name, text):
            count += 1
            if not exists(files, path):
                yield f"{name}: the link to {target} leads nowhere"
            elif anchor and anchor not in anchors_of(documents.get(path, "")):
                yield f"{name}: the link to {target} leads to no heading of {path}"
    if count < 60:
        yield f"only {count} links were found"


def check_reachable(documents):
    reached, left = set(), [README]
    while left:
        name = left.pop()
        if name in documents and name not in reached:
            reached.add(name)
            left += [path for _, path, _ in links_of(name, documents[name])]
    pages = [name for name in documents if name.startswith("docs/")]
    yield from (f"{name} cannot be reached from {README}" for name in pages if name not in reached)
    if len(pages) < 10:
        yield f"only {len(pages)} pages of docs/ were found"


def check_named_files(files, documents):
    for name, text in documents.items():
        for path in FILE.findall(text):
            if not name.startswith("tests/") and not exists(files, path.rstrip("/")):
                yield f"{name}: there is no {path}"


def check_functions(files):
    table = FUNCTIONS.search(files[ARCHITECTURE])
    rows = [re.findall(r"`([^`]+)`", row) for row in table[1].splitlines()[2:]] if table else []
    functions = [(row[0], function) for row in rows for function in row[1:]]
    yield from (f"{ARCHITECTURE}: {file} has no function {function}" for file, function in functions
                if not re.search(DEFINED.format(function.rpartition("::")[2]), files.get(file, ""), re.MULTILINE))
    if not 30 <= len(functions) <= MOST_FUNCTIONS:
        yield f"{ARCHITECTURE} names {len(functions)} functions of one rollout, of at most {MOST_FUNCTIONS}"


def check_command_line(files):
    source, page = files[OPTIONS], files[COMMAND_LINE]
    options = set(re.findall(r'"(?:-\w,)?(--[a-z-]+)"', source)) | {"--help"}
    commands = set(re.findall(r'CommandName::\w+,\s*"([a-z -]+)"', source))
    yield from (f"{COMMAND_LINE} has no row for {name}" for name in sorted(options)
                if not re.search(rf"^\| [^|]*`{name}[ `]", page, re.MULTILINE))
    yield from (f"{COMMAND_LINE} has no row for the command {name}" for name in sorted(commands)
                if not re.search(rf"^\| `{name}` \|", page, re.MULTILINE))
    if len(options) < 12 or len(commands) < 8:
        yield f"only {len(options)} options and {len(commands)} commands were found in {OPTIONS}"


def check_tools(files):
    schemas = {match[1]: json.loads(text) for name, text in files.items()
               if (match := re.fullmatch(r"schemas/(\w+)\.input\.json", name))}
    results = {tool: json.loads(files.get(f"schemas/{tool}.output.json", "{}")) for tool in schemas}
    sections = {part.partition("\n")[0]: part for part in files[TOOLS].split("\n## ")[1:]}
    for tool, schema in sorted(schemas.items()):
        if tool not in sections:
            yield f"{TOOLS} has no section {tool}"
            continue
        yield from (f"{TOOLS}: {tool} has no row for {name}" for name in schema["properties"]
                    if f"\n| `{name}` |" not in sections[tool])
        yield from (f"{TOOLS}: {tool} has no row for {name} of its result"
                    for name in results[tool].get("$defs", {}).get("result", {}).get("properties", {})
                    if not re.search(rf"^\| [^|]*`{name}`[^|]*\|", sections[tool], re.MULTILINE))
    if len(schemas) < 4:
        yield f"only {len(schemas)} schemas of arguments were found"


def check_readme(files):
    lines = files[README].count("\n")
    if lines > MOST_LINES:
        yield f"{README} has {lines} lines, of at most {MOST_LINES}"
    measured = re.search(r"^Measured: .*?\n\n", files[README], re.MULTILINE | re.DOTALL)
    figures = re.findall(r"\b\d+\.\d+\b", measured[0]) if measured else []
    targets = files[PERFORMANCE].partition("<!-- targets -->")[2].partition("<!-- end -->")[0]
    yield from (f"{README}: {figure} is no figure of {PERFORMANCE}" for figure in figures if f"| {figure} |" not in targets)
    if not figures:
        yield f"{README} says nothing that was measured"


def check_troubleshooting(files):
    """Each section's code is one of docs/errors.md, and what it quotes are messages of that code there."""
    messages = {part.partition("`")[0]: set(re.findall(r"^    (.+)$", part, re.MULTILINE)) for part in files[ERRORS].split("\n### `")[1:]}
    sections = re.findall(r"^## \d+\. `(\w+)`.*?\n(.*?)(?=^## |\Z)", files[TROUBLESHOOTING], re.MULTILINE | re.DOTALL)
    for code, text in sections:
        quoted = re.findall(r"^    (.+)$", text, re.MULTILINE)
        if not quoted:
            yield f"{TROUBLESHOOTING}: {code} has no message"
        yield from (f"{TROUBLESHOOTING}: {code} has no message {line}" for line in quoted if line not in messages.get(code, ()))
    if len(sections) != REFUSALS:
        yield f"{TROUBLESHOOTING} explains {len(sections)} refusals, not {REFUSALS}"


def problems_of(files):
    documents = {name: text for name, text in files.items() if name.endswith(".md")}
    return [*check_links(files, documents), *check_reachable(documents), *check_named_files(files, documents),
            *check_functions(files), *check_command_line(files), *check_tools(files), *check_readme(files), *check_troubleshooting(files)]


def selftest(files):
    """The faults that are not found."""
    planted = {
        "a link to a file that is not there": {README: files[README] + "\n[x](docs/absent.md)\n"},
        "a link to a heading that is not there": {README: files[README] + "\n[x](docs/errors.md#absent)\n"},
        "a page without a link to it": {"docs/absent.md": "# Absent\n"},
        "a file that is not there": {README: files[README] + "\n`docs/absent.txt`\n"},
        "a function that is only called there": {ARCHITECTURE: files[ARCHITECTURE].replace(
            "| `engine/rollout.cc` | `prepare`", "| `engine/rollout.cc` | `open_repository`")},
        "a function that is not there": {"engine/rollout_plan.cc": files["engine/rollout_plan.cc"].replace("plan_rollout(", "absent(")},
        "an option that is not explained": {OPTIONS: files[OPTIONS] + '\n"--absent"\n'},
        "a command that is not explained": {OPTIONS: files[OPTIONS] + '\nCommandName::absent, "absent"\n'},
        "a tool that is not explained": {"schemas/absent.input.json": '{"properties": {}}'},
        "a member that is not explained": {"schemas/rollout.output.json": '{"$defs": {"result": {"properties": {"absent": {}}}}}'},
        "a figure that was not measured": {README: files[README].replace("Measured: ", "Measured: 0.123456789 absent, ")},
        "a README that is too long": {README: files[README] + "\n" * MOST_LINES},
        "a message that is none": {TROUBLESHOOTING: files[TROUBLESHOOTING].replace("    No rwenv set", "    Absent: no rwenv set")},
        "an argument that is not explained": {"schemas/rollout.input.json": '{"properties": {"absent": {}}}'},
    }
    return [f"not found: {what}" for what, change in planted.items()
            if not any(re.search("absent|plan_rollout|no function open_repository|0.123456789|of at most 120|Absent", problem) for problem in problems_of({**files, **change}))]


if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1])
    everything = read_files(root)
    problems = selftest(everything) if "--selftest" in sys.argv[2:] else problems_of(everything)
    print("\n".join(problems) or "documents lead somewhere, and name every option, command, tool and argument")
    sys.exit(1 if problems else 0)
