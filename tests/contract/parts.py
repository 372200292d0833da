"""scripts/test runs every part that it was asked for, though one failed, and ends with a summary of them, then with ctest's
own of the last part; with exit status 1 if one failed. Its programs are stand-ins that say what they were called for."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
problems = []

CMAKE = """#!/bin/sh
[ "$1" != --build ] || { echo "built $3"; ! grep -qx "build $3" "$FAIL"; }
"""
CTEST = """#!/bin/sh
preset=$2 log=
while [ $# -gt 0 ]; do
  [ "$1" != --output-log ] || log=$2
  last=$1
  shift
done
{
  echo "Test project of $preset $last"
  echo "99% tests passed, 1 tests failed out of 100"
  echo
  echo "Total Test time (real) =   1.00 sec"
} | tee "$log"
printf '[ERROR_MESSAGE] \nErrors while running CTest\n' >>"$log"
! grep -qx "test $preset" "$FAIL"
"""
FORMAT = """#!/bin/sh
echo formatted
! grep -qx format "$FAIL"
"""
TOOLS = {"cmake": CMAKE, "ctest": CTEST, "cppcheck": "#!/bin/sh\necho Cppcheck 2.10\n", "clang-format": "#!/bin/sh\necho version 14.0.6\n",
         "ccache": "#!/bin/sh\n"}
SUMMARY = "99% tests passed, 1 tests failed out of 100\n\nTotal Test time (real) =   1.00 sec\n"


def make(directory):
    for name, text in {**{f"bin/{tool}": text for tool, text in TOOLS.items()}, "project/scripts/setup": "#!/bin/sh\n",
                       "project/scripts/format": FORMAT}.items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)
    shutil.copy(root / "scripts/test", directory / "project/scripts/test")


def run(directory, *parts, fail=()):
    (directory / "fail").write_text("".join(f"{line}\n" for line in fail))
    done = subprocess.run([directory / "project/scripts/test", *parts], capture_output=True, text=True,
                          env={"PATH": f"{directory}/bin:{os.environ['PATH']}", "FAIL": str(directory / "fail"), "JOBS": "1"})
    return done.returncode, done.stdout


def expect(what, there, wanted):
    if there != wanted:
        problems.append(f"{what}: {there!r} and not {wanted!r}")


def summary_in(out):
    return out[out.rfind("\n== summary"):]


def table(**parts):
    return "\n== summary\n" + "".join(f"{part:12} {word}\n" for part, word in parts.items())


with tempfile.TemporaryDirectory(prefix="rollout-parts-") as temporary:
    base = pathlib.Path(temporary)
    make(base)

    status, out = run(base)
    expect("the status of all", status, 0)
    expect("the end of all", summary_in(out),
           table(format="passed", cppcheck="passed", asan="passed", tsan="passed", tests="passed") + "\n" + SUMMARY)
    expect("what all of them built", [line for line in out.splitlines() if line.startswith("built")], ["built asan", "built tsan", "built release"])

    status, out = run(base, fail=["format", "build asan", "test tsan"])
    expect("the status after failures", status, 1)
    expect("the end after failures", summary_in(out),
           table(format="FAILED", cppcheck="passed", asan="FAILED", tsan="FAILED", tests="passed") + "\n" + SUMMARY)
    expect("what is tested without having been built", "Test project of asan" in out, False)

    status, out = run(base, "unit", "format", fail=["test release"])
    expect("the status of a part with a label that fails", status, 1)
    expect("the end where the last part has no ctest", summary_in(out), table(unit="FAILED", format="passed"))

    for part, fail, wanted in (("unit", [], 0), ("unit", ["test release"], 1), ("tests", ["build release"], 1), ("format", ["format"], 1)):
        status, out = run(base, part, fail=fail)
        expect(f"the status of {part} alone, if {fail} fails", status, wanted)
        expect(f"a summary of {part} alone", "summary" in out, False)

print("\n".join(problems) or "scripts/test runs all its parts, and says which failed")
sys.exit(1 if problems else 0)
