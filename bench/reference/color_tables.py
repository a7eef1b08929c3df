"""Writes libs/saliency/src/color-tables.ts from matplotlib's tables (viridis and magma are CC0, coolwarm is
Moreland 2009). Run from the repository root."""

import numpy as np
from matplotlib import colormaps

lines = [
    "// Colour tables of 256 RGB entries in hexadecimal, written by bench/reference/color_tables.py.",
    "// viridis and magma: Smith & van der Walt, CC0.",
    "// coolwarm: Moreland, Diverging Color Maps for Scientific Visualization (2009).",
]
for name in ("viridis", "magma", "coolwarm"):
    table = np.round(colormaps[name](range(256))[:, :3] * 255).astype(np.uint8).tobytes().hex()
    rows = [f"  '{table[i : i + 102]}'" for i in range(0, len(table), 102)]
    lines.append(f"export const {name.upper()} =\n" + " +\n".join(rows) + ";")
open("libs/saliency/src/color-tables.ts", "w").write("\n".join(lines) + "\n")
