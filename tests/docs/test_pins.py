"""The pins of what `make` installs agree: developers run the very packages that a newcomer's `make demo` has."""

from __future__ import annotations

from tests.support.paths import REPOSITORY


def pins_of(name: str) -> dict[str, str]:
    """The packages of a lock file, and the version of each."""
    lines = (REPOSITORY / ".requirements" / name).read_text(encoding="utf-8").splitlines()
    pins = [line.removesuffix("\\").strip() for line in lines if "==" in line and not line.startswith((" ", "#"))]
    return dict(pin.split("==") for pin in (pin.split(" ;")[0] for pin in pins))


def test_the_developers_environment_holds_that_of_make_demo() -> None:
    local, developers = pins_of("local.txt"), pins_of("dev.txt")
    assert "ministack" in local
    assert local.items() <= developers.items()
    assert "pytest" not in local
