"""Settings files, and how their faults are said."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlsr_es.errors import InputError
from mlsr_es.settings import TomlTable, checked, faulty, read_toml


class Kettle(TomlTable):
    """A table, as others make theirs."""

    colour: str
    litres: float


def test_a_table_is_what_its_file_says(tmp_path: Path) -> None:
    """Where nothing is wrong with it."""
    (tmp_path / "kettle.toml").write_text('colour = "red"\nlitres = 1.5\n')
    assert checked(Kettle, read_toml(tmp_path / "kettle.toml")) == (Kettle(colour="red", litres=1.5), [])


def test_all_faults_are_said_each_with_its_key() -> None:
    """A missing key, an unknown one, and a wrong type: text is no number, whatever it holds."""
    found, faults = checked(Kettle, {"litres": "2", "color": "red"})
    assert found is None
    assert faults == ["colour is missing", "litres: input should be a valid number", "color is no key that there is"]
    assert str(faulty("kettle.toml", faults)).startswith("kettle.toml has 3 faults:\n  colour is missing\n")
    assert str(faulty("kettle.toml", faults[:1])).startswith("kettle.toml has 1 fault:\n")


@pytest.mark.parametrize(("content", "said"), [(b"colour = \n", "no TOML"), (b"\xff", "cannot be read")])
def test_a_file_that_holds_something_else_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    """With its name."""
    (tmp_path / "broken.toml").write_bytes(content)
    with pytest.raises(InputError, match=rf"broken\.toml .*{said}"):
        read_toml(tmp_path / "broken.toml")
