#!/usr/bin/env python3
"""The .deb in a bare Debian of the release that it is for: exactly what it says that it depends on is there, and it
installs, runs, serves, and is removed without a trace. Exit status 77, which ctest shows as skipped, where that cannot be.
"""

import re
import shutil

from bare import bare_debian, run, serves, skip, the_one, version


def all_files(inside):
    return run(*inside, "find", "/", "-xdev", "-newermt", "1970-01-02", "-not", "-path", "/var/*", "-not", "-path", "/root*")


def main():
    if not shutil.which("dpkg-deb"):
        skip("there is no .deb where there is no dpkg")
    system = dict(re.findall(r'^(\w+)="?(.*?)"?$', run("cat", "/etc/os-release"), re.MULTILINE))
    if system["ID"] != "debian":
        skip(f"a bare {system['ID']} cannot be made here")
    deb = the_one("rollout-mcp_*.deb")
    dependencies = sorted(part.split()[0] for part in run("dpkg-deb", "-f", deb, "Depends").strip().split(", "))
    tree, inside = bare_debian(system["VERSION_CODENAME"], "deb", *dependencies)
    shutil.copy(deb, tree / "root/rollout-mcp.deb")
    before = all_files(inside)

    run(*inside, "dpkg", "-i", "/root/rollout-mcp.deb")
    assert run(*inside, "rollout-mcp", "--version").startswith(f"rollout-mcp {version}\n")
    demo = run(*inside, "rollout-mcp", "demo")
    assert re.search(r"Updated backend-services to pr-\d+-[0-9a-f]{7}", demo), demo
    for program in ("rollout-mcp", "/usr/share/rollout-mcp/plugin/bin/rollout-mcp"):
        assert serves([*inside, program]) == version

    run(*inside, "dpkg", "--purge", "rollout-mcp")
    after = all_files(inside)
    assert after == before, set(after.splitlines()) ^ set(before.splitlines())
    print(f"installed, ran and removed in a bare {system['PRETTY_NAME']} with {', '.join(dependencies)}")


if __name__ == "__main__":
    main()
