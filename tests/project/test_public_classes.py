"""Public classes name the package as their module; pickle, doctest and hints still work."""

from __future__ import annotations

import doctest
import pickle
import typing
from collections.abc import Callable
from copy import copy, deepcopy
from dataclasses import fields, is_dataclass
from importlib import import_module
from inspect import isclass
from types import ModuleType
from typing import Any

import pytest

import kombo_fakes
from kombo_fakes import (
    OMIT,
    Delivery,
    Schema,
    explain_signature,
    faults,
    generate,
    probe,
    sign,
    styles,
)
from kombo_fakes.errors import KomboFakesError, ReceiverError
from kombo_fakes.probing.reports.as_html import html_report

CLASSES = {
    name: value
    for name in kombo_fakes.__all__
    if isclass(value := getattr(kombo_fakes, name)) and not typing.is_typeddict(value)
}


def home(name: str) -> ModuleType:
    """Return the module in which a public class is defined."""
    return import_module(f"kombo_fakes.{kombo_fakes._homes()[name]}")


@pytest.mark.parametrize("name", CLASSES)
def test_a_public_class_is_from_the_package(name: str) -> None:
    assert CLASSES[name].__module__ == "kombo_fakes"
    assert CLASSES[name].__qualname__ == name


@pytest.mark.parametrize("name", CLASSES)
def test_a_public_class_can_be_pickled(name: str) -> None:
    assert pickle.loads(pickle.dumps(CLASSES[name])) is CLASSES[name]


@pytest.mark.parametrize(
    "value",
    [
        next(generate()),
        styles()[0],
        faults()[0].site,
        Delivery.of({"id": "1"}, "secret"),
        explain_signature(b"{}", None, "secret"),
        explain_signature(b"{}", sign(b"{}", "secret") + "=", "secret"),
    ],
)
def test_a_value_of_a_public_class_can_be_pickled(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == value


@pytest.mark.parametrize(
    "copy_of", [copy, deepcopy, lambda value: pickle.loads(pickle.dumps(value))]
)
def test_omit_is_one_object(copy_of: Callable[[Any], Any]) -> None:
    assert copy_of(OMIT) is OMIT


def test_a_report_can_be_pickled_without_the_secret() -> None:
    report = probe(lambda delivery: 204, secret="hush-hush-hush", max_examples=0)
    pickled = pickle.dumps(report)
    assert b"hush-hush-hush" not in pickled
    read = pickle.loads(pickled)
    assert read == report
    assert html_report(read) == html_report(report)


@pytest.mark.parametrize("name", CLASSES)
def test_the_examples_of_a_public_class_work(name: str) -> None:
    # Pytest collects the examples of a class only if it names the module that defines it.
    finder = doctest.DocTestFinder(exclude_empty=True)
    module = home(name)
    found = finder.find(CLASSES[name], name, module=False, globs=dict(vars(module)))  # type: ignore[arg-type]
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for test in found:
        runner.run(test)
    assert runner.summarize(verbose=False).failed == 0


def test_some_examples_are_found() -> None:
    found = doctest.DocTestFinder().find(Schema, "Schema", module=False)  # type: ignore[arg-type]
    assert sum(bool(test.examples) for test in found) >= 3


# The base class of Hypothesis has hints that only type checkers can resolve.
@pytest.mark.parametrize("name", sorted(CLASSES.keys() - {"ReceiverMachine"}))
def test_the_hints_of_a_public_class_can_be_resolved(name: str) -> None:
    hints = typing.get_type_hints(CLASSES[name])
    assert not any(isinstance(hint, (str, typing.ForwardRef)) for hint in hints.values())


@pytest.mark.parametrize("name", CLASSES)
def test_class_variables_are_not_fields_of_a_dataclass(name: str) -> None:
    value = CLASSES[name]
    hints = typing.get_type_hints(value) if is_dataclass(value) else {}
    variables = {n for n, hint in hints.items() if typing.get_origin(hint) is typing.ClassVar}
    assert not is_dataclass(value) or not variables & {field.name for field in fields(value)}


def test_errors_show_the_name_that_users_import() -> None:
    errors = [value for value in CLASSES.values() if issubclass(value, BaseException)]
    assert len(errors) > 10
    for error in errors:
        assert issubclass(error, (KomboFakesError, ReceiverError))
        assert f"{error.__module__}.{error.__qualname__}" == f"kombo_fakes.{error.__name__}"
