"""Base of the generated clients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from google.protobuf.message import Message

M = TypeVar("M", bound=Message)


class Transport(Protocol):
    """Sends calls to a platform."""

    def unary(self, path: str, request: Message, response: type[M], timeout_s: float | None) -> M:
        """Sends a request and returns its response."""
        ...

    def stream(self, path: str, request: Message, response: type[M], timeout_s: float | None) -> Iterator[M]:
        """Sends a request and returns its responses as they arrive."""
        ...


def build(kind: type[M], fields: Mapping[str, Any]) -> M:
    """Returns a message with the fields that are not None. Nested messages may be mappings.

    Raises ValueError or TypeError with the name of a field that does not fit.
    """
    message = kind()
    fill(message, fields)
    return message


def fill(message: Message, fields: Mapping[str, Any]) -> None:
    """Sets the fields of a message. A mapping becomes a nested message, a Struct or a map."""
    target: Any = message
    if message.DESCRIPTOR.full_name == "google.protobuf.Struct":
        target.update(dict(fields))
        return
    known = message.DESCRIPTOR.fields_by_name
    for name, value in fields.items():
        if value is None:
            continue
        field = known.get(name)
        if field is None:
            raise ValueError(f'{message.DESCRIPTOR.name} has no field "{name}"; its fields: {", ".join(known)}')
        try:
            _set(target, field, value)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{message.DESCRIPTOR.name}.{name}: {error}") from None


def _set(target: Any, field: Any, value: Any) -> None:
    nested = getattr(target, field.name)
    if field.message_type is None:
        if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
            nested.extend(_number(field, item) for item in value)
        else:
            setattr(target, field.name, _number(field, value))
    elif field.message_type.GetOptions().map_entry:
        for key, item in value.items():
            _put(nested, key, item)
    elif isinstance(value, Sequence):
        for item in value:
            _copy(nested.add(), item)
    else:
        nested.SetInParent()
        _copy(nested, value)


def _put(target: Any, key: Any, item: Any) -> None:
    if isinstance(item, (Message, Mapping)):
        _copy(target[key], item)
    else:
        target[key] = item


def _copy(target: Message, value: Any) -> None:
    if isinstance(value, Mapping):
        fill(target, value)
    else:
        # By bytes, because a Timestamp of the user comes from another descriptor pool.
        target.MergeFromString(value.SerializeToString())


def _number(field: Any, value: Any) -> Any:
    if field.enum_type is not None and isinstance(value, str):
        known = field.enum_type.values_by_name
        if value not in known:
            raise ValueError(f'no value "{value}"; values: {", ".join(known)}')
        return known[value].number
    return value


class Service:
    """A client of one service."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _unary(
        self, path: str, request: type[Message], response: type[M], fields: Mapping[str, Any], timeout_s: float | None
    ) -> M:
        return self._transport.unary(path, build(request, fields), response, timeout_s)

    def _stream(
        self, path: str, request: type[Message], response: type[M], fields: Mapping[str, Any], timeout_s: float | None
    ) -> Iterator[M]:
        return self._transport.stream(path, build(request, fields), response, timeout_s)
