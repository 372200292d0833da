"""Scripts for sh run on Macs as well: they use no option that only GNU's programs have, no program that only Linux has, and
not /proc. This compares each line with patterns of slips that are easily made, so it finds some and proves nothing.

portable_shell.py <root> checks the project; with --selftest it fails unless each pattern finds its own example."""
import pathlib
import re
import subprocess
import sys

# What is for Linux alone: namespaces, chroots and mounts.
LINUX = {"scripts/distros", "tests/support/bare_debian", "tests/support/tmp_in_memory"}
OF_PROGRAMS = r"awk|base64|cat|chmod|cmp|comm|cp|cut|date|diff|dirname|du|expr|find|grep|head|ln|ls|mkdir|mktemp|mv|readlink|rm|rmdir|sed|sort|stat|tail|tar|tee|touch|tr|uniq|wc|xargs"
# What is not portable, with an example. A command stands where a line, a list or a pipeline begins.
AT = r"(?:^|[|;&(`{]|\bthen|\bdo|\belse|\bexec|!)\s*"
SLIPS = {
    AT + r"sed (?:\S+ )*-\w*[ir]": "sed -i s/a/b/ file",
    AT + r"readlink (?:\S+ )*-\w*[efm]": "file=$(readlink -f file)",
    AT + r"stat -": "stat -c %s file",
    AT + r"date (?:\S+ )*(?:-d|\S*%N)": "date -d yesterday",
    AT + r"[ef]?grep (?:\S+ )*-\w*P": "cat x | grep -oP x",
    AT + r"cp (?:\S+ )*-\w*a": "cp -a one two",
    AT + r"xargs (?:\S+ )*-\w*[dr]\b": "ls | xargs -r rm",
    AT + r"sort (?:\S+ )*-\w*[Vh]\b": "sort -V",
    AT + r"find .*-(?:printf|regextype|readable|executable)\b": "find . -printf %p",
    AT + r"(?:head|tail) (?:-n )?-\d": "tail -60 file",
    AT + r"base64 (?:\S+ )*-w": "base64 -w 0",
    AT + r"du (?:\S+ )*-\w*b": "du -sb .",
    AT + r"ln (?:\S+ )*-\w*r": "ln -sr one two",
    AT + r"touch (?:\S+ )*-d": "touch -d yesterday file",
    AT + r"echo -[en]\b": "echo -n text",
    AT + rf"(?:{OF_PROGRAMS}) (?:[^|;&]* )?--\w": "sort --unique",
    AT + r"(?:realpath|timeout|nproc|sha256sum|md5sum|tac|shuf|setsid|flock|unshare|install -D|numfmt|seq)\b": "timeout 5 sleep 10",
    r"/proc/": "cat /proc/self/status",
}
SHEBANG = re.compile(rb"#!(?:/usr/bin/env )?(?:/\w+)*/?(?:ba|da)?sh\b")


def scripts(root):
    """Every script for a shell that the project has."""
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True)
    if listed.returncode == 0:
        names = [name for name in listed.stdout.decode().split("\0") if name]
    else:
        names = [file.relative_to(root).as_posix() for place in ("scripts", "bin", "monitors", "bench", ".ci", "tests")
                 for file in (root / place).rglob("*") if "node_modules" not in file.parts]
    for name in names:
        file = root / name
        if name not in LINUX and file.is_file() and not file.is_symlink():
            with file.open("rb") as opened:
                if SHEBANG.match(opened.readline()):
                    yield name, file.read_text()


def slips_in(text):
    for number, line in enumerate(text.splitlines(), 1):
        if not line.lstrip().startswith("#"):
            for pattern in SLIPS:
                if re.search(pattern, line):
                    yield number, line.strip()
                    break


root = pathlib.Path(sys.argv[1])
if "--selftest" in sys.argv[2:]:
    problems = [f"{pattern} does not find its own example" for pattern, example in SLIPS.items() if not re.search(pattern, example)]
    problems += [f"portable, and found: {line}" for line in ("sed -n 5p", "cp -R a b", "grep -Eq x", "head -n 1 file", "tail -n +2", "xargs -0 rm", "sort -u",
                                                            "cmake -E sha256sum x", "git log --format=%H", "npm ci --quiet", "echo text", "find . -name x")
                 if any(slips_in(line))]
else:
    found = dict(scripts(root))
    problems = [f"{name}:{number}: {line}" for name, text in found.items() for number, line in slips_in(text)]
    if len(found) < 20:
        problems.append(f"only {len(found)} scripts were found")
print("\n".join(problems) or "scripts use what Macs have, too")
sys.exit(1 if problems else 0)
