"""Whatever is wrong with the data folder is said in a sentence, and nothing in it is lost."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import data_folder
from deploy.data_folder import DataFolder, Refused, explain


def test_secrets_are_made_once_and_are_nobody_elses(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "heed").opened("") as folder:
        first = folder.secrets(["a", "b"])
        assert folder.secrets(["a", "b", "c"]) == {**first, "c": folder.secrets(["c"])["c"]}
        assert first["a"] != first["b"]
        assert stat.S_IMODE((folder.path / "secrets.json").stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_two_starts_at_once_the_second_is_told_where_the_first_is(tmp_path: Path) -> None:
    with DataFolder(tmp_path).opened("http://localhost:8000") as first:
        with pytest.raises(Refused, match=r"already running .*localhost:8000"), DataFolder(tmp_path).opened("x"):
            pass
        assert first.tenant() is not None
    assert DataFolder(tmp_path).tenant() is None
    with DataFolder(tmp_path).opened("again"):
        pass


def test_a_killed_start_leaves_no_lock(tmp_path: Path) -> None:
    code = "import os, sys; from pathlib import Path; from deploy.data_folder import DataFolder\n"
    code += "with DataFolder(Path(sys.argv[1])).opened('x'): os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 9
    with DataFolder(tmp_path).opened("y"):
        pass


def test_a_cut_setup_shows(tmp_path: Path) -> None:
    with DataFolder(tmp_path).opened("") as folder:
        assert folder.step("demonstration") == "not begun"
        folder.note("demonstration", "begun")
    with DataFolder(tmp_path).opened("") as folder:
        assert folder.step("demonstration") == "begun"
        folder.note("demonstration", "finished")
        assert folder.step("demonstration") == "finished"
        assert folder.step("databases") == "not begun"


def test_the_folder_of_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    about = tmp_path / "folder.json"
    about.write_text(json.dumps({"format": 99, "steps": {"demonstration": "finished"}}))
    with pytest.raises(Refused, match="newer version"), DataFolder(tmp_path).opened(""):
        pass
    assert json.loads(about.read_text())["format"] == 99


def test_broken_secrets_are_never_made_anew(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"a": "ha')
    with DataFolder(tmp_path).opened("") as folder, pytest.raises(Refused, match="backup"):
        folder.secrets(["a"])
    assert (tmp_path / "secrets.json").read_text() == '{"a": "ha'


def test_a_file_in_its_place_is_not_touched(tmp_path: Path) -> None:
    place = tmp_path / "heed"
    place.write_text("mine")
    with pytest.raises(Refused, match="needs a folder"), DataFolder(place).opened(""):
        pass
    assert place.read_text() == "mine"


def test_a_full_disk_is_seen_before_anything_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_folder, "ROOM_FOR_A_START", 10**18)
    with pytest.raises(Refused, match=r"Make room.*Nothing was changed"), DataFolder(tmp_path).opened(""):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("number", "says"), [(28, "full"), (13, "may not write"), (30, "only be read")])
def test_what_the_system_refuses_is_put_into_words(number: int, says: str) -> None:
    assert says in explain(OSError(number, os.strerror(number)), Path("/data"))
