"""What the tests of the packages share: a server that a command starts, and bare Debians to start it in."""

import pathlib
import re
import subprocess
import sys

project = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(project / "tests/support"))
from mcp_wire import Process, request  # noqa: E402

release = project / "build" / "release"
packages = release / "packages"
version = re.search(r"project\(rollout-mcp VERSION (\S+)", (project / "CMakeLists.txt").read_text()).group(1)
INITIALIZE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


def skip(why):
    """Ends the test as ctest's skipped ones do."""
    print(why)
    sys.exit(77)


def run(*command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


def the_one(pattern):
    found = list(packages.glob(pattern))
    assert len(found) == 1, f"{pattern}: {found}"
    return found[0]


def serves(command):
    """The version of the server that this command starts."""
    process = Process(command)
    process.send(request(1, "initialize", INITIALIZE))
    answer = process.receive()
    assert process.end() == 0
    return answer["result"]["serverInfo"]["version"]


def bare_debian(suite, *name_and_packages):
    """The directory of a bare Debian, and the beginning of a command that runs in it: see tests/support/bare_debian."""
    made = subprocess.run([project / "tests/support/bare_debian", suite, *name_and_packages], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    if made.returncode == 77:
        skip(made.stderr)
    made.check_returncode()
    tree = pathlib.Path(made.stdout.rstrip("\n"))
    return tree, ["env", "-i", "HOME=/root", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "chroot", tree]
