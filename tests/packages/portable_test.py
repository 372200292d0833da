#!/usr/bin/env python3
"""The archive and the bundle in bare Debians, older and newer: each starts where there is nothing but what every Debian has,
and rolls out where git is added. Exit status 77, which ctest shows as skipped, where that cannot be.
"""

import re
import shutil
import subprocess
import zipfile

from bare import bare_debian, run, serves, the_one, version

SUITES = ("bookworm", "trixie")


def numbers(text):
    return tuple(map(int, text.split(".")))


def unpack(tree):
    """Unpacks both, in a directory of the tree; the directory, and the programs as they are named in the tree."""
    directory = tree / "opt/rollout-mcp"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    run("tar", "-xzf", the_one("rollout-mcp-*.tar.gz"), "-C", directory)
    with zipfile.ZipFile(the_one("rollout-mcp-*.mcpb")) as bundle:
        bundle.extract("server/rollout-mcp", directory)
    (directory / "server/rollout-mcp").chmod(0o755)
    found = [*directory.glob("*/bin/rollout-mcp"), *directory.glob("*/share/rollout-mcp/plugin/bin/rollout-mcp"),
             directory / "server/rollout-mcp"]
    assert len(found) == 3, found
    return directory, [f"/{path.relative_to(tree)}" for path in found]


def fails(*command):
    ended = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert ended.returncode != 0, ended.stdout
    return ended.stdout


def is_new_enough(suite, inside, program):
    """Whether the suite's glibc is at least the one that the program was linked with."""
    needed = max(re.findall(r"GLIBC_([0-9.]+)", run("objdump", "-T", program)), key=numbers)
    there = re.match(r"[0-9.]+", run(*inside, "dpkg-query", "-W", "-f=${Version}", "libc6")).group(0)
    if numbers(there) < numbers(needed):
        print(f"not tried in {suite}: made here, the program needs glibc {needed}, and {suite} has {there}")
    return numbers(there) >= numbers(needed)


def check_bare(suite):
    tree, inside = bare_debian(suite)
    directory, programs = unpack(tree)
    try:
        if not is_new_enough(suite, inside, tree / programs[0].lstrip("/")):
            return False
        for program in programs:
            assert run(*inside, program, "--version").startswith(f"rollout-mcp {version}\n")
            assert serves([*inside, program]) == version
            said = fails(*inside, program, "doctor")
            assert re.search(r"git.*not installed|git.*PATH", said), said
    finally:
        shutil.rmtree(directory)
    return True


def check_with_git(suite):
    tree, inside = bare_debian(suite, "git", "git")
    directory, programs = unpack(tree)
    try:
        for program in programs:
            said = run(*inside, program, "demo")
            assert re.search(r"Updated backend-services to pr-\d+-[0-9a-f]{7}", said), said
    finally:
        shutil.rmtree(directory)


def main():
    tried = [suite for suite in SUITES if check_bare(suite)]
    assert tried, "tried nowhere"
    for suite in tried:
        check_with_git(suite)
    print(f"the archive and the bundle started in a bare {' and a bare '.join(tried)}, and rolled out there with git")


if __name__ == "__main__":
    main()
