"""Draws maps for notebooks: one SVG, no scripts, no external resources."""

from __future__ import annotations

from html import escape

import numpy as np

from noema._arrays import Array

MAX_DOTS = 10_000
SEED = 0
#: Longest legend. Further classes are drawn, and counted in the legend.
MAX_LEGEND = 20
_STEPS = 8
_WIDTH = 640.0
_HEIGHT = 480.0
_MARGIN = 8.0

#: Colors of text, ground and dots in both schemes. Classes differ by hue alone.
STYLE = (
    "<style>"
    ".noema{--text:#1f2328;--ground:#fff;--line:#d0d7de;--light:46%;--gray:#8c959f;"
    "color:var(--text);background:var(--ground);font:13px system-ui,sans-serif;padding:8px}"
    "@media(prefers-color-scheme:dark){"
    ".noema{--text:#e6edf3;--ground:#0d1117;--line:#30363d;--light:64%;--gray:#6e7681}}"
    ".noema svg{display:block;width:100%;max-width:640px;height:auto}"
    ".noema path{fill:none;stroke-linecap:round;stroke-width:3.2;stroke-opacity:.75}"
    ".noema .key{display:inline-block;margin:2px 12px 2px 0}"
    ".noema .key i{display:inline-block;width:10px;height:10px;border-radius:5px;margin-right:5px}"
    ".noema table{border-collapse:collapse;color:inherit}"
    ".noema th,.noema td{text-align:left;padding:3px 8px;border-bottom:1px solid var(--line)}"
    ".noema img{display:block;width:48px;height:48px;object-fit:contain;image-rendering:pixelated}"
    ".noema.heat td{vertical-align:top;border:0}"
    ".noema.heat td:has(img){max-width:128px}"
    ".noema.heat img{width:128px;height:128px}"
    ".noema a{color:inherit}"
    "</style>"
)


def draw_map(
    xy: Array,
    *,
    title: str,
    color: str,
    values: Array | None,
    names: list[str] | None,
    dots: int,
) -> str:
    """Returns the HTML of a map `[n, 2]`.

    `values` `[n]` are codes into `names`, −1 for none, or numbers, NaN for none. `color` is their name.
    """
    shown = np.arange(len(xy))
    note = ""
    if len(xy) > dots:
        shown = np.sort(np.random.default_rng(SEED).choice(len(xy), max(0, dots), replace=False))
        note = f"; {len(shown):,} of them are drawn, chosen at random with seed {SEED}"
    points = place(xy)[shown]
    if values is None:
        groups = [("", "var(--gray)", np.ones(len(shown), dtype=bool))]
    elif names is not None:
        groups = by_class(values[shown], names)
    else:
        groups = by_number(values[shown])
    text = escape(f"{title}{note}")
    paths = "".join(f'<path stroke="{stroke}" d="{dots_of(points[rows])}"/>' for _, stroke, rows in groups)
    keys = "".join(
        f'<span class="key"><i style="background:{stroke}"></i>{escape(name)} ({int(rows.sum()):,})</span>'
        for name, stroke, rows in groups[:MAX_LEGEND]
        if name
    )
    rest = f"and {len(groups) - MAX_LEGEND} more" if len(groups) > MAX_LEGEND else ""
    legend = f"<div>{escape(color)}: {keys}{rest}</div>" if color else ""
    return (
        f'<div class="noema">{STYLE}<div>{text}</div>'
        f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" aria-label="{text}">{paths}</svg>'
        f"{legend}</div>"
    )


def place(xy: Array) -> Array:
    """Returns positions in the picture `[n, 2]`, with one scale for both axes and y upwards."""
    if len(xy) == 0:
        return xy
    low, high = xy.min(axis=0), xy.max(axis=0)
    span = np.maximum(high - low, 1e-9)
    size = np.array([_WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN])
    centered = (xy - (low + high) / 2) * float((size / span).min())
    return np.asarray(centered * [1, -1] + [_WIDTH / 2, _HEIGHT / 2])


def dots_of(points: Array) -> str:
    """Returns a path with a line of length 0 for each point, which the round line cap makes a dot."""
    return "".join(f"M{x:.1f} {y:.1f}h0" for x, y in points.tolist())


def by_class(codes: Array, names: list[str]) -> list[tuple[str, str, Array]]:
    """Returns name, color and rows of each class that occurs, and of the samples without one."""
    groups = [
        (name, f"hsl({code * 360 / max(1, len(names)):.0f} 62% var(--light))", codes == code)
        for code, name in enumerate(names)
    ]
    return [group for group in (*groups, ("none", "var(--gray)", codes < 0)) if group[2].any()]


def by_number(values: Array) -> list[tuple[str, str, Array]]:
    """Returns range, color and rows of numbers, in steps of equal count from low (blue) to high (red)."""
    known = np.isfinite(values)
    if not known.any():
        return [("none", "var(--gray)", ~known)]
    limits = np.unique(np.quantile(values[known], np.linspace(0, 1, _STEPS + 1)))
    steps = np.clip(np.searchsorted(limits, values, side="right") - 1, 0, max(0, len(limits) - 2))
    groups = []
    for step in range(max(1, len(limits) - 1)):
        high = limits[min(step + 1, len(limits) - 1)]
        hue = 230 - 230 * step / max(1, len(limits) - 2)
        groups.append(
            (f"{limits[step]:.3g} to {high:.3g}", f"hsl({hue:.0f} 70% var(--light))", known & (steps == step))
        )
    return [group for group in (*groups, ("none", "var(--gray)", ~known)) if group[2].any()]
