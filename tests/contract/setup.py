"""scripts/setup where there is no apt-get: it names what is missing by Debian's and by Homebrew's names, says which formulas
are not installed, and goes on if the tools are there."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
problems = []
TOOLS = ("cmake", "ninja", "c++", "pkg-config", "git")
BREW = """#!/bin/sh
[ "$*" = "list --formula -1" ] || exit 1
printf '%s\\n' cmake ninja libyaml pcre2
"""


def run(directory, what, tools=(), brew=False):
    bin = directory / "bin"
    shutil.rmtree(bin, ignore_errors=True)
    bin.mkdir()
    for tool in ("sh", "tr", "mktemp", "env"):
        (bin / tool).symlink_to(shutil.which(tool))
    for tool in tools:
        (bin / tool).symlink_to(shutil.which("true"))
    if brew:
        (bin / "brew").write_text(BREW)
        (bin / "brew").chmod(0o755)
    done = subprocess.run([root / "scripts/setup", what], capture_output=True, text=True, env={"PATH": str(bin)})
    return done.returncode, done.stdout + done.stderr


def expect(what, condition):
    if not condition:
        problems.append(what)


with tempfile.TemporaryDirectory(prefix="rollout-setup-") as temporary:
    base = pathlib.Path(temporary)
    status, said = run(base, "demo", tools=("c++", "git"))
    expect(f"what is missing is not named: {status} {said}", status == 1 and "this machine lacks: cmake ninja pkg-config\n" in said)
    for name in ("libgit2-dev", "libcli11-dev", "\ncmake ninja pkgconf nlohmann-json ", " openssl@3 googletest\n"):
        expect(f"not named: {name}: {said}", name in said)
    status, said = run(base, "demo", tools=TOOLS, brew=True)
    expect(f"Homebrew's: {status} {said}", (status, said) == (0, "Not installed by Homebrew: brew install pkgconf nlohmann-json asio yaml-cpp "
                                                                 "libgit2 spdlog tl-expected cli11 openssl@3 googletest\n"))
    for what in ("demo", "package"):
        expect(f"it does not go on in silence: {what}", run(base, what, tools=(*TOOLS, "node", "npm")) == (0, ""))
    expect("a part that does not exist", run(base, "all")[0] == 2)

print("\n".join(problems) or "scripts/setup says what is missing on other systems")
sys.exit(1 if problems else 0)
