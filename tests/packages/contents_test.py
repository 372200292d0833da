#!/usr/bin/env python3
"""What is in the packages, that it runs from where it is unpacked, and that docs/packages.md tells the truth of it."""

import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "contract"))
from documents import links_of  # noqa: E402
from bare import packages, project, release, serves, the_one, version


def linked_libraries(program):
    """The shared libraries that a program names itself, without those of glibc."""
    text = subprocess.run(["objdump", "-p", program], capture_output=True, text=True, check=True).stdout
    return {name for name in re.findall(r"NEEDED\s+(\S+)", text) if not re.match(r"lib[cm]\.so|ld-linux", name)}


def contained_archives(program):
    """The archives of the system of which a program contains something, by the map that the linker wrote."""
    text = pathlib.Path(f"{program}.map").read_text()
    members = text[:text.index("\nDiscarded input sections")]
    return {os.path.realpath(name) for name in re.findall(r"^(/\S+\.a)\(", members, re.MULTILINE)}


def debian_package(file):
    """Which package has a file: it may be listed as below /lib where it is found below /usr/lib, and the other way round."""
    for candidate in (file, file.removeprefix("/usr"), f"/usr{file}"):
        answer = subprocess.run(["dpkg", "-S", candidate], capture_output=True, text=True)
        if answer.returncode == 0:
            return answer.stdout.split(":")[0]
    raise AssertionError(f"{file} is in no package")


portable = release / "portable" if (release / "portable").is_dir() else release

# Identifiers of the SPDX license list that the components' licences are made of.
LICENCES = {"MIT", "BSL-1.0", "CC0-1.0", "BSD-3-Clause", "Apache-2.0", "LGPL-2.1-or-later", "GPL-2.0-only", "GPL-3.0-or-later", "Zlib"}
EXCEPTIONS = {"GCC-exception-2.0", "GCC-exception-3.1"}
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


