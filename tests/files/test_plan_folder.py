"""Plan folders: typed tables back, and any change of any file refused by its name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from yjopt.errors import FileError
from yjopt.files import read_plan_folder, write_plan_folder
from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    from pathlib import Path

HEADER = {"status": "optimal", "stages": [{"name": "money", "value": 1.5}], "name": "三镇"}


def tables() -> dict[str, pd.DataFrame]:
    """Return two tables of a plan, the rest is empty."""
    served = pd.DataFrame(
        {"place": ["007", "NA"], "item": ["mask", "mask"], "needed": [1, 2], "weight": [1.0, 0.125], "period": [1, 3],
         "quantity": [10**15, 5], "packs": [3, 1]}
    )  # fmt: skip
    trips = pd.DataFrame({"fleet": ["=1+1"], "from": ["a,b"], "to": ['c"d'], "depart": [1], "trips": [2]})
    return {"served": served, "trips": trips}


def test_round_trip(tmp_path: Path) -> None:
    """Every table of the schema is there, typed; the header is as given."""
    write_plan_folder(tmp_path / "plan", tables(), HEADER, {"summary.txt": b"fine"})
    frames, header = read_plan_folder(tmp_path / "plan")
    assert header == {"made_by": "yjopt", **HEADER}
    assert list(frames) == list(OUTPUT)
    for name, frame in tables().items():
        pd.testing.assert_frame_equal(
            frames[name], frame.astype({"weight": float} if name == "served" else {}), check_dtype=False
        )
    for name, table in OUTPUT.items():
        assert {column.name: str(frames[name][column.name].dtype) for column in table.columns} == {
            column.name: column.dtype for column in table.columns
        }
    write_plan_folder(tmp_path / "plan", {}, {})  # over the old one, whose summary goes with it
    assert not (tmp_path / "plan" / "summary.txt").exists()
    assert read_plan_folder(tmp_path / "plan")[1] == {"made_by": "yjopt"}


FILES = [*(f"{name}.csv" for name in OUTPUT), "summary.txt"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("change", ["a byte", "a byte more", "empty", "gone"])
def test_a_changed_folder_is_refused_by_name(name: str, change: str, tmp_path: Path) -> None:
    """One byte in any file is enough."""
    write_plan_folder(tmp_path / "plan", tables(), HEADER, {"summary.txt": b"fine"})
    path = tmp_path / "plan" / name
    data = path.read_bytes()
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes(
            {"a byte": bytes([data[0] ^ 1]) + data[1:], "a byte more": data + b"\n", "empty": b""}[change]
        )
    with pytest.raises(FileError, match=name.replace(".", r"\.")):
        read_plan_folder(tmp_path / "plan")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"made_by": "yjopt"}', '{\n  "made_by": "yjopt",\n  "files": {}}',
     '{\n  "made_by": "yjopt",\n  "files": [1]}',
     "[" * 100_000, "\xff"],
)  # fmt: skip
def test_a_changed_marker_is_refused_by_name(text: str, tmp_path: Path) -> None:
    """Whatever stands in it."""
    write_plan_folder(tmp_path / "plan", tables(), HEADER)
    (tmp_path / "plan" / "plan.json").write_text(text, encoding="latin-1")
    with pytest.raises(FileError, match=r"plan\.json"):
        read_plan_folder(tmp_path / "plan")
    (tmp_path / "plan" / "plan.json").unlink()
    with pytest.raises(FileError, match=r"plan\.json"):
        read_plan_folder(tmp_path / "plan")


def test_a_plan_of_another_program(tmp_path: Path) -> None:
    """Unverified, tables alone are enough; cells are still judged at their place."""
    path = tmp_path / "plan"
    path.mkdir()
    with pytest.raises(FileError, match="no table of a plan"):
        read_plan_folder(path, verify=False)
    (path / "trips.csv").write_text("fleet,from,to,depart,trips\nv,a,b,1,2\n")
    frames, header = read_plan_folder(path, verify=False)
    assert header == {}
    assert frames["trips"]["trips"].tolist() == [2]
    assert len(frames["served"]) == 0
    for line, word in [
        ("v,a,b,1,2.5", "trips.csv:3 trips"),
        ("v,a,b,,2", "trips.csv:3 depart"),
        ("v,a,b,1", "ragged_row"),
    ]:
        (path / "trips.csv").write_text(f"fleet,from,to,depart,trips\nv,a,b,1,2\n{line}\n")
        with pytest.raises(FileError, match=word.replace(".", r"\.")):
            read_plan_folder(path, verify=False)
    (path / "trips.csv").write_text("fleet,from,to,depart\n")
    with pytest.raises(FileError, match="must have the columns"):
        read_plan_folder(path, verify=False)
    (path / "trips.csv").unlink()
    (path / "unmet.csv").write_text("kind,state,place,what,period,amount\nbed,late,a,b,1,1\n")
    with pytest.raises(FileError, match=r"unmet\.csv:2 state"):
        read_plan_folder(path, verify=False)


def test_what_no_plan_can_hold(tmp_path: Path) -> None:
    """Names that are taken, tables that are none, a header that is no JSON."""
    for frames, header in [
        ({}, {"files": {}}),
        ({"x": pd.DataFrame()}, {}),
        ({}, {"x": float("nan")}),
        ({}, {"x": object()}),
    ]:
        with pytest.raises(FileError):
            write_plan_folder(tmp_path / "plan", frames, header)
    assert not list(tmp_path.iterdir())


def test_the_marker_is_plain_json(tmp_path: Path) -> None:
    """Other programs can check the sums."""
    write_plan_folder(tmp_path / "plan", tables(), HEADER)
    found = json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))
    assert set(found["files"]) == {f"{name}.csv" for name in OUTPUT}
    assert all(len(digest) == 64 for digest in found["files"].values())
