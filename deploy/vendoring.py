"""`python -m deploy.vendoring`: fetch what the pages serve and was made elsewhere, and make it ours.

Needs npm, which knows where packages come from. What is fetched, and under which licence, is in `vendored.toml`.
"""

import re
import subprocess
import tarfile
import tempfile
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "services" / "gateway" / "pages" / "assets" / "vendor"

# The typeface is not free for others, the crest is the Crown's, and colours that are written out know no dark scheme.
FONT_FACES = re.compile(r"/\*! Copyright \(c\) 2011.*?\*/|@font-face\{[^}]*\}", re.DOTALL)
ADDRESSES = re.compile(r"url\([^)]*\)")
SOURCE_MAP = re.compile(r"\n?/[/*]# sourceMappingURL=\S+(?: \*/)?\s*$")
FONT = ("GDS Transport,arial,sans-serif", "var(--heed-font)")
COLOURS = {
    "#0b0c0c": "var(--heed-ink)",
    "#fff": "var(--heed-panel)",
    "#f3f3f3": "var(--heed-soft)",
    "#cecece": "var(--heed-line)",
    "#858686": "var(--heed-input)",
}
WRITTEN_OUT = re.compile(r"(?<![,\w-])(#0b0c0c|#fff|#f3f3f3|#cecece|#858686)\b(?!\))")


def restyled(css: str) -> str:
    """Their rules, with our typeface and with colours that follow the scheme."""
    css = FONT_FACES.sub("", css).replace(*FONT)
    css = WRITTEN_OUT.sub(lambda found: COLOURS[found[1]], css)
    return ADDRESSES.sub("none", SOURCE_MAP.sub("\n", css))


def fetch() -> None:
    packages = tomllib.loads((FOLDER / "vendored.toml").read_text())
    for name, package in packages.items():
        with tempfile.TemporaryDirectory() as folder:
            made = subprocess.run(
                ["npm", "pack", "--silent", f"{name}@{package['version']}"],
                cwd=folder,
                check=True,
                capture_output=True,
                text=True,
            )
            with tarfile.open(Path(folder) / made.stdout.split()[-1]) as archive:
                for inside, ours in package["files"].items():
                    found = archive.extractfile(f"package/{inside}")
                    assert found is not None
                    _keep(ours, found.read())
        print(f"{name} {package['version']}")


def _keep(name: str, content: bytes) -> None:
    if name.endswith(".css"):
        content = restyled(content.decode()).encode()
    elif name.endswith(".js"):
        content = SOURCE_MAP.sub("\n", content.decode()).encode()
    (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    fetch()
