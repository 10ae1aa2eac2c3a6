"""Templates are compiled once and kept, like Python's own code; keeping them never changes what they render."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from generator import pipeline
from generator.rendering import templates
from generator.rendering.templates import TemplateCache
from tests.support.bundles import generated
from tests.support.paths import GOLDEN


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A blueprint of two templates, of which one is HTML."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    (tmp_path / "a.txt.j2").write_text("{% for x in xs %}\n{{ x | hcl }}\n{% endfor %}\n")
    (tmp_path / "a.html.j2").write_text("{{ x }}")
    return tmp_path


def render(folder: Path, name: str = "a.txt.j2", **values: object) -> str:
    """Render a template as a new process would."""
    templates.load_template.cache_clear()
    templates._make_environment.cache_clear()
    return templates.load_template(folder, name).render(**values)


def test_kept_and_used_again(folder: Path) -> None:
    assert render(folder, xs=["${a}"]) == '"$${a}"\n'
    kept = list((folder / "__pycache__").iterdir())
    assert len(kept) == 1
    before = kept[0].stat().st_mtime_ns
    assert render(folder, xs=["b"]) == '"b"\n'
    assert kept[0].stat().st_mtime_ns == before


def test_changed_source_is_compiled_again(folder: Path) -> None:
    render(folder, xs=[])
    (folder / "a.txt.j2").write_text("new {{ xs }}")
    assert render(folder, xs=1) == "new 1"


@pytest.mark.parametrize("length", [0, 2, 30, 60, -1])
def test_broken_cache_is_no_harm(folder: Path, length: int) -> None:
    render(folder, xs=[])
    kept = next((folder / "__pycache__").iterdir())
    kept.write_bytes(kept.read_bytes()[:length] + b"garbage")
    assert render(folder, xs=["a"]) == '"a"\n'


def test_folder_that_cannot_be_written(folder: Path) -> None:
    (folder / "__pycache__").write_text("not a folder")
    assert render(folder, xs=["a"]) == '"a"\n'


def test_writes_nothing_where_python_would_not(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    render(folder, xs=[])
    assert not (folder / "__pycache__").exists()


def test_a_value_that_is_missing_is_an_error(folder: Path) -> None:
    with pytest.raises(jinja2.UndefinedError):
        render(folder)


def test_code_compiled_without_escaping_is_not_used_with_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as once:
        once.setattr(templates, "_HTML", ())
        assert render(folder, "a.html.j2", x="<b>") == "<b>"
    assert render(folder, "a.html.j2", x="<b>") == "&lt;b&gt;"


def test_only_html_is_escaped_by_jinja(folder: Path) -> None:
    assert render(folder, "a.html.j2", x="<b>") == "&lt;b&gt;"
    assert render(folder, xs=["<b>"]) == '"<b>"\n'


def test_the_cache_gives_what_compiling_each_time_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without a cache renders a bundle with every template to the same files."""
    cached = generated(GOLDEN / "every-feature")
    with monkeypatch.context() as plain:
        plain.setattr(TemplateCache, "load_bytecode", lambda self, bucket: bucket.reset())
        plain.setattr(TemplateCache, "dump_bytecode", lambda self, bucket: None)
        templates.load_template.cache_clear()
        templates._make_environment.cache_clear()
        compiled = pipeline.bundles(list(cached.boards))
    # The list of boards is of the whole project, and no bundle.
    assert compiled == {path: data for path, data in cached.files.items() if "/_index/" not in path}
