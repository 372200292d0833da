"""docs/dependencies.md lists what there is: the components of the bill of materials, what CMake finds and links, what
scripts/setup installs and what the package.json files name; and on Debian 12 the versions that are installed."""
import json
import pathlib
import re
import shutil
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
problems = []


def expect_same(what, documented, real):
    for name in sorted(set(documented) - set(real)):
        problems.append(f"{what}: docs/dependencies.md lists {name}, which is not there")
    for name in sorted(set(real) - set(documented)):
        problems.append(f"{what}: {name} is not in docs/dependencies.md")


def tables(text):
    """Each table as a list of rows, each a dictionary by the heading of the column."""
    for lines in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        heads, _, *rows = ([cell.strip() for cell in line.strip("|\n").split("|")] for line in lines.splitlines())
        yield [dict(zip(heads, row)) for row in rows]


def column(name):
    return [row for table in tables(document) for row in table if name in row]


document = (root / "docs" / "dependencies.md").read_text()
cmake = {file: file.read_text() for file in [root / "CMakeLists.txt", *(root / "cmake").glob("*.cmake"),
                                              *(root / "tests").glob("**/CMakeLists.txt")] if "node_modules" not in file.parts}

# The program's components, with their licences, as in the bill of materials.
components = {match[1]: match[2] or match[3] for match in
              re.finditer(r'^ *sbom_component\((\S+) "[^"]*" (?:"([^"]*)"|(\S+)) ', cmake[root / "cmake" / "Sbom.cmake"], re.MULTILINE)}
expect_same("component with its licence", [(row["component"], row["licence"]) for row in column("component")], components.items())

# What is found is named, and what the layers link is found.
found = {name for text in cmake.values() for name in re.findall(r"find_package\((\S+?)[\s)]", text)}
found |= {name for text in cmake.values() for names in re.findall(r"pkg_check_modules\(\S+ REQUIRED IMPORTED_TARGET ([^)]*)\)", text)
          for name in re.findall(r"[\w.-]+?(?=>=| |$)", names) if not re.fullmatch(r"[\d.]+", name)}
named = set(re.findall(r"`([^`]+)`", document))
problems += [f"{name} is looked for by CMake and not named in docs/dependencies.md" for name in sorted(found - named)]
expect_same("what CMake finds for the program", {name for row in column("found as") for name in re.findall(r"`(.+?)`", row["found as"])},
            found - {"GTest", "Python3", "PkgConfig", "Threads"})

# What scripts/setup installs.
setup = (root / "scripts" / "setup").read_text()
installed = {name for names in re.findall(r'^\w+_packages="([^"$]*)"', setup, re.MULTILINE) for name in names.split()}
installed |= {name for names in re.findall(r'packages="\$packages ([a-z][^"]*)"', setup) for name in names.split()}
formulas = re.search(r'^homebrew_formulas="([^"]*)"', setup, re.MULTILINE)[1].split()
expect_same("Homebrew's formula", {row["Homebrew's"].strip("`") for row in column("Homebrew's") if row["Homebrew's"]}, formulas)
debian = [(row["Debian package"].strip("`"), row["version"]) for row in column("Debian package") if "linked" not in row]
expect_same("Debian package", [name for name, _ in debian], installed)

# What the package.json files pin.
pinned = set()
for directory in ("packaging", "tests/e2e", "tests/assistants", "tests/web", "tests/conformance"):
    manifest = json.loads((root / directory / "package.json").read_text())
    for name, version in {**manifest.get("dependencies", {}), **manifest.get("optionalDependencies", {})}.items():
        pinned.add((directory, name, version.rpartition("@")[2]))
expect_same("npm package", {(row["where"].strip("`"), row["npm package"].strip("`"), row["version"]) for row in column("npm package")}, pinned)

for row in [row for table in tables(document) for row in table]:
    if not re.fullmatch(r"[A-Za-z0-9.-]+(?: WITH [A-Za-z0-9.-]+)?", row["licence"]):
        problems.append(f"no licence: {row}")

# Node is taken from wherever it is, and a browser is always the newest, so their versions are nobody's.
system = pathlib.Path("/etc/os-release").read_text() if pathlib.Path("/etc/os-release").is_file() else ""
compared = 0
if shutil.which("dpkg-query") and "\nID=debian\n" in system and 'VERSION_ID="12"' in system:
    debian += [(row["Debian package"].strip("`"), row["version"]) for row in column("component")]
    for name, version in debian:
        answer = subprocess.run(["dpkg-query", "-W", "-f=${Version}", name], capture_output=True, text=True, check=False)
        there = answer.stdout.partition(":")[2] or answer.stdout
        if answer.returncode == 0 and there and name not in ("nodejs", "npm", "chromium"):
            compared += 1
            if not re.match(rf"{re.escape(version)}(?!\d)", there):
                problems.append(f"{name} is {there} here, and {version} in docs/dependencies.md")

if len(components) < 8 or len(found) < 8 or len(installed) < 30 or len(pinned) < 8:
    problems.append(f"too little was found: {len(components)} components, {len(found)} of CMake's, {len(installed)} packages, {len(pinned)} of npm")
print("\n".join(problems) or f"docs/dependencies.md agrees with the project, and {compared} versions with this system")
sys.exit(1 if problems else 0)
