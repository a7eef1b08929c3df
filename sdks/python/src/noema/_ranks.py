"""Ranks of a distributed training: each one is a writer of the same run."""

from __future__ import annotations

import hashlib
import os
import sys
import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class Rank:
    """Number of this process, and number of processes."""

    number: int
    count: int


def find_rank() -> Rank:
    """Returns the rank by RANK and WORLD_SIZE, as torchrun sets them; 0 of 1 without them."""
    try:
        number, count = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    except ValueError:
        return Rank(0, 1)
    return Rank(number, count) if 0 <= number < count else Rank(0, 1)


def shared_key(name: str, rank: Rank) -> str:
    """Returns a key that all ranks of one training have, and no other training.

    NOEMA_RUN_KEY sets it. Otherwise torch.distributed shares it, or it follows from the launcher's variables.
    """
    named = os.environ.get("NOEMA_RUN_KEY")
    if named:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"noema:{named}"))
    if rank.count == 1:
        return str(uuid.uuid4())
    torch = sys.modules.get("torch")
    distributed = getattr(torch, "distributed", None)
    if distributed is not None and distributed.is_available() and distributed.is_initialized():
        shared = [str(uuid.uuid4()) if rank.number == 0 else ""]
        distributed.broadcast_object_list(shared, src=0)
        return shared[0]
    names = ("TORCHELASTIC_RUN_ID", "MASTER_ADDR", "MASTER_PORT", "SLURM_JOB_ID", "SLURM_STEP_ID")
    parts = [name, *(os.environ.get(key, "") for key in names)]
    if os.environ.get("LOCAL_WORLD_SIZE") == os.environ.get("WORLD_SIZE"):
        parts.append(str(os.getppid()))  # The launcher, which differs from one training to the next.
    return str(uuid.UUID(bytes=hashlib.sha256("\0".join(parts).encode()).digest()[:16]))
