"""Everything that the documentation tells people to type is tried.

Fenced blocks are read by their language:

    console   every line that begins with `$ ` is run; the others show output
    python    run; one that begins with `# name.py` is that file, for commands and for other blocks
    json, toml, text   parsed, parsed, left alone

A command that would measure for minutes is not run in full. `comparators run` is planned by the real command line
(`--plan`), `comparators bench` takes a single value, `make` says what it would do (`-n`), and environments get the
packages of this one instead of those of a package index.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from comparators.registry.built_in import RUNNERS, WORKLOADS

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "reports" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
)
FENCE = re.compile(r"^```(?P<language>\S*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"# (\w+\.py)\n")
LINK = re.compile(r"\]\((?!https?://)(?P<file>[^)#]*)(#(?P<anchor>[^)]*))?\)")
HOP = re.compile(r"`([\w/]+\.py):(\w+)`")
SINGLE_VALUE = ["--processes=1", "--values=1", "--warmups=0", "--loops=1"]
SECONDS = 100


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a document."""

    document: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"

    @property
    def file_name(self) -> str:
        named = FILE_NAME.match(self.text)
        return named[1] if named else f"snippet_{self.line}.py"


def blocks_of(document: Path) -> Iterator[Block]:
    text = document.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        yield Block(document, text.count("\n", 0, match.start()) + 1, match["language"], match["text"])


BLOCKS = [block for document in DOCUMENTS for block in blocks_of(document)]


def commands_of(block: Block) -> Iterator[list[str]]:
    joined = block.text.replace("\\\n", " ")
    yield from (shlex.split(line[2:]) for line in joined.splitlines() if line.startswith("$ "))


def run(argv: Sequence[str | Path], folder: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    answer = subprocess.run(
        argv,
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert answer.returncode == 0, f"{shlex.join(map(str, argv))}\n{answer.stdout}"


def run_comparators(arguments: list[str], folder: Path) -> None:
    command, rest = arguments[0], arguments[1:]
    if command == "run" and "--plan" not in rest and "--help" not in rest:
        rest = [*(word for word in rest if word != "--json"), "--plan"]
    if command == "bench":
        rest = [*(word for word in rest if word not in {"--fast", "--rigorous"}), *SINGLE_VALUE]
    run([sys.executable, "-P", "-m", "comparators", command, *rest], folder)


def run_python(arguments: list[str], folder: Path, python: str = sys.executable) -> None:
    match arguments:
        case ["-m", "venv", name]:
            make_environment(folder / name)
        case ["-m", "pip", *rest]:
            run_pip(rest, folder)
        case ["-m", "comparators", *rest]:
            run_comparators(rest, folder)
        case _:
            run([python, *arguments], folder)


def make_environment(folder: Path) -> None:
    """Make an environment that is lent the packages of this one, as a package index may be out of reach."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    (site_packages / "lent.pth").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n", encoding="utf-8")


def run_pip(arguments: list[str], folder: Path) -> None:
    """Check that what pip is told to install is this repository, with extras that it has."""
    command, *wanted = arguments
    assert command == "install"
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for requirement in wanted:
        match = re.fullmatch(r"(?:\.|comparators)(?:\[(\w+)\])?", requirement)
        assert match, f"{requirement} is not this package"
        assert match[1] is None or match[1] in extras


def run_make(arguments: list[str], folder: Path) -> None:
    run(["make", "-n", *arguments], ROOT)


def run_pytest(arguments: list[str], folder: Path) -> None:
    run_python(["-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments], folder)


PROGRAMS: dict[str, Callable[[list[str], Path], None]] = {
    "comparators": run_comparators,
    "make": run_make,
    "pip": run_pip,
    "pytest": run_pytest,
}


def run_command(command: list[str], folder: Path) -> None:
    program, arguments = command[0], command[1:]
    if program in PROGRAMS:
        PROGRAMS[program](arguments, folder)
    elif re.fullmatch(r"python3?(\.\d+t?)?", program):
        run_python(arguments, folder)
    elif program.endswith("/bin/python"):
        run_python(arguments, folder, program)
    else:
        raise AssertionError(f"there is no way to try '{program}'")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Return, for a document, a folder with the files that it shows and the sample report, the same one each time."""
    made: dict[Path, Path] = {}

    def folder_of(document: Path) -> Path:
        if document not in made:
            made[document] = tmp_path_factory.mktemp(document.stem)
            for block in BLOCKS:
                if block.document == document and block.language == "python":
                    (made[document] / block.file_name).write_text(block.text, encoding="utf-8")
            shutil.copytree(ROOT / "reports" / "sample", made[document] / "reports" / "sample")
        return made[document]

    return folder_of


def of_language(*languages: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("block", [block for block in BLOCKS if block.language in languages], ids=str)


@of_language("console")
def test_commands_work(block: Block, folders: Callable[[Path], Path]) -> None:
    commands = list(commands_of(block))
    assert commands, "a block of commands without a command"
    for command in commands:
        run_command(command, folders(block.document))


@of_language("python")
def test_snippets_run(block: Block, folders: Callable[[Path], Path]) -> None:
    test_or_script = ["-m", "pytest", "-q", "-p", "no:cacheprovider"] if block.file_name.startswith("test_") else []
    run([sys.executable, *test_or_script, block.file_name], folders(block.document))


def test_data_is_well_formed() -> None:
    parsers = {"json": json.loads, "toml": tomllib.loads}
    for block in BLOCKS:
        if block.language in parsers:
            parsers[block.language](block.text)


def test_every_block_is_tried() -> None:
    known = {"console", "python", "json", "toml", "text"}
    assert {str(block): block.language for block in BLOCKS if block.language not in known} == {}
    fences = sum(document.read_text(encoding="utf-8").count("```") for document in DOCUMENTS)
    assert fences == 2 * len(BLOCKS), "a fence that is indented or not closed is not tried"


def anchors_of(document: Path) -> set[str]:
    """Return the names that GitHub gives to a document's headings."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for match in LINK.finditer(document.read_text(encoding="utf-8")):
        target = document.parent / match["file"] if match["file"] else document
        assert target.exists(), match[0]
        assert not match["anchor"] or match["anchor"] in anchors_of(target), match[0]


@pytest.mark.parametrize("name", [*(one.name for one in RUNNERS), *(one.name for one in WORKLOADS)])
def test_the_readme_names_what_there_is(name: str) -> None:
    assert f"| `{name}` |" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_hops_of_the_architecture_exist() -> None:
    hops = HOP.findall((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
    assert len(hops) >= 20
    for file, name in hops:
        source = (ROOT / "comparators" / file).read_text(encoding="utf-8")
        assert re.search(rf"^ *def {name}\(", source, re.MULTILINE), f"{file}:{name}"


def test_the_map_names_every_folder() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    folders = [path.parent.name for path in (ROOT / "comparators").glob("*/__init__.py")]
    assert [name for name in folders if f"| `comparators/{name}/`" not in text] == []


def test_what_is_to_be_changed_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Where to change what")[2]
    table = text.partition("\n## ")[0]
    for name in re.findall(r"`([\w/.]+(?:/|\.py))`", table):
        assert any((ROOT / root / name).exists() for root in ("", "comparators", "tests/stats")), name


def test_every_page_is_on_the_site() -> None:
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("nav:")[2].partition("hooks:")[0]
    assert [path.name for path in (ROOT / "docs").glob("*.md") if path.name not in nav] == []
