"""A property that is worked out once per object, without a lock that all objects share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class lazy_property(Generic[T]):
    """As `functools.cached_property`, which in Python 3.11 holds one lock for all objects of a class while it works:
    one visitor's computation would wait for another's. Two threads that ask one object at once both work it out.
    """

    def __init__(self, function: Callable[..., T]) -> None:
        self._function, self.__doc__ = function, function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> lazy_property[T]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> lazy_property[T] | T:
        if instance is None:
            return self
        value = self._function(instance)
        instance.__dict__[self._name] = value  # found before this descriptor the next time; frozen dataclasses too
        return value
