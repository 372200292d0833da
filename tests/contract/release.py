"""A release is whole: the newest version of CHANGELOG.md is the project's, the sections are in order and have dates, both
workflows of continuous integration run .ci/run in containers of Debian 12 and 13, and a warning of another compiler is an
error for developers, but not for users who only build the release."""
import json
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
problems = []
IMAGES = ["debian:bookworm", "debian:trixie"]
FOR_CONTRIBUTORS = ("CODE_OF_CONDUCT.md", "RELEASING.md", ".github/PULL_REQUEST_TEMPLATE.md", ".github/ISSUE_TEMPLATE/bug_report.md",
                    ".github/ISSUE_TEMPLATE/feature_request.md")


def expect(condition, problem):
    if not condition:
        problems.append(problem)


version = re.search(r"project\(rollout-mcp VERSION (\S+)", (root / "CMakeLists.txt").read_text())[1]
headings = re.findall(r"^## (.*)$", (root / "CHANGELOG.md").read_text(), re.MULTILINE)
expect(headings[:1] == ["[Unreleased]"], "CHANGELOG.md does not begin with a section [Unreleased]")
released = [re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - (20\d\d-[01]\d-[0-3]\d)", heading) for heading in headings[1:]]
expect(released and all(released), f"CHANGELOG.md: a section is not named [X.Y.Z] - <date>: {headings[1:]}")
if released and all(released):
    versions = [tuple(map(int, match.group(1, 2, 3))) for match in released]
    expect(".".join(map(str, versions[0])) == version, f"CHANGELOG.md: the newest version is {versions[0]}, the project's is {version}")
    expect(versions == sorted(set(versions), reverse=True), "CHANGELOG.md: the versions are not in order")
    dates = [match[4] for match in released]
    expect(dates == sorted(dates, reverse=True), "CHANGELOG.md: the dates are not in order")

for name in FOR_CONTRIBUTORS:
    expect((root / name).is_file(), f"{name} is missing")

presets = {preset["name"]: preset for preset in json.loads((root / "CMakePresets.json").read_text())["configurePresets"]}


def variables_of(preset):
    above = presets[preset].get("inherits")
    return {**(variables_of(above) if above else {}), **presets[preset].get("cacheVariables", {})}


STRICT = "CMAKE_COMPILE_WARNING_AS_ERROR"
expect(STRICT not in variables_of("release"), "a warning is an error in the build of a user")
for name in presets.keys() - {"base", "release"}:
    expect(variables_of(name).get(STRICT) == "ON", f"a warning is not an error in the preset {name}")
expect(f"-D {STRICT}=ON" in (root / "scripts/test").read_text(), "a warning is not an error in scripts/test")

try:
    import yaml
except ImportError:
    yaml = None
for name in (".github/workflows/ci.yml", ".gitea/workflows/ci.yml"):
    if yaml is None:
        break
    workflow = yaml.safe_load((root / name).read_text())
    expect({"push", "pull_request"} <= set(workflow[True]), f"{name} does not run for pushes and pull requests")  # YAML's `on`
    (job,) = workflow["jobs"].values()
    expect(job["strategy"]["matrix"]["image"] == IMAGES and job["container"]["image"] == "${{ matrix.image }}", f"{name} is not for {IMAGES}")
    expect(job["steps"][-1] == {"run": ".ci/run"}, f"{name} does not end with .ci/run")
expect((root / ".ci/run").stat().st_mode & 0o111 == 0o111, ".ci/run is not executable")

print("\n".join(problems) or f"{version} can be released")
sys.exit(1 if problems else 0)