class Packages(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def check_installed(self, prefix, built=release):
        """An installation below a prefix: the program, and the plugin with a link to it and all its files."""
        self.assertEqual(serves([prefix / "bin/rollout-mcp"]), version)
        plugin = prefix / "share/rollout-mcp/plugin"
        self.assertTrue((plugin / "bin/rollout-mcp").is_symlink())
        self.assertEqual((plugin / "bin/rollout-mcp").resolve(), (prefix / "bin/rollout-mcp").resolve())
        self.assertEqual(serves([plugin / "bin/rollout-mcp"]), version)

        def files(root):
            return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file() and path.parent.name != "bin"}
        self.assertEqual(files(plugin), files(built / "plugin"))
        self.assertTrue((plugin / "plugin.json").is_symlink())
        self.assertTrue(os.access(plugin / "monitors/live", os.X_OK))
        documents = prefix / "share/doc/rollout-mcp"
        self.assertEqual((documents / "copyright").read_bytes(), (project / "LICENSE").read_bytes())
        self.assertEqual((documents / "rollout-mcp.spdx.json").read_bytes(), (built / "rollout-mcp.spdx.json").read_bytes())
        for name in ("README.md", "CHANGELOG.md", "SECURITY.md", "docs/security.md", "docs/errors.md", "licences/libyaml-cpp"):
            self.assertTrue((documents / name).is_file(), name)
        for page in documents.rglob("*.md"):
            name = page.relative_to(documents).as_posix()
            self.assertEqual(page.read_bytes(), (project / name).read_bytes())
            for target, path, _ in links_of(name, page.read_text()):
                self.assertTrue((documents / path).is_file(), f"{name} links to {target}")
        self.assertEqual([target for target, path, _ in links_of("README.md", (plugin / "README.md").read_text()) if path != "README.md"], [])
        share = prefix / "share"
        self.assertEqual(os.listdir(share / "man/man1"), ["rollout-mcp.1.gz"])
        self.assertEqual(gzip.decompress((share / "man/man1/rollout-mcp.1.gz").read_bytes()), (project / "docs/rollout-mcp.1").read_bytes())
        for installed, source in {"bash-completion/completions/rollout-mcp": "rollout-mcp.bash", "zsh/site-functions/_rollout-mcp": "_rollout-mcp",
                                  "zsh/vendor-completions/_rollout-mcp": "_rollout-mcp", "fish/vendor_completions.d/rollout-mcp.fish": "rollout-mcp.fish"}.items():
            self.assertEqual((share / installed).read_bytes(), (project / "cli/completion" / source).read_bytes())
        for path in prefix.rglob("*"):
            if not path.is_symlink():
                self.assertEqual(path.stat().st_mode & 0o022, 0, f"{path} is writable for others")
                self.assertEqual(path.stat().st_mode & 0o444, 0o444, f"{path} is not readable for all")

    def test_cmake_install(self):
        subprocess.run(["cmake", "--install", release, "--prefix", self.directory / "prefix"], check=True, capture_output=True)
        self.check_installed(self.directory / "prefix")

    def test_archive(self):
        subprocess.run(["tar", "-xzf", the_one(f"rollout-mcp-{version}-*.tar.gz"), "-C", self.directory], check=True)
        top, = self.directory.iterdir()
        self.check_installed(top, portable)
        self.assertCountEqual(os.listdir(top), os.listdir(release / "packaging/stage" / top.name))

    def test_archive_puts_the_program_on_the_path(self):
        """By the commands of docs/packages.md, for a user whose login shell is as Debian makes it."""
        commands = re.search(r"^```\n(mkdir -p ~/\.local\n.*?)^```", (project / "docs/packages.md").read_text(), re.MULTILINE | re.DOTALL)[1]
        archive = the_one(f"rollout-mcp-{version}-*.tar.gz")
        commands = commands.replace("rollout-mcp-<version>-<system>.tar.gz", f"'{archive}'")
        environment = {"HOME": str(self.directory), "PATH": "/usr/bin:/bin"}

        def shell(script):
            return subprocess.run(["sh", "-ec", script], check=True, capture_output=True, text=True, env=environment).stdout
        shell(commands)
        if pathlib.Path("/etc/skel/.profile").is_file():
            profile = "cp /etc/skel/.profile ~ && . ~/.profile && "
        else:
            profile = "PATH=$HOME/.local/bin:$PATH; "
        self.assertEqual(shell(f"{profile} command -v rollout-mcp"), f"{self.directory}/.local/bin/rollout-mcp\n")
        self.assertTrue(shell(f"{profile} rollout-mcp --version").startswith(f"rollout-mcp {version}\n"))
        self.assertTrue((self.directory / ".local/share/man/man1/rollout-mcp.1.gz").is_file())

    def test_plugin_archive(self):
        """Its root is at the top, and all of the plugin is in it; the program can be started. A link is not in it."""
        subprocess.run(["cmake", "-E", "tar", "xf", the_one(f"rollout-mcp-{version}-*-plugin.zip")], check=True, cwd=self.directory)
        self.assertEqual(serves([self.directory / "bin/rollout-mcp"]), version)
        for script in ("bin/rollout-mcp", "monitors/live"):
            self.assertTrue(os.access(self.directory / script, os.X_OK), script)

        def files(root):
            return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file() and not path.is_symlink()}
        self.assertEqual(files(self.directory), files(portable / "plugin"))

    def test_marketplace_of_the_archive(self):
        """With the address of the downloads, as of a release."""
        archive, catalog = the_one(f"rollout-mcp-{version}-*-plugin.zip"), self.directory / "marketplace.json"
        subprocess.run(["cmake", f"-DMARKETPLACE={project}/.claude-plugin/marketplace.json", f"-DOUTPUT={catalog}", f"-DARCHIVE={archive}",
                        "-DURL=https://downloads.example.com/v1", "-P", project / "packaging/marketplace.cmake"], check=True)
        made, source = json.loads(catalog.read_text()), json.loads((project / ".claude-plugin/marketplace.json").read_text())
        source["plugins"][0]["source"] = {"source": "archive", "url": f"https://downloads.example.com/v1/{archive.name}",
                                          "sha256": hashlib.sha256(archive.read_bytes()).hexdigest()}
        self.assertEqual(made, source)

    @unittest.skipUnless(shutil.which("dpkg-deb"), "no Debian")
    def test_deb(self):
        deb = the_one("rollout-mcp_*.deb")
        subprocess.run(["dpkg-deb", "-x", deb, self.directory / "root"], check=True)
        self.check_installed(self.directory / "root/usr")
        self.assertEqual([path.name for path in (self.directory / "root").iterdir()], ["usr"])
        control = subprocess.run(["dpkg-deb", "-f", deb], capture_output=True, text=True, check=True).stdout
        fields = dict(line.split(": ", 1) for line in control.splitlines() if re.match(r"[A-Z]", line))
        system = dict(re.findall(r'^(\w+)="?(.*?)"?$', pathlib.Path("/etc/os-release").read_text(), re.MULTILINE))
        built_for = f"deb{system['VERSION_ID']}u1" if system["ID"] == "debian" else system["ID"] + system["VERSION_ID"]
        self.assertEqual((fields["Package"], fields["Version"]), ("rollout-mcp", f"{version}-1~{built_for}"))
        self.assertEqual(fields["Architecture"], subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip())
        self.assertRegex(fields["Maintainer"], r"^[^<>]+ <[^@ ]+@[^@ ]+>$")
        self.assertRegex(fields["Description"], r"^(?!(?i:an?|the|rollout-mcp) )[^.]{1,79}$")
        depends = {part.split()[0] for part in fields["Depends"].split(", ")}
        self.assertIn("git", depends)
        self.assertIn("gh", fields["Recommends"].split(", "))
        # What dpkg-shlibdeps found is what the program links, by the packages in which those libraries are.
        packaged = {subprocess.run(["dpkg", "-S", f"*/{library}"], capture_output=True, text=True, check=True).stdout.split(":")[0]
                    for library in linked_libraries(self.directory / "root/usr/bin/rollout-mcp")}
        self.assertEqual(depends, packaged | {"git", "libc6"})

    @unittest.skipUnless(shutil.which("objdump"), "no objdump")
    def test_dynamic_dependencies_are_those_of_the_documentation(self):
        documented = set(re.findall(r"^\| `(lib\S+?\.so\S*)` \|", (project / "docs/packages.md").read_text(), re.MULTILINE))
        self.assertEqual({re.sub(r"(\.so).*", r"\1", name) for name in linked_libraries(release / "plugin/bin/rollout-mcp")}, documented)

    @unittest.skipUnless(shutil.which("objdump") and shutil.which("dpkg-query"), "no Debian")
    def test_the_archive_and_the_bundle_need_glibc_alone(self):
        subprocess.run(["tar", "-xzf", the_one("rollout-mcp-*.tar.gz"), "-C", self.directory], check=True)
        program, = self.directory.glob("*/bin/rollout-mcp")
        self.assertEqual(linked_libraries(program), set())
        with zipfile.ZipFile(the_one("rollout-mcp-*.mcpb")) as bundle:
            self.assertEqual(bundle.read("server/rollout-mcp"), program.read_bytes())
        symbols = subprocess.run(["objdump", "-T", program], capture_output=True, text=True, check=True).stdout
        newest = max(tuple(map(int, name.split("."))) for name in re.findall(r"GLIBC_([0-9.]+)", symbols))
        documented = re.search(r"glibc (\d+)\.(\d+) or newer", (project / "docs/packages.md").read_text())
        if os.confstr("CS_GNU_LIBC_VERSION") == f"glibc {documented[1]}.{documented[2]}":
            self.assertLessEqual(newest, (int(documented[1]), int(documented[2])))

    @unittest.skipUnless(shutil.which("readelf") and shutil.which("objdump"), "no binutils")
    def test_the_program_is_hardened(self):
        for program in (release / "rollout-mcp", portable / "rollout-mcp"):
            with self.subTest(program):
                self.check_hardened(program)

    def check_hardened(self, program):
        def read(*options):
            return subprocess.run([*options, program], capture_output=True, text=True, check=True).stdout
        headers, dynamic, symbols = read("readelf", "-Wl"), read("readelf", "-Wd"), read("readelf", "-Ws")
        self.assertRegex(read("readelf", "-Wh"), r"Type:\s+DYN", "its addresses are not random (PIE)")
        self.assertIn("GNU_RELRO", headers)
        self.assertRegex(dynamic, r"FLAGS.*\bNOW\b", "the tables of addresses stay writable")
        self.assertRegex(headers, r"GNU_STACK\s.*\sRW\s", "the stack can be executed")
        self.assertIn("__stack_chk_fail", symbols)
        self.assertRegex(symbols, r"\b__\w+_chk\b", "nothing is fortified")
        # Which of these options this compiler has was found out by the build.
        cache = (release / "CMakeCache.txt").read_text()
        options = ["-D_GLIBCXX_ASSERTIONS"]
        options += [f"-f{name}" for name in ("stack-clash-protection", "cf-protection")
                    if f"ROLLOUT_MCP_HAS_{name.replace('-', '_')}:INTERNAL=1" in cache]
        commands = [entry["command"] for entry in json.loads((release / "compile_commands.json").read_text())
                    if re.search(r" -o (json|mcp|engine|tools|cli)/", entry["command"])]
        self.assertGreater(len(commands), 50)
        for option in options:
            self.assertEqual([command for command in commands if option not in command], [])
        # What control flow protection does is seen in a function. The note that lets the kernel use it is not asked for:
        # it needs a C library and archives that are compiled for it as well.
        if "-fcf-protection" in options:
            self.assertIn("endbr", self.first_instruction(program, "engine::ImageTag::parse"))

    def first_instruction(self, program, function):
        code = subprocess.run(["objdump", "-dC", "--no-show-raw-insn", program], capture_output=True, text=True, check=True).stdout
        found = re.search(rf"^[0-9a-f]+ <{re.escape(function)}\([^\n]*(?<!\.cold\])>:\n([^\n]*)", code, re.MULTILINE)
        self.assertTrue(found, f"{function} is not in the program")
        return found.group(1)

    def test_bundle(self):
        with zipfile.ZipFile(the_one(f"rollout-mcp-{version}-*.mcpb")) as archive:
            for entry in archive.infolist():
                file = pathlib.Path(archive.extract(entry, self.directory))
                file.chmod(entry.external_attr >> 16 & 0o777)
        manifest = json.loads((self.directory / "manifest.json").read_text())
        self.assertEqual(manifest["version"], version)
        command = manifest["server"]["mcp_config"]["command"].replace("${__dirname}", str(self.directory))
        self.assertEqual(command, str(self.directory / manifest["server"]["entry_point"]))
        self.assertEqual(serves([command, *manifest["server"]["mcp_config"]["args"]]), version)
        cli = project / "packaging/node_modules/@anthropic-ai/mcpb/dist/cli/cli.js"
        subprocess.run(["node", cli, "validate", self.directory / "manifest.json"], check=True, capture_output=True)
        self.assertTrue((self.directory / "LICENSE").is_file())
        self.assertTrue((self.directory / "licences").is_dir())
        self.assertEqual((self.directory / "rollout-mcp.spdx.json").read_bytes(), (portable / "rollout-mcp.spdx.json").read_bytes())

    def test_bill_of_materials_is_spdx(self):
        for built in (release, portable):
            with self.subTest(built):
                self.check_spdx(json.loads((built / "plugin/rollout-mcp.spdx.json").read_text()))

    def check_spdx(self, document):
        self.assertEqual(set(document), {"spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo", "packages", "relationships"})
        self.assertEqual((document["spdxVersion"], document["dataLicense"], document["SPDXID"]), ("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT"))
        self.assertRegex(document["documentNamespace"], r"^https://[^#\s]+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        self.assertRegex(document["creationInfo"]["created"], f"^{TIME}$")
        for creator in document["creationInfo"]["creators"]:
            self.assertRegex(creator, r"^(Organization: .+|Tool: \S+-\S+)$")
        ids = [package["SPDXID"] for package in document["packages"]]
        self.assertEqual(len(ids), len(set(ids)))
        for package in document["packages"]:
            self.assertRegex(package["SPDXID"], r"^SPDXRef-[a-zA-Z0-9.-]+$")
            self.assertTrue(package["name"] and package["versionInfo"], package)
            self.assertEqual((package["downloadLocation"], package["filesAnalyzed"]), ("NOASSERTION", False))
            self.assertRegex(package["supplier"], r"^(Organization: .+|NOASSERTION)$")
            self.assertIn(package["primaryPackagePurpose"], ("APPLICATION", "LIBRARY"))
            for field in ("licenseConcluded", "licenseDeclared"):
                licence, _, exception = package[field].partition(" WITH ")
                self.assertIn(licence, LICENCES)
                self.assertTrue(not exception or exception in EXCEPTIONS, exception)
            for reference in package.get("externalRefs", []):
                self.assertEqual((reference["referenceCategory"], reference["referenceType"]), ("PACKAGE-MANAGER", "purl"))
                self.assertRegex(reference["referenceLocator"], r"^pkg:deb/[a-z]+/[a-z0-9.%B-]+@[A-Za-z0-9.~%-]+\?arch=[a-z0-9]+$")
        links = {"DESCRIBES": set(), "STATIC_LINK": set(), "DYNAMIC_LINK": set()}
        for relation in document["relationships"]:
            described = relation["relationshipType"] == "DESCRIBES"
            self.assertEqual(relation["spdxElementId"], "SPDXRef-DOCUMENT" if described else "SPDXRef-Package-rollout-mcp")
            links[relation["relationshipType"]].add(relation["relatedSpdxElement"])
        self.assertEqual(links["DESCRIBES"], {"SPDXRef-Package-rollout-mcp"})
        self.assertEqual(links["DESCRIBES"] | links["STATIC_LINK"] | links["DYNAMIC_LINK"], set(ids))

    def linked_packages(self, built, link):
        """The Debian packages that a bill of materials lists as so linked; their versions are those that are installed."""
        document = json.loads((built / "rollout-mcp.spdx.json").read_text())
        packages = {package["SPDXID"]: package for package in document["packages"]}
        names = set()
        for relation in document["relationships"]:
            if relation["relationshipType"] == link:
                package = packages[relation["relatedSpdxElement"]]
                reference, = package["externalRefs"]
                name = re.match(r"pkg:deb/[^/]+/([^@]+)@", reference["referenceLocator"]).group(1).replace("%2B", "+")
                self.assertEqual(package["versionInfo"], subprocess.run(["dpkg-query", "-W", "-f=${Version}", name],
                                                                        capture_output=True, text=True, check=True).stdout, package["name"])
                names.add(name)
        return names

    @unittest.skipUnless(shutil.which("dpkg-query") and shutil.which("objdump"), "no Debian")
    def test_bill_of_materials_has_the_versions_that_are_there_and_all_that_is_loaded(self):
        packaged = {subprocess.run(["dpkg", "-S", f"*/{library}"], capture_output=True, text=True, check=True).stdout.split(":")[0]
                    for library in linked_libraries(release / "plugin/bin/rollout-mcp")}
        self.assertEqual(self.linked_packages(release, "DYNAMIC_LINK"), packaged | {"libc6"})
        self.assertEqual(self.linked_packages(portable, "DYNAMIC_LINK"), {"libc6"})

    @unittest.skipUnless(shutil.which("dpkg-query"), "no Debian")
    def test_bill_of_materials_has_all_that_is_contained(self):
        gcc = re.compile(r"libgcc-\d+-dev")  # a part of the compiler, as libstdc++ is, and small beside it
        contained = {debian_package(archive) for archive in contained_archives(portable / "rollout-mcp")}
        headers = {f"{name}-dev" for name in ("nlohmann-json3", "libexpected", "libasio", "libcli11", "libspdlog", "libfmt")}
        self.assertEqual(self.linked_packages(portable, "STATIC_LINK") - headers,
                         {name for name in contained if not gcc.fullmatch(name) and name != "libc6-dev"})
        licences = set(os.listdir(next((release / "packaging/stage").glob("rollout-mcp-*/share/doc/rollout-mcp/licences"))))
        self.assertLessEqual({name for name in self.linked_packages(portable, "STATIC_LINK") if not name.startswith("libstdc++")},
                             {f"{name}-dev" for name in licences})

    def test_bill_of_materials_is_the_same_each_time(self):
        def made(name, **environment):
            output = self.directory / name
            subprocess.run(["cmake", f"-DCOMPONENTS={release}/rollout-mcp.spdx.json.components.cmake", f"-DOUTPUT={output}", f"-DVERSION={version}",
                            f"-DSOURCE={project}", "-P", project / "cmake/write_sbom.cmake"], check=True, env={**os.environ, **environment})
            return output.read_bytes()
        first = made("first", SOURCE_DATE_EPOCH="1700000000")
        self.assertEqual(made("second", SOURCE_DATE_EPOCH="1700000000", TZ="Asia/Tokyo"), first)
        self.assertEqual(json.loads(first)["creationInfo"]["created"], "2023-11-14T22:13:20Z")
        self.assertNotEqual(json.loads(made("third", SOURCE_DATE_EPOCH="1700000001"))["documentNamespace"], json.loads(first)["documentNamespace"])

    def test_server_json_names_the_bundle_where_it_is_published(self):
        bundle = the_one("*.mcpb")
        self.assertEqual(json.loads((packages / "server.json").read_text()), json.loads((project / "server.json").read_text()))
        output = self.directory / "server.json"
        subprocess.run(["cmake", f"-DSERVER={project}/server.json", f"-DOUTPUT={output}", f"-DBUNDLE={bundle}",
                        "-DURL=https://downloads.example.com/v1", "-P", project / "packaging/server_json.cmake"], check=True)
        package, = json.loads(output.read_text())["packages"]
        self.assertEqual(package, {"registryType": "mcpb", "identifier": f"https://downloads.example.com/v1/{bundle.name}", "version": version,
                                   "fileSha256": hashlib.sha256(bundle.read_bytes()).hexdigest(), "transport": {"type": "stdio"}})

    def test_checksums(self):
        sums = dict(reversed(line.split(maxsplit=1)) for line in (packages / "SHA256SUMS").read_text().splitlines())
        files = {path for path in packages.iterdir() if path.name != "SHA256SUMS"}
        self.assertEqual({os.path.basename(name): checksum for name, checksum in sums.items()},
                         {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files})


if __name__ == "__main__":
    unittest.main(verbosity=1)
