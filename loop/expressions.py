"""Arithmetic that a person writes in a definition: parsed once, limited to arithmetic, evaluated on numbers or arrays.

Names that are no plain words stand between backticks, as in ``0.4 * `recycled PP` + talc``.
"""

from __future__ import annotations

import ast
import math
import operator
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from loop.errors import ExpressionError

__all__ = ["Expression"]

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
    "max": np.maximum,
    "min": np.minimum,
    "sqrt": np.sqrt,
}
_LARGEST_POWER = 64
_LARGEST_NUMBER = 1e300
_LONGEST = 2000
_one_thread = threading.Lock()
"""Two threads that parse at once can make Python 3.11 raise a SystemError (CPython issue 106905)."""
_QUOTED = re.compile(r"`([^`]+)`")


class Expression:
    """One formula over named numbers.

    Raises
    ------
    ExpressionError
        If the text is not arithmetic: only ``+ - * / **``, brackets, numbers, names and
        abs, exp, log, log10, max, min, sqrt are.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > _LONGEST:
            raise ExpressionError(f"an expression has at most {_LONGEST} characters, got {len(text)}")
        self._quoted: dict[str, str] = {}
        plain = _QUOTED.sub(self._stand_in, text)
        try:
            with _one_thread:
                self._tree = ast.parse(plain.strip(), mode="eval").body
            self.names: frozenset[str] = frozenset(self._names(self._tree))
        except SyntaxError as error:
            raise ExpressionError(f"{text!r} is not an expression: {error.msg} at character {error.offset}") from error
        except (RecursionError, MemoryError) as error:
            raise ExpressionError(f"{text[:40]!r}… is nested too deeply") from error

    def __call__(self, values: Mapping[str, Any]) -> Any:
        """Evaluate on numbers, or on arrays of shape (n,), by name.

        Raises
        ------
        ExpressionError
            If a name has no value, or the result is not finite.
        """
        missing = sorted(self.names - set(values))
        if missing:
            raise ExpressionError(f"{self.text!r} needs {', '.join(missing)}; known are {', '.join(sorted(values))}")
        with np.errstate(all="ignore"):
            result = self._value(self._tree, values)
        if not np.all(np.isfinite(result)):
            raise ExpressionError(f"{self.text!r} gives no finite number")
        return result

    def linear_form(self) -> tuple[dict[str, float], float] | None:
        """Return weights by name and a constant where the formula is linear in its names, else None."""
        return self._linear(self._tree)

    def _linear(self, node: ast.expr) -> tuple[dict[str, float], float] | None:
        match node:
            case ast.Constant(value=value):
                return {}, float(value)  # type: ignore[arg-type]  # _names let numbers through only
            case ast.Name():
                return {self._name(node): 1.0}, 0.0
            case ast.UnaryOp(op=op, operand=operand):
                inner = self._linear(operand)
                return inner if isinstance(op, ast.UAdd) else _scaled(inner, -1.0)
            case ast.BinOp(left=left, op=op, right=right):
                a, b = self._linear(left), self._linear(right)
                if a is None or b is None:
                    return None
                if isinstance(op, (ast.Add, ast.Sub)):
                    return _added(a, b if isinstance(op, ast.Add) else _scaled(b, -1.0))
                if isinstance(op, ast.Mult):
                    return _scaled(b, a[1]) if not a[0] else (_scaled(a, b[1]) if not b[0] else None)
                if isinstance(op, ast.Div) and not b[0] and b[1] != 0:
                    return _scaled(a, 1 / b[1])
        return None

    def _stand_in(self, match: re.Match[str]) -> str:
        name = f"_quoted_{len(self._quoted)}"
        self._quoted[name] = match.group(1).strip()
        return name

    def _name(self, node: ast.Name) -> str:
        return self._quoted.get(node.id, node.id)

    def _names(self, node: ast.expr) -> list[str]:
        match node:
            case ast.Constant(value=value) if isinstance(value, (int, float)) and not isinstance(value, bool):
                if abs(value) > _LARGEST_NUMBER:
                    raise ExpressionError(f"a number in an expression is at most {_LARGEST_NUMBER:g} in size")
                return []
            case ast.Name():
                return [self._name(node)]
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
                return self._names(operand)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                return self._names(left) + self._names(right)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
                wanted = 2 if name in ("max", "min") else 1
                if len(args) != wanted:
                    raise ExpressionError(
                        f"{self.text!r}: {name} takes {wanted} value{'s' * (wanted > 1)}, got {len(args)}"
                    )
                return [found for argument in args for found in self._names(argument)]
        raise ExpressionError(
            f"{self.text!r}: {ast.unparse(node)!r} is not allowed; "
            f"use + - * / **, numbers, names and {', '.join(_FUNCTIONS)}"
        )

    def _value(self, node: ast.expr, values: Mapping[str, Any]) -> Any:
        match node:
            case ast.Constant(value=value):
                return float(value)  # type: ignore[arg-type]  # _names let numbers through only
            case ast.Name():
                return values[self._name(node)]
            case ast.UnaryOp(op=op, operand=operand):
                return _UNARY[type(op)](self._value(operand, values))
            case ast.BinOp(left=left, op=op, right=right):
                a, b = self._value(left, values), self._value(right, values)
                if isinstance(op, ast.Pow) and np.max(np.abs(b)) > _LARGEST_POWER:
                    raise ExpressionError(f"{self.text!r}: a power above {_LARGEST_POWER} is surely a slip")
                try:
                    return _BINARY[type(op)](a, b)
                except ZeroDivisionError:
                    return math.nan
            case ast.Call(func=ast.Name(id=name), args=args):
                return _FUNCTIONS[name](*(self._value(argument, values) for argument in args))
        raise ExpressionError(f"{self.text!r} cannot be evaluated")


_Linear = tuple[dict[str, float], float]


def _scaled(form: _Linear | None, factor: float) -> _Linear | None:
    return None if form is None else ({name: factor * weight for name, weight in form[0].items()}, factor * form[1])


def _added(a: _Linear, b: _Linear | None) -> _Linear | None:
    if b is None:
        return None
    weights = dict(a[0])
    for name, weight in b[0].items():
        weights[name] = weights.get(name, 0.0) + weight
    return weights, a[1] + b[1]
