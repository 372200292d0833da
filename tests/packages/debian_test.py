#!/usr/bin/env python3
"""The .deb in a bare Debian 12: exactly what it says that it depends on is there, and it installs, runs, serves, and is
removed without a trace. The bare tree is made once, below the build directory, from the mirror that apt is configured
with on this machine. Exit status 77, which ctest shows as skipped, where that cannot be.

Usage: debian_test.py PROJECT
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from mcp_wire import Process, request  # noqa: E402

project = pathlib.Path(sys.argv[1])
build = project / "build" / "release"
SUITE = "bookworm"


def skip(why):
    print(why)
    sys.exit(77)


def run(*command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


def mirror():
    """Where apt gets the suite from, and the proxy that it uses for that."""
    lines = run("apt-get", "indextargets", "--format", "$(RELEASE) $(COMPONENT) $(REPO_URI)", "Created-By: Packages").splitlines()
    uris = [uri for release, component, uri in map(str.split, lines) if (release, component) == (SUITE, "main")]
    proxy = re.search(r'^Acquire::http::Proxy "(.+)";$', run("apt-config", "dump"), re.MULTILINE)
    return (uris[0] if uris else skip(f"apt knows no {SUITE} here")), ({"http_proxy": proxy.group(1)} if proxy else {})


def bare_tree(dependencies):
    """The bare system with these packages; kept as long as they are the same."""
    tree = build / "packages-debian"
    stamp = tree.with_suffix(".stamp")
    wanted = " ".join(sorted(dependencies))
    if not stamp.exists() or stamp.read_text() != wanted or not tree.is_dir():
        stamp.unlink(missing_ok=True)
        shutil.rmtree(tree, ignore_errors=True)
        uri, environment = mirror()
        made = subprocess.run(["debootstrap", "--variant=minbase", f"--include={','.join(sorted(dependencies))}", SUITE, tree, uri],
                              env={**os.environ, **environment}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if made.returncode != 0:
            skip(f"debootstrap failed, so there is no bare system to try it in:\n{made.stdout[-2000:]}")
        shutil.rmtree(tree / "var/cache/apt/archives", ignore_errors=True)
        stamp.write_text(wanted)
    return tree


def main():
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        skip("a bare system needs root and debootstrap")
    deb, = (build / "packages").glob("rollout-mcp_*.deb")
    dependencies = {part.split()[0] for part in run("dpkg-deb", "-f", deb, "Depends").strip().split(", ")}
    tree = bare_tree(dependencies)
    inside = ["env", "-i", "HOME=/root", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "chroot", tree]
    shutil.copy(deb, tree / "root/rollout-mcp.deb")
    before = run(*inside, "find", "/", "-xdev", "-newermt", "1970-01-02", "-not", "-path", "/var/*", "-not", "-path", "/root*")

    run(*inside, "dpkg", "-i", "/root/rollout-mcp.deb")
    version = run("dpkg-deb", "-f", deb, "Version").strip()
    assert run(*inside, "rollout-mcp", "--version") == f"rollout-mcp {version}\n"
    demo = run(*inside, "rollout-mcp", "demo")
    assert re.search(r"Updated backend-services to pr-\d+-[0-9a-f]{7}", demo), demo
    for program in ("rollout-mcp", "/usr/share/rollout-mcp/plugin/bin/rollout-mcp"):
        process = Process([*inside, program])
        process.send(request(1, "initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}))
        answer = process.receive()
        assert answer["result"]["serverInfo"] == {"name": "rollout-mcp", "title": "Rollout", "version": version}, answer
        assert process.end() == 0

    run(*inside, "dpkg", "--purge", "rollout-mcp")
    after = run(*inside, "find", "/", "-xdev", "-newermt", "1970-01-02", "-not", "-path", "/var/*", "-not", "-path", "/root*")
    assert after == before, set(after.splitlines()) ^ set(before.splitlines())
    print(f"installed, ran and removed in a bare {SUITE} with {', '.join(sorted(dependencies))}")


if __name__ == "__main__":
    main()
