"""YAML read strictly, with the line of everything in it.

YAML 1.1 turns ``NO`` into false, ``010`` into 8 and ``1:30`` into 90, and keeps ``1e3`` as a word.
Here each of those is a problem with its line; so is a key given twice. What is left is plain data
(mappings, lists, text, numbers, true, false, null) that means what it seems to mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml

from coverage_opt.errors import InputError, Problem
from coverage_opt.memory import uncollected
from coverage_opt.reading.text import read_text

KeyPath = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(
    _TAG + kind for kind in ("str", "int", "float", "bool", "null", "seq", "map", "merge")
)
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+(\.[0-9_]*)?")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_BASED = re.compile(r"[-+]?0[xXbBoO][0-9a-fA-F_]+")
_EXPONENT = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][-+]?[0-9]+")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_DECIMAL_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+")


@dataclass(frozen=True)
class Located:
    """The data of a YAML file, and where in the file each part of it stands.

    Attributes:
        data: the file's mapping.
        source: how messages call the file.
    """

    data: dict[Any, Any]
    source: str
    _root: yaml.MappingNode = field(repr=False, compare=False)

    def line_of(self, path: KeyPath) -> int | None:
        """Return the line, from 1, of the key path, or of its nearest ancestor in the file.

        A step is a key of a mapping or a position, from 0, in a list. None when not even the first
        step is in the file.
        """
        line: int | None = None
        node: yaml.Node = self._root
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line

    def where(self, path: KeyPath = ()) -> str:
        """Return ``file:line`` of the key path, or only the file when it has no line."""
        line = self.line_of(path)
        return self.source if line is None else f"{self.source}:{line}"

    def label(self, path: KeyPath) -> str:
        """Return the key path as a reader would say it: ``rules.class_size``, ``periods entry 2``.

        Steps that are not in the file (such as those a schema adds) are left out.
        """
        label = ""
        value: Any = self.data
        for position, step in enumerate(path):
            inside = isinstance(value, dict) and step in value
            listed = isinstance(value, list) and isinstance(step, int) and step < len(value)
            if not inside and not listed and position < len(path) - 1:
                continue
            if listed:
                label += f" entry {cast(int, step) + 1}"
            else:
                label += f".{step}" if label else str(step)
            value = value[step] if inside or listed else None
        return label.strip()


def read_yaml(path: Path, source: str = "") -> Located:
    """Read one YAML file strictly.

    Args:
        path: the file.
        source: how messages call the file; its own name when empty.

    Raises:
        InputError: every problem found: unreadable or not UTF-8, broken YAML, empty, not a
            mapping, a key given twice, a value that YAML would silently turn into another.
    """
    source = source or path.name
    return parse_yaml(read_text(path, source), source)


def parse_yaml(text: str, source: str) -> Located:
    """Read YAML text strictly; see `read_yaml`."""
    located, problems = inspect_yaml(text, source)
    if located is None or problems:
        raise InputError(problems)
    return located


@uncollected()
def inspect_yaml(text: str, source: str) -> tuple[Located | None, list[Problem]]:
    """Return what YAML text says and what is wrong with it.

    The data is there whenever it can be made out, so that a schema can look at the rest of it;
    where there is a problem it is not what the text seems to say.
    """
    problems: list[Problem] = []
    loader = yaml.SafeLoader("")
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            return None, [_not_a_mapping(root, source)]
        inspection = _Inspection(source)
        problems += inspection.problems_of(root)
        if inspection.sound:
            return Located(loader.construct_document(root), source, root), problems
    except yaml.YAMLError as error:
        problems.append(_broken(error, text, source))
    except ValueError as error:
        # Python refuses what YAML's pattern lets through: month 13, or thousands of digits.
        problems = problems or [Problem(f"a value cannot be read: {error}", source)]
    except RecursionError:
        problems.append(Problem("the file is nested too deeply", source, advice="flatten it"))
    finally:
        loader.dispose()
    return None, problems


def _not_a_mapping(root: yaml.Node | None, source: str) -> Problem:
    if root is None:
        return Problem("the file is empty", source, advice="write `key: value` lines")
    what = "the file is not a mapping of keys to values"
    return Problem(what, f"{source}:{_line(root)}", advice="write `key: value` lines")


def _broken(error: yaml.YAMLError, text: str, source: str) -> Problem:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        where = source if mark is None else f"{source}:{mark.line + 1}"
        said = error.problem or error.context or "it cannot be parsed"
        if said.startswith("but found another document"):
            return Problem("the file holds more than one document", where, advice="remove `---`")
        advice = "check the indentation, colons and quotes on this line and the one before"
        if "'\\t'" in said:
            advice = "indent with spaces, not with tabs"
        return Problem(f"broken YAML: {said}", where, advice=advice)
    position = getattr(error, "position", None)
    where = source if position is None else f"{source}:{text.count(chr(10), 0, position) + 1}"
    return Problem("broken YAML: a control character in the text", where, advice="remove it")


class _Inspection:
    """One walk over the nodes of a file; a node used through an alias is looked at once.

    Attributes:
        sound: whether the file can be turned into plain data at all.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.finished: set[int] = set()
        self.entered: set[int] = set()
        self.sound = True

    def problems_of(self, root: yaml.Node) -> list[Problem]:
        return list(self._node(root, ""))

    def _problem(self, what: str, node: yaml.Node, advice: str) -> Problem:
        return Problem(what, f"{self.source}:{_line(node)}", advice=advice)

    def _node(self, node: yaml.Node, label: str) -> Iterator[Problem]:
        if id(node) in self.entered:
            self.sound = False
            yield self._problem(f"`{label}` holds itself", node, "remove the alias (`*name`)")
            return
        if id(node) in self.finished:
            return
        self.entered.add(id(node))
        if node.tag not in _PLAIN_TAGS:
            yield from self._strange_tag(node, label)
        elif isinstance(node, yaml.ScalarNode):
            yield from self._scalar(node, label)
        elif isinstance(node, yaml.MappingNode):
            yield from self._mapping(node)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                yield from self._node(item, label)
        self.entered.discard(id(node))
        self.finished.add(id(node))

    def _strange_tag(self, node: yaml.Node, label: str) -> Iterator[Problem]:
        place = f" (in `{label}`)" if label else ""
        if node.tag == _TAG + "timestamp":
            what = f"the unquoted {node.value}{place} is read by YAML as a date"
            yield self._problem(what, node, f'put it in quotes: "{node.value}"')
        else:
            self.sound = False
            what = f"the tag {node.tag.replace(_TAG, '!!')}{place} is not plain data"
            yield self._problem(what, node, "write text, a number, true, false, a list or keys")

    def _scalar(self, node: yaml.ScalarNode, label: str) -> Iterator[Problem]:
        if _HALF_CHARACTER.search(node.value):
            yield self._problem("a text holds half a character", node, "write it without \\u")
        trap = _trap(node)
        if trap is not None:
            meaning, advice = trap
            place = f" (in `{label}`)" if label else ""
            yield self._problem(f"the unquoted {node.value}{place} {meaning}", node, advice)

    def _mapping(self, node: yaml.MappingNode) -> Iterator[Problem]:
        first_line: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.sound = False
                yield self._problem("a key is not a single word", key, "write `key: value` lines")
                continue
            yield from self._node(key, str(key.value))
            same = str(_key_value(key))
            if same in first_line:
                what = f"the key `{key.value}` is given twice, first on line {first_line[same]}"
                yield self._problem(what, key, "keep one of the two")
            first_line.setdefault(same, _line(key))
            yield from self._node(value, str(key.value))


