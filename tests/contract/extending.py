"""docs/extending.md is right: what its tables name exists for each tool, type of place, error, forge and revision that there
is, and names it in the form that the table gives; the commits that are examples are in the history, if that is there; and
each section of the specification has a row that says where it is.

extending.py <root> checks the project; with --selftest it adds a tool, an error, ... that is in no file, and rows that
are wrong, and fails unless each is found."""
import json
import pathlib
import re
import subprocess
import sys

PAGE = "docs/extending.md"
ROW = re.compile(r"^\| (below )?(`[^|]+) \| [^|]+ \| ?([^|]*?) ?\|$", re.MULTILINE)
SECTIONS = {"A tool": "tool", "A type of place": "type", "An error": "code", "A forge": "forge", "A protocol revision": "revision"}
MAP = "Where each section of the specification is"
FEWEST_ROWS = 5
ABSENT = "_".join(("is", "in", "no", "file"))  # which is in none, this one included
PARTS = r"\w.-"  # of names: `helm-values` is not in `helm-values-2`


def enumerators(root, file, name):
    text = re.sub(r"//.*", "", (root / file).read_text())
    return re.findall(r"\w+", re.search(rf"enum class {name} \{{(.*?)\}}", text, re.DOTALL)[1])


def instances(root):
    """What there is of each kind, from where the program has it."""
    types = re.search(r"kTypes = \{\{(.*?)\}\};", (root / "engine/manifest/edit.cc").read_text(), re.DOTALL)[1]
    return {
        "tool": sorted(file.name.split(".")[0] for file in (root / "schemas").glob("*.input.json")),
        "type": re.findall(r'"([\w-]+)"', types),
        "code": enumerators(root, "engine/base/error.h", "Code"),
        "forge": enumerators(root, "engine/config/rwenv.h", "FluxForge"),
        "revision": re.findall(r'"(20\d\d-\d\d-\d\d)"', (root / "mcp/protocol.h").read_text()),
    }


class Files:
    """The texts of files, read once; of a directory, those of all files below it."""

    def __init__(self, root):
        self.root = root
        self.read = {}

    def texts(self, name):
        if name not in self.read:
            path = self.root / name
            files = sorted(path.rglob("*")) if path.is_dir() else [path]
            self.read[name] = [file.read_text(errors="replace") for file in files
                               if file.is_file() and not {"node_modules", "__pycache__"} & set(file.parts)]
        return self.read[name]

    def name(self, where, form):
        wanted = re.compile(rf"(?<![{PARTS}]){re.escape(form)}(?![\w-])")
        return any(form in text and wanted.search(text) for text in self.texts(where))


def check_row(files, row, kind, names):
    below, paths, form = row
    form = re.sub(r"^(`+) ?(.*?) ?\1$", r"\2", form)
    for path in re.findall(r"`([^`]+)`", paths):
        for name in names:
            where = path.replace(f"<{kind}>", name)
            if not (files.root / where).exists():
                yield f"{PAGE}: there is no {where}"
            elif form and not files.name(where, form.replace(f"<{kind}>", name)):
                who = f"no file below {where} names" if below else f"{where} does not name"
                yield f"{who} {form.replace(f'<{kind}>', name)}"


def history(root):
    """The first lines of all commits; none where they cannot be known, as in a shallow clone."""
    def git(*arguments):
        return subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True)
    shallow, log = git("rev-parse", "--is-shallow-repository"), git("log", "--format=%s")
    return set(log.stdout.splitlines()) if log.returncode == 0 and shallow.stdout == "false\n" else set()


def check_example(heading, section, commits):
    named = [" ".join(name.split()) for name in re.findall(r'the commit "([^"]+)"', section)]
    if not named:
        yield f"{PAGE}: {heading}: no commit is an example"
    yield from (f"{PAGE}: {heading}: there is no commit {name}" for name in named if commits and name not in commits)


def problems_of(root, page, there):
    files, commits = Files(root), history(root)
    sections = {part.partition("\n")[0]: part for part in page.split("\n## ")[1:]}
    for heading, kind in SECTIONS.items():
        rows = ROW.findall(sections.get(heading, ""))
        if len(rows) < FEWEST_ROWS or len(there[kind]) < 3:
            yield f"{PAGE}: {heading}: only {len(rows)} rows, and {len(there[kind])} of the kind, were found"
        for row in rows:
            yield from check_row(files, row, kind, there[kind])
        yield from check_example(heading, sections.get(heading, ""), commits)
    sectioned = re.findall(r"^\| (\S[^|]*?) \|", sections.get(MAP, ""), re.MULTILINE)
    headings = re.findall(r"^#{2,4} (.+)$", (root / "docs/specification.md").read_text(), re.MULTILINE)
    yield from (f"{PAGE}: no row says where the section {heading} of the specification is" for heading in headings if heading not in sectioned)
    if len(headings) < 10:
        yield f"only {len(headings)} sections of the specification were found"
    for path in re.findall(r"`((?:cli|cmake|engine|mcp|tools|tests|docs|schemas|scripts)/[\w./-]*)`", page):
        if not (root / path).exists():
            yield f"{PAGE}: there is no {path}"


def selftest(root, page, there):
    for kind in SECTIONS.values():
        found = [problem for problem in problems_of(root, page, {**there, kind: [*there[kind], ABSENT]}) if ABSENT in problem]
        if len(found) < FEWEST_ROWS:
            yield f"a {kind} that is in no file is not missed in {FEWEST_ROWS} files: {found}"
    if not any("6. Git" in problem for problem in problems_of(root, page.replace("\n| 6. Git |", "\n| 6. absent |"), there)):
        yield "a section of the specification without a row is not missed"
    if history(root) and not any("there is no commit" in problem for problem in problems_of(root, page.replace('the commit "', 'the commit "No '), there)):
        yield "a commit that is not in the history is not missed"
    for row in (f"| `tools/{ABSENT}.cc` | x | |", f"| `tools/features.cc` | x | `{ABSENT}_<tool>` |", f"| below `tests/` | x | `{ABSENT}_<tool>` |"):
        planted = page.replace("\n## A type of place", f"\n{row}\n\n## A type of place")
        if not any(ABSENT in problem for problem in problems_of(root, planted, there)):
            yield f"not found: {row}"


project = pathlib.Path(sys.argv[1])
text = (project / PAGE).read_text()
check = selftest if "--selftest" in sys.argv[2:] else problems_of
problems = list(dict.fromkeys(check(project, text, instances(project))))
print("\n".join(problems) or f"what {PAGE} lists is there, and complete")
sys.exit(1 if problems else 0)
