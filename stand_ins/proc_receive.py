#!/usr/bin/env python3
"""A `proc-receive` hook that does what Gitea and Forgejo do with a push for AGit (refs/for/<branch>): it opens a pull
request of the topic, or sets the open one to the commit, and keeps them in <repository>/requests.json. A request whose
`open` is false there was closed or merged.

<repository>/agit_mode changes how it answers: `silent` (no address), `unnamed` (neither address nor the request's ref),
`refusing` (a rule of the forge refuses every request)."""
import json
import os
import pathlib
import subprocess
import sys

REPOSITORY = pathlib.Path(os.environ["GIT_DIR"]).resolve()


def read_packet():
    """One packet's text; None for a flush."""
    size = int(sys.stdin.buffer.read(4), 16)
    return sys.stdin.buffer.read(size - 4).decode().rstrip("\n") if size else None


def read_packets():
    return list(iter(read_packet, None))


def write_packets(*lines):
    for line in lines:
        data = line.encode()
        sys.stdout.buffer.write(b"%04x" % (len(data) + 4) + data)
    sys.stdout.buffer.write(b"0000")
    sys.stdout.buffer.flush()


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=REPOSITORY, check=False, stdout=subprocess.PIPE).stdout.decode().strip()


def tell(mode, created, request):
    if mode in ("silent", "unnamed"):
        return
    headline = f"Create a new pull request for '{request['topic']}':" if created else "Visit the existing pull request:"
    print(f"\n{headline}\n  https://git.example/infra/flux/pulls/{request['number']}\n", file=sys.stderr)


def answer(old, new, ref, options, requests, mode):
    """The lines of the answer about one ref."""
    if mode == "refusing":
        return [f"ng {ref} you may not open requests here"]
    topic, target = options["topic"], ref.removeprefix("refs/for/")
    found = next((each for each in requests if each["open"] and (each["topic"], each["target"]) == (topic, target)), None)
    if found and found["head"] == new:
        return [f"ng {ref} new commit is same with old commit"]
    if found and options.get("force-push") != "true" and git("rev-list", "--max-count=1", found["head"], f"^{new}"):
        return [f"ng {ref} request `force-push` push option"]
    request = found or {"number": len(requests) + 1, "topic": topic, "target": target, "title": options.get("title"), "open": True}
    before = request.get("head", old)
    request["head"] = new
    if not found:
        requests.append(request)
    pull = f"refs/pull/{request['number']}/head"
    git("update-ref", pull, new)
    tell(mode, not found, request)
    return [f"ok {ref}", *([] if mode == "unnamed" else [f"option refname {pull}", f"option old-oid {before}", f"option new-oid {new}"])]


def main():
    read_packets()
    write_packets("version=1\0push-options")
    commands = [line.split(" ") for line in read_packets()]
    options = dict(line.partition("=")[::2] for line in read_packets())
    file, mode = REPOSITORY / "requests.json", REPOSITORY / "agit_mode"
    requests = json.loads(file.read_text()) if file.exists() else []
    lines = [line for old, new, ref in commands
             for line in answer(old, new, ref, options, requests, mode.read_text().strip() if mode.exists() else "")]
    file.write_text(json.dumps(requests))
    write_packets(*lines)


main()