def _trap(node: yaml.ScalarNode) -> tuple[str, str] | None:
    """Say what YAML makes of an unquoted word and what to write instead; None when all is well."""
    word, kind = node.value, node.tag.removeprefix(_TAG)
    if node.style is not None:
        return None
    quoted = f'put it in quotes if it is text: "{word}"'
    if kind == "bool" and word not in ("true", "false"):
        meaning = "true" if word.lower() in ("yes", "on", "true") else "false"
        return f"means {meaning} in YAML", f"write {meaning}, or {quoted}"
    if kind == "null" and word not in ("", "null"):
        return "means nothing at all (null) in YAML", f"write null, or {quoted}"
    if _LEADING_ZERO.fullmatch(word):
        return "starts with a zero, so YAML may read it as octal", (
            f"drop the leading zero if it is a number; {quoted}"
        )
    if kind in ("int", "float"):
        return _number_trap(word, quoted)
    if kind == "str" and _EXPONENT.fullmatch(word):
        return "is text in YAML, not a number", f"write {_number_text(word)}; {quoted}"
    if kind == "str" and _DECIMAL_COMMA.fullmatch(word):
        return "is text in YAML, not a number", (
            f"write {word.replace(',', '.')} with a decimal point; {quoted}"
        )
    return None


def _number_trap(word: str, quoted: str) -> tuple[str, str] | None:
    if _SEXAGESIMAL.fullmatch(word):
        return "is read by YAML in base 60", f"write a plain number; {quoted}"
    if _BASED.fullmatch(word):
        return "is read by YAML as a hexadecimal or binary number", (
            f"write a plain number; {quoted}"
        )
    if "_" in word:
        return "holds an underscore that YAML drops", f"write {word.replace('_', '')}; {quoted}"
    if word.lower().lstrip("+-") in (".inf", ".nan"):
        return "is not a finite number", f"write a number; {quoted}"
    return None


def _number_text(word: str) -> str:
    value = float(word)
    if value.is_integer() and abs(value) < 1e15:
        return f"{value:.0f}"
    return "the number in full"


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _key_value(key: yaml.Node) -> object:
    if not isinstance(key, yaml.ScalarNode):
        return None
    if key.tag == _TAG + "int":
        try:
            return int(key.value.replace("_", ""))
        except ValueError:
            return key.value
    if key.tag == _TAG + "bool":
        return key.value.lower() in ("true", "yes", "on")
    return key.value


def _child(node: yaml.Node, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        # After a merge (`<<`) the merged keys come first: the file's own key is the last one.
        for key, value in reversed(node.value):
            if _key_value(key) == step or (isinstance(step, str) and key.value == step):
                return _line(key), value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return _line(node.value[step]), node.value[step]
    return None
