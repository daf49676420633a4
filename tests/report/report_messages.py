"""Every message of the reports, out of the code, the template and the shipped policies."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import coverage_opt.report
from coverage_opt import load_policy, shipped
from coverage_opt.report.language import LOCALES

REPORT = Path(coverage_opt.report.__file__).parent
CALLS = {"_": None, "noop": None, "language": None, "self": None}
METHODS = [("**.py", "python"), ("**.j2", "jinja2")]


def extracted() -> set[str]:
    """Return the English messages."""
    options = {"**.j2": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
    found = extract_from_dir(REPORT, METHODS, options, keywords=CALLS)
    messages = {part for _, _, message, _, _ in found for part in _parts(message)}
    return messages | of_policies()


def of_policies() -> set[str]:
    """Return what the shipped policies say of themselves."""
    policies = [load_policy(name) for name in shipped.model_names()]
    return {text.strip() for policy in policies for text in (policy.title, policy.view)}


def catalogue(code: str) -> dict[str, str]:
    """Return the translation of each message; those marked as doubtful are left out."""
    with (LOCALES / f"{code}.po").open("rb") as file:
        read = read_po(file, locale=code)
    return {str(one.id): str(one.string) for one in read if one.id and not one.fuzzy}


def _parts(message: str | tuple[str | None, ...]) -> list[str]:
    return [message] if isinstance(message, str) else [part for part in message if part]
