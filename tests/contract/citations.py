"""What comments and documents cite is in the repository: each section of docs/specification.md that they name, and each
numbered case (F1, F2, ...), which the table in tests/remotes/README.md has. Texts outside of the repository are not cited."""
import os
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
SPECIFICATION = "docs/specification.md"
CASES = "tests/remotes/README.md"

NOT_OURS = {".git", "build", "node_modules", "__pycache__"}
# Words that no comment may use for a text that its reader does not have. A licence is about contracts.
ABSENT = re.compile(r"\b(?:CONTRACT|HOUSE|STYLE|CASES)\b|\b(?:CLIENTS|GIT)\.md\b|\.\./shared\b")
ALLOWED = {"LICENSE": "an action of contract", "tests/contract/citations.py": "these words"}
# A test may look for a corpus beside the checkout.
BESIDE = re.compile(r"\.\./shared/corpus\b")

SOURCES = {".cc", ".h", ".mjs", ".py", ".md", ".cmake", ".sh", ".awk", ".txt", ""}
GAP = r"(?:\s|//|#)+"  # between words: a comment goes on in the next line
NUMBERS = rf"\d+(?:\.\d+)?(?:(?:,|{GAP}and|{GAP}to)?{GAP}\d+(?:\.\d+)?)*"
SECTIONS = re.compile(rf"(?P<by>\S+{GAP})?\bsections?{GAP}(?P<numbers>{NUMBERS})", re.IGNORECASE)
BY_SPECIFICATION = re.compile(rf"(?:docs/specification\.md|\bspecification),{GAP}$", re.IGNORECASE)
CASE = re.compile(r"\bF\d{1,3}\b")
HEADING = re.compile(r"^#{2,4} (\d+(?:\.\d+)?)\.? ", re.MULTILINE)

sections = set(HEADING.findall((root / SPECIFICATION).read_text()))
cases = set(re.findall(r"^\| (F\d+) \|", (root / CASES).read_text(), re.MULTILINE))
problems = []
found = {"sections": 0, "cases": 0}


def files():
    for directory, below, names in os.walk(root):
        below[:] = sorted(set(below) - NOT_OURS)
        for path in (pathlib.Path(directory, name) for name in sorted(names)):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(root).as_posix(), path


def note(name, text, offset, problem):
    problems.append(f"{name}:{text.count(chr(10), 0, offset) + 1}: {problem}")


def check_absent(name, text):
    for match in ABSENT.finditer(text):
        beside = name.startswith("tests/") and BESIDE.match(text, match.start())
        if not beside:
            note(name, text, match.start(), f"{match[0]} is not in the repository")


def check_sections(name, text):
    for match in SECTIONS.finditer(text):
        if name != SPECIFICATION and not BY_SPECIFICATION.search(match["by"] or ""):
            note(name, text, match.start("numbers"), f'of what? Write "specification, section {match["numbers"]}"')
            continue
        found["sections"] += 1
        for number in re.findall(r"\d+(?:\.\d+)?", match["numbers"]):
            if number not in sections:
                note(name, text, match.start("numbers"), f"{SPECIFICATION} has no section {number}")


def check_cases(name, text):
    for match in CASE.finditer(text):
        found["cases"] += 1
        if match[0] not in cases:
            note(name, text, match.start(), f"{CASES} has no case {match[0]}")


for name, path in files():
    text = path.read_bytes().decode("utf-8", "replace")
    if name not in ALLOWED:
        check_absent(name, text)
    if path.suffix in SOURCES and not name.startswith(("tests/data/", "tests/fuzz/corpus/")) and name not in ALLOWED:
        check_sections(name, text)
        check_cases(name, text)

if len(sections) < 10 or len(cases) < 30 or found["sections"] < 40 or found["cases"] < 100:
    problems.append(f"only {len(sections)} sections, {len(cases)} cases and {found} were found: is {root} the project?")
print("\n".join(problems) or f"{found['sections']} citations of sections and {found['cases']} of cases lead somewhere")
sys.exit(1 if problems else 0)
