"""tests/support/compile_once: what one clone compiled, another one takes from the cache, also a precompiled header, in
another environment, and where warnings are not errors, and what CMake compiles together (a unity build); what has changed
is compiled; and without ccache the compiler runs as it would."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
problems = []
if not shutil.which("ccache") or not shutil.which("g++"):
    print("ccache or g++ is not installed")
    sys.exit(77)


def expect_equal(what, there, expected):
    if there != expected:
        problems.append(f"{what}: {there!r} and not {expected!r}")


def make_clone(name):
    clone = base / name
    for file, text in {"src/part.h": "#pragma once\n#include <string>\ninline std::string part() { return \"first\"; }\n",
                       "src/main.cc": "#include \"src/part.h\"\nint main() { return static_cast<int>(part().size()); }\n",
                       "build/release/set.hxx": "#include <src/part.h>\n",
                       "build/release/set.cxx": "",
                       "build/release/Unity/unity_0_cxx.cxx": f"#include \"{clone}/src/main.cc\"\n"}.items():
        (clone / file).parent.mkdir(parents=True, exist_ok=True)
        (clone / file).write_text(text)
    return clone


def build(clone, path=os.environ["PATH"], strict=("-Werror",), **variables):
    """As CMake's commands are, in a clone's build directory. Returns the object."""
    where = clone / "build/release"
    flags = [*strict, "-std=c++20", "-g", "-O0", f"-I{clone}", "-Winvalid-pch", "-include", f"{where}/set.hxx"]
    for arguments in (["-x", "c++-header", "-MD", "-MF", "set.d", "-o", "set.hxx.gch", "-c", f"{where}/set.cxx"],
                      ["-MD", "-MF", "main.d", "-o", "main.o", "-c", f"{where}/Unity/unity_0_cxx.cxx"]):
        done = subprocess.run([launcher, shutil.which("g++"), *flags, *arguments], cwd=where, check=True, stderr=subprocess.PIPE, text=True,
                              env={"HOME": str(clone), "PATH": path, **variables})
        expect_equal(f"what the compiler says in {clone.name}", done.stderr, "")
    return (where / "main.o").read_bytes()


def count(name):
    text = subprocess.run(["ccache", "--print-stats"], capture_output=True, text=True, check=True,
                          env={"PATH": os.environ["PATH"], "CCACHE_DIR": str(base / "first/build/ccache")}).stdout
    return {key: int(value) for key, value in (line.split("\t") for line in text.splitlines())}[name]


with tempfile.TemporaryDirectory(prefix="rollout-compile-once-") as directory:
    base = pathlib.Path(directory).resolve()
    first, second = make_clone("first"), make_clone("second")
    launcher = first / "tests/support/compile_once"
    launcher.parent.mkdir(parents=True)
    shutil.copy(root / "tests/support/compile_once", launcher)

    compiled = build(first)
    expect_equal("the first clone takes from an empty cache", count("direct_cache_hit"), 0)
    expect_equal("the second clone's object", build(second, strict=(), LANG="C.UTF-8") == compiled, True)
    expect_equal("what the second clone takes from the cache", count("direct_cache_hit"), 2)
    expect_equal("paths of the clone in the object", str(first).encode() in compiled, False)
    expect_equal("files in the second home", sorted(file.name for file in second.iterdir()), ["build", "src"])

    source = second / "src/main.cc"
    source.write_text(source.read_text().replace("size()", "length() + 1"))
    expect_equal("the object of a changed source", build(second) != compiled, True)
    expect_equal("what is taken for it: the precompiled header", count("direct_cache_hit"), 3)

    header = second / "src/part.h"
    header.write_text(header.read_text().replace("first", "other"))
    expect_equal("the object of a changed header", build(second) != compiled, True)
    expect_equal("what is taken for that", count("direct_cache_hit"), 3)

    (base / "bin").mkdir()
    for tool in ("sh", "as"):
        (base / "bin" / tool).symlink_to(shutil.which(tool))
    build(first, path=str(base / "bin"))
    expect_equal("what is taken without ccache", count("direct_cache_hit"), 3)

print("\n".join(problems) or "two clones share what is compiled, and nothing that has changed")
sys.exit(1 if problems else 0)
