"""Writes build/mutants/source: the project with all mistakes in it, each behind its switch (mutant.h). A file that stays as
it was is not written again, so that a second build is short. Exits 1 if a mistake has no place or more than one."""

import collections
import re
import subprocess
import sys

from mistakes import BUILD, PROJECT, read_mistakes


LITERAL_OR_COMMENT = re.compile(r"""R"\((?s:.*?)\)"|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])+'|//.*""")
HALF_EXPRESSION = re.compile(r"|(if|return|else)\b.*|.*(\?|&&|\|\|)|(\?|\|\|).*", re.DOTALL)


def has_pairs_only(text):
    """Whether each bracket has its other one."""
    brackets = re.sub(r"[^][(){}]", "", LITERAL_OR_COMMENT.sub("", text))
    before = None
    while brackets != before:
        before, brackets = brackets, re.sub(r"\(\)|\[\]|\{\}", "", brackets)
    return not brackets


def is_fragment(mistake):
    """Whether a text of it is clearly no whole expression or statement, which the compiler would report far from here."""
    texts = (mistake.original, mistake.mistake)
    return not all(map(has_pairs_only, texts)) or not are_statements(mistake) and any(
        HALF_EXPRESSION.fullmatch(text.strip()) for text in texts)


def are_statements(mistake):
    return mistake.original.rstrip().endswith((";", "}"))


def place(text, mistake):
    """Where the original begins. LookupError if that is not one place, or a part of an expression or statement."""
    if is_fragment(mistake):
        raise LookupError(f"cannot have '{mistake.description}': half an expression or statement")
    start = 0
    if mistake.within:
        if text.count(mistake.within) != 1:
            raise LookupError(f"has 'within' {text.count(mistake.within)} times")
        start = text.index(mistake.within)
    elif text.count(mistake.original) != 1:
        raise LookupError(f"has the original {text.count(mistake.original)} times")
    found = text.find(mistake.original, start)
    if found < 0:
        raise LookupError("does not have the original behind 'within'")
    return found


def switched(mistake):
    made = f"mutants::made<{mistake.number}>()"
    if are_statements(mistake):
        return f"if ({made}) {{ {mistake.mistake} }} else {{ {mistake.original} }}"
    return f"({made} ? ({mistake.mistake}) : ({mistake.original}))"


def with_mistakes(text, mistakes):
    """The text with all of the file's mistakes. LookupError if one has no place of its own."""
    places = sorted(((place(text, mistake), mistake) for mistake in mistakes), key=lambda placed: placed[0])
    parts, end = [], 0
    for start, mistake in places:
        if start < end:
            raise LookupError(f"has '{mistake.description}' inside another mistake")
        parts += [text[end:start], switched(mistake)]
        end = start + len(mistake.original)
    return "".join(parts) + text[end:]


def write_if_new(path, content):
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def main():
    by_file = collections.defaultdict(list)
    for mistake in read_mistakes():
        by_file[mistake.file].append(mistake)
    faults = 0
    source = BUILD / "source"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True).stdout
    for name in filter(None, listed.split("\0")):
        path = PROJECT / name
        if path.is_symlink() or not path.exists():
            continue
        content = path.read_bytes()
        try:
            if name in by_file:
                content = with_mistakes(content.decode(), by_file.pop(name)).encode()
        except LookupError as error:
            print(f"{name}: {error}", file=sys.stderr)
            faults += 1
        target = source / name
        write_if_new(target, content)
        target.chmod(path.stat().st_mode)
    for name in by_file:
        print(f"{name}: there is no such file", file=sys.stderr)
        faults += 1
    return 1 if faults else 0


sys.exit(main())
