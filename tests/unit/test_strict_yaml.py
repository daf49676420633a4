"""Strict YAML: what it refuses, with which line and advice, and what it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coverage_opt.errors import InputError, Problem
from coverage_opt.reading.strict_yaml import inspect_yaml, parse_yaml, read_yaml
from coverage_opt.reading.validation import read_model, validated, validation_problems


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as raised:
        parse_yaml(text, "file.yaml")
    return raised.value.problems


TRAPS = [
    ("NO", "means false", "write false"),
    ("no", "means false", "write false"),
    ("Off", "means false", "write false"),
    ("yes", "means true", "write true"),
    ("on", "means true", "write true"),
    ("True", "means true", "write true"),
    ("FALSE", "means false", "write false"),
    ("~", "null", "write null"),
    ("NULL", "null", "write null"),
    ("010", "octal", '"010"'),
    ("0101", "octal", '"0101"'),
    ("-017", "octal", '"-017"'),
    ("09", "octal", '"09"'),
    ("00.5", "octal", '"00.5"'),
    ("1:30", "base 60", '"1:30"'),
    ("190:20:30.15", "base 60", '"190:20:30.15"'),
    ("0x1F", "hexadecimal", '"0x1F"'),
    ("0b101", "hexadecimal", '"0b101"'),
    ("1_000", "underscore", "write 1000"),
    ("1e3", "is text", "write 1000"),
    ("1.5E4", "is text", "write 15000"),
    ("1e-3", "is text", "write the number in full"),
    ("1,5", "is text", "write 1.5"),
    (".inf", "finite", "write a number"),
    ("-.Inf", "finite", "write a number"),
    (".nan", "finite", "write a number"),
    ("2026-01-31", "date", '"2026-01-31"'),
    ("!!python/name:os.system x", "not plain data", "write text"),
    ("!secret x", "not plain data", "write text"),
    ("=", "not plain data", "write text"),
]


@pytest.mark.parametrize(("word", "what", "advice"), TRAPS)
def test_a_word_that_yaml_would_turn_into_something_else(word: str, what: str, advice: str) -> None:
    [problem] = problems(f"first: 1\nkey: {word}\nlast: 2\n")
    assert problem.where == "file.yaml:2"
    assert what in problem.what
    assert "`key`" in problem.what
    assert advice in problem.advice


@pytest.mark.parametrize("word", [word for word, _, _ in TRAPS if not word.startswith("!")])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_quoting_makes_it_text(word: str, quote: str) -> None:
    assert parse_yaml(f"key: {quote}{word}{quote}\n", "f").data == {"key": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("0", 0),
        ("-3", -3),
        ("0.5", 0.5),
        ("10.25", 10.25),
        ("1.0e+3", 1000.0),
        ("2026", 2026),
        ("north", "north"),
        ("y", "y"),
        ("25180-BOL", "25180-BOL"),
        ("own:25180", "own:25180"),
        ("../catalogue", "../catalogue"),
        ("[1, 5]", [1, 5]),
        ("{a: 1}", {"a": 1}),
    ],
)
def test_what_means_what_it_says_is_left_alone(word: str, value: object) -> None:
    read = parse_yaml(f"key: {word}\n", "f").data["key"]
    assert read == value
    assert type(read) is type(value)


def test_a_trap_in_a_key() -> None:
    [problem] = problems("a: 1\nNO: 2\n")
    assert problem.where == "file.yaml:2"
    assert "means false" in problem.what


def test_traps_in_lists_and_below_keys_are_all_said_at_once() -> None:
    found = problems("a: [1, yes,\n  010]\nb:\n  - c: 1:30\n    d: off\n")
    assert [problem.where.split(":")[1] for problem in found] == ["1", "2", "4", "5"]


@pytest.mark.parametrize(
    "text", ["a: 1\nb: 2\na: 3\n", "1: x\nb: 2\n'1': y\n", "a: 1\nb: 2\n'a': 3\n"]
)
def test_a_key_given_twice(text: str) -> None:
    [problem] = problems(text)
    assert problem.where == "file.yaml:3"
    assert "twice, first on line 1" in problem.what


def test_a_key_given_twice_deep_inside() -> None:
    [problem] = problems("rules:\n  - a: 1\n    b: {c: 1, d: 2, c: 3}\n")
    assert problem.where == "file.yaml:3"
    assert "`c`" in problem.what


def test_anchors_and_merges_are_fine() -> None:
    text = "base: &base\n  a: 1\n  b: 2\nother:\n  <<: *base\n  b: 3\nlist: [*base, *base]\n"
    located = parse_yaml(text, "f")
    assert located.data["other"] == {"a": 1, "b": 3}
    assert located.line_of(("other", "b")) == 6
    assert located.line_of(("other", "a")) == 2


def test_an_alias_that_holds_itself() -> None:
    [problem] = problems("a: &a\n  b: *a\n")
    assert "holds itself" in problem.what


def test_a_trap_behind_many_aliases_is_said_once() -> None:
    [problem] = problems("a: &a [NO]\nb: &b [*a, *a]\nc: [*b, *b, *b]\n")
    assert problem.where == "file.yaml:1"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", None, "empty"),
        ("# only a comment\n\n", None, "empty"),
        ("- a\n- b\n", 1, "not a mapping"),
        ("just words\n", 1, "not a mapping"),
        ("a: 1\nb: [1, 2\n", 3, "broken YAML"),
        ("a: 1\n b: 2\n", 2, "broken YAML"),
        ("a: 'x\nb: 2\n", 3, "broken YAML"),
        ("a: 1\nb: *nowhere\n", 2, "broken YAML"),
        ("a: 1\nb:\n\t- 2\n", 3, "broken YAML"),
        ("a: 1\nb: \x07\n", 2, "control character"),
        ('a: 1\nb: "\\ud83d"\n', 2, "half a character"),
        ("a: 1\n---\na: 2\n", 2, "more than one document"),
        ("a: 1\n? [x, y]\n: 2\n", 2, "not a single word"),
        ("a: 1\nb: " + "[" * 3000, None, "nested too deeply"),
    ],
)
def test_a_broken_file(text: str, line: int | None, what: str) -> None:
    [problem] = problems(text)
    assert problem.where == ("file.yaml" if line is None else f"file.yaml:{line}")
    assert what in problem.what
    assert problem.advice


def test_an_impossible_date_is_a_problem_not_a_crash() -> None:
    [problem] = problems("a: 2026-13-41\n")
    assert "date" in problem.what


def test_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_bytes("a: 1\r\nb: caf\xe9\r\n".encode("latin-1"))
    with pytest.raises(InputError) as raised:
        read_yaml(file)
    [problem] = raised.value.problems
    assert problem.where == "file.yaml:2"
    assert "0xe9" in problem.what
    assert "UTF-8" in problem.advice


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert read_yaml(file).data == {"a": 1, "b": 2}


@pytest.mark.parametrize("content", [b"\xff\xfea\x00:\x00", b"a: 1\nb: \x00\n"])
def test_utf16_and_nul_bytes(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file.yaml"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"UTF-16|NUL"):
        read_yaml(file)


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml: the file does not exist"):
        read_yaml(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="cannot be read"):
        read_yaml(tmp_path)


def test_lines_of_key_paths() -> None:
    located = parse_yaml("a: 1\nb:\n  - x: 1\n    y: 2\n  - x: 3\nc: {2: z}\n", "f")
    assert located.line_of(("a",)) == 1
    assert located.line_of(("b", 0, "y")) == 4
    assert located.line_of(("b", 1)) == 5
    assert located.line_of(("c", 2)) == 6
    assert located.line_of(("b", 1, "nothing")) == 5
    assert located.line_of(("nothing",)) is None
    assert located.where(("b", 0, "y")) == "f:4"
    assert located.where() == "f"
    assert located.label(("b", 1, "x")) == "b entry 2.x"


def test_the_data_is_there_beside_its_problems() -> None:
    located, found = inspect_yaml("a: 1\nb: NO\n", "f")
    assert located is not None
    assert located.data["a"] == 1
    assert len(found) == 1


# JSON escapes what is above as surrogate pairs, which YAML does not know.
words = st.text(st.characters(max_codepoint=0xD7FF), max_size=20)
scalars = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | words
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text("abcdefgh", min_size=2), trees, min_size=1, max_size=4))
def test_json_is_read_as_it_is(data: dict[str, object]) -> None:
    """JSON is YAML with everything quoted: nothing in it is a trap (ASCII escapes included)."""
    assert parse_yaml(json.dumps(data), "f").data == data


class Limit(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    minutes: float = Field(gt=0)
    kind: Literal["near", "far"] = "near"


class Example(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    limits: list[Limit] = []
    by_level: dict[int, Limit] = {}
    single: Limit | None = None


def schema_problems(text: str) -> list[Problem]:
    located = parse_yaml(text, "f.yaml")
    with pytest.raises(ValidationError) as raised:
        Example.model_validate(located.data)
    return validation_problems(raised.value, located, Example)


@pytest.mark.parametrize(
    ("text", "where", "what", "advice"),
    [
        ("limits: []\n", "f.yaml", "the key `name` is missing", ""),
        ("name: 5\n", "f.yaml:1", "`name`: it should be a valid string, but is 5", ""),
        ("name:\n", "f.yaml:1", "`name`: it should be a valid string, but is empty", ""),
        ("name: x\nlimts: []\n", "f.yaml:2", "unknown key `limts`", "did you mean limits?"),
        (
            "name: x\nzzz: 1\n",
            "f.yaml:2",
            "unknown key `zzz`",
            "known here: name, limits, by_level, single",
        ),
        (
            "name: x\nlimits:\n  - minutes: 3\n  - minuts: 3\n    minutes: 4\n",
            "f.yaml:4",
            "unknown key `limits entry 2.minuts`",
            "did you mean minutes?",
        ),
        (
            "name: x\nlimits:\n  - kind: far\n",
            "f.yaml:3",
            "the key `minutes` is missing in `limits entry 1`",
            "",
        ),
        (
            "name: x\nby_level:\n  2:\n    minutes: -3\n",
            "f.yaml:4",
            "`by_level.2.minutes`: it should be greater than 0, but is -3",
            "",
        ),
        (
            "name: x\nby_level:\n  2: {minutes: 3, knd: far}\n",
            "f.yaml:3",
            "unknown key `by_level.2.knd`",
            "did you mean kind?",
        ),
        (
            "name: x\nsingle: {minuts: 3, minutes: 3}\n",
            "f.yaml:2",
            "unknown key `single.minuts`",
            "did you mean minutes?",
        ),
        (
            "name: x\nsingle: {minutes: 3, kind: nar}\n",
            "f.yaml:2",
            "`single.kind`: it should be 'near' or 'far', but is 'nar'",
            "",
        ),
    ],
)
def test_a_schema_speaks_with_lines(text: str, where: str, what: str, advice: str) -> None:
    [problem] = schema_problems(text)
    assert (problem.where, problem.what, problem.advice) == (where, what, advice)


def test_a_part_of_a_file_is_validated_where_it_stands() -> None:
    located = parse_yaml("a: 1\nlimit:\n  minutes: 3\n  kid: far\n", "f.yaml")
    with pytest.raises(InputError) as raised:
        validated(located, Limit, ("limit",))
    [problem] = raised.value.problems
    assert problem.where == "f.yaml:4"
    assert problem.what == "unknown key `limit.kid`"
    assert problem.advice == "did you mean kind?"


def test_traps_and_schema_are_said_together_and_nothing_twice(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_text("name: NO\nlimts: []\n", encoding="utf-8")
    located, model, found = read_model(file, Example)
    assert located is not None
    assert model is None
    assert [problem.where for problem in found] == ["f.yaml:1", "f.yaml:2"]
    file.write_text("name: fine\n", encoding="utf-8")
    assert read_model(file, Example)[1] == Example(name="fine")
