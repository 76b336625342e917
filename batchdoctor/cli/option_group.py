"""Options that commands take together: written once as a struct, handed over as one value."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from inspect import Parameter
from typing import Any, get_type_hints

import msgspec
from msgspec import NODEFAULT


class OptionGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a command as fields; a parameter of such a type stands for all of them."""


def own_options(function: object) -> list[Parameter]:
    """The parameters of a command after its call, annotations worked out."""
    return list(inspect.signature(function, eval_str=True).parameters.values())[1:]  # type: ignore[arg-type]


def spread(own: Sequence[Parameter]) -> list[Parameter]:
    """The same with the options of each group in its place, as typer wants them."""
    return [
        option
        for each in own
        for option in (_options(each.annotation) if _is_group(each) else (each,))
    ]


def gathered(own: Sequence[Parameter], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of options as a command takes them: those of a group as one."""
    left = dict(values)
    groups = {
        each.name: each.annotation(
            **{name: left.pop(name) for name in each.annotation.__struct_fields__}
        )
        for each in own
        if _is_group(each)
    }
    return {**left, **groups}


def _is_group(parameter: Parameter) -> bool:
    kind = parameter.annotation
    return isinstance(kind, type) and issubclass(kind, OptionGroup)


def _options(group: type[OptionGroup]) -> Iterator[Parameter]:
    hints = get_type_hints(group, include_extras=True)
    for field in msgspec.structs.fields(group):
        default = Parameter.empty if field.default is NODEFAULT else field.default
        yield Parameter(
            field.name, Parameter.KEYWORD_ONLY, annotation=hints[field.name], default=default
        )
