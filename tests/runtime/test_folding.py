"""Which display names a search takes for alike, with any version of Unicode."""

from __future__ import annotations

import unicodedata

import pytest

from runtime.domain.texts import folding


def test_what_people_type_finds_what_they_see() -> None:
    for name, *texts in (
        ("Özil", "oz", "ÖZ", "o\u0308z"),
        ("İstanbul", "ist", "IST"),
        ("Łukasz Żak", "lukasz z", "lukasz   ż"),
        ("Straße", "STRASSE", "stras"),
        ("ＮＯＶＡ", "nova"),
        ("\u202eNova\u2069\u200b", "nova", "\u200enova"),
        ("한국", "하", "한"),
        ("Ёлка", "елка"),
        ("<script>alert(1)</script>", "<SCRIPT>"),
        ("𝓜𝓲𝓪", "mia"),
        ("\u0301", "\u0301"),
    ):
        for text in texts:
            assert folding.fold(name).startswith(folding.fold(text)), (name, text)
    for name, text in (("がく", "かく"), ("हिंदी", "हंदी"), ("Nova", "ova"), ("a b", "ab")):
        assert not folding.fold(name).startswith(folding.fold(text)), (name, text)


def test_an_older_unicode_folds_what_it_knows_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """So an index of a Python before serves the next one: Python still has the tables of Unicode 3.2."""
    old = unicodedata.ucd_3_2_0
    # Five ideographs were mended once (Unicode, "Corrigendum #4").
    mended = set("\U0002f868\U0002f874\U0002f91f\U0002f95f\U0002f9bf")
    known = [each for each in map(chr, range(0x30000)) if old.category(each) not in ("Cn", "Cs")]
    now = [folding.fold(each) for each in known]
    monkeypatch.setattr("runtime.domain.texts.folding.unicodedata.normalize", old.normalize)
    assert [each for each, folded in zip(known, now, strict=True) if folding.fold(each) != folded] == sorted(mended)


def test_a_folded_name_folds_to_itself_and_is_short() -> None:
    for each in map(chr, (*range(0xA000), *range(0xF900, 0x20000))):
        assert folding.fold(folding.fold(each)) == folding.fold(each), ascii(each)
    assert len(folding.fold("\ufdfa" * 64)) <= folding.MAX_FOLDED
    plain = " a~B\x7f\n c" + "".join(map(chr, range(128)))
    assert folding.fold(plain) == folding.fold(plain + "\u200b")
    assert folding.fold(" a~B  c ") == folding.fold(" a~B  c \u200b") == "a~b c"
    assert folding.fold("한" * 64) == "\u1112\u1161\u11ab" * 64
