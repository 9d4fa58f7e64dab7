"""Classes that users import from `kombo_fakes`, and that name it as their module."""

from __future__ import annotations

from inspect import get_annotations
from typing import Any, ForwardRef, TypeVar

_Class = TypeVar("_Class", bound=type)

PACKAGE = "kombo_fakes"


def public(cls: _Class) -> _Class:
    """Make a class say that it is from the package, as its ``repr`` and pickles then do.

    It is the outermost decorator: `dataclasses.dataclass` looks up ``ClassVar`` in the module that
    a class says it is from.

    Examples:
        >>> @public
        ... class Answer: ...
        >>> Answer.__module__
        'kombo_fakes'
    """
    # The annotations are strings, which `typing.get_type_hints` would look up in the package.
    hints = {name: _resolvable(hint, cls.__module__) for name, hint in get_annotations(cls).items()}
    if hints:
        cls.__annotations__ = hints
    cls.__module__ = PACKAGE
    return cls


def _resolvable(hint: Any, module: str) -> Any:
    """The hint as a reference that knows in which module its names are."""
    text = hint.__forward_arg__ if isinstance(hint, ForwardRef) else hint
    if not isinstance(text, str):
        return hint
    return ForwardRef(text, is_argument=False, module=module, is_class=True)
