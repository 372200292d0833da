"""docs/security.md proves what it says by tests that there are: each file that it names exists, and has each suite or title
that stands behind it in brackets."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
problems = []

document = (root / "docs" / "security.md").read_text()
table = re.search(r"^\| who \|.*?(?=^$)", document, re.MULTILINE | re.DOTALL)
rows = [row.strip("| ").split(" | ") for row in table.group(0).splitlines()[2:]] if table else []

NAMED = re.compile(r"`(tests/[^`]+)`(?: \(((?:`[^`]+`(?:, )?)+)\))?")


def has(text, name):
    """Whether a test file has this suite (Suite), this test of a suite (Suite.Test) or this title."""
    suite = re.fullmatch(r"(\w+)(?:\.(\w+))?", name)
    if suite:
        test = suite[2] or r"\w+"
        return re.search(rf"\bTEST\w*\(\s*{suite[1]},\s*{test}\s*\)", text)
    return f"'{name}'" in text


for row in rows:
    if len(row) != 4 or not NAMED.search(row[3]):
        problems.append(f"the row '{row[0]}' names no test")
checked = 0
for file, names in NAMED.findall(document):
    checked += 1
    if not (root / file).is_file():
        problems.append(f"{file} is not there")
        continue
    text = (root / file).read_text()
    problems += [f"{file} has no test {name}" for name in re.findall(r"`([^`]+)`", names) if not has(text, name)]

if len(rows) < 8 or checked < 20:
    problems.append(f"only {len(rows)} rows with {checked} tests were found in docs/security.md")
print("\n".join(problems) or f"docs/security.md names {checked} test files, and all are there")
sys.exit(1 if problems else 0)
