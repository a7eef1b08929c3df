"""Builds the message classes from descriptors, with any version of the protobuf runtime from 4.25."""

from __future__ import annotations

from importlib import resources
from typing import Any

from google.protobuf import (
    any_pb2,
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    field_mask_pb2,
    message_factory,
    struct_pb2,
    timestamp_pb2,
)


def _fill(pool: descriptor_pool.DescriptorPool) -> None:
    for known in (any_pb2, duration_pb2, field_mask_pb2, struct_pb2, timestamp_pb2):
        pool.AddSerializedFile(known.DESCRIPTOR.serialized_pb)
    files = descriptor_pb2.FileDescriptorSet.FromString(
        resources.files("noema._wire").joinpath("descriptors.binpb").read_bytes()
    )
    # The files are in the order of their imports.
    for file in files.file:
        pool.AddSerializedFile(file.SerializeToString())


#: A pool of its own, so that stubs which a user generates from the same protos do not clash.
POOL = descriptor_pool.DescriptorPool()
_fill(POOL)


def load(path: str, scope: dict[str, Any]) -> None:
    """Puts the messages, enums and enum values of one proto file into the scope of a module."""
    file = POOL.FindFileByName(path)
    scope["DESCRIPTOR"] = file
    for name, message in file.message_types_by_name.items():
        scope[name] = message_factory.GetMessageClass(message)
    for name, enum in file.enum_types_by_name.items():
        scope[name] = _Enum(enum)
        for value in enum.values:
            scope[value.name] = value.number


class _Enum:
    """Names and numbers of an enum, with the calls of protobuf's own wrapper."""

    def __init__(self, descriptor: Any) -> None:
        self.DESCRIPTOR = descriptor

    def Name(self, number: int) -> str:  # noqa: N802
        return str(self.DESCRIPTOR.values_by_number[number].name)

    def Value(self, name: str) -> int:  # noqa: N802
        return int(self.DESCRIPTOR.values_by_name[name].number)

    def keys(self) -> list[str]:
        return [value.name for value in self.DESCRIPTOR.values]

    def values(self) -> list[int]:
        return [value.number for value in self.DESCRIPTOR.values]
