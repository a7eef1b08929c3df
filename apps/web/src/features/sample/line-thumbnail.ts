/** Lines that are drawn, and columns of each. */
const [LINES, COLUMNS] = [12, 96];
/** Free space above and below, in a drawing 100 high. */
const MARGIN = 8;

/**
 * Paths of lines in a drawing of 100 × 100 on one scale: the least and the greatest value of each column. Numbers that
 * do not exist leave gaps; lines without any number are empty.
 */
export function lineThumbnail(lines: readonly ArrayLike<number>[]): string[] {
  const shown = lines.slice(0, LINES);
  let [low, high] = [Infinity, -Infinity];
  for (const line of shown)
    for (let i = 0; i < line.length; i++) {
      const value = line[i]!;
      if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  const y = (value: number): string =>
    (high > low ? 100 - MARGIN - ((100 - 2 * MARGIN) * (value - low)) / (high - low) : 50).toFixed(1);
  return shown.map((line) => drawLine(line, y));
}

function drawLine(line: ArrayLike<number>, y: (value: number) => string): string {
  const columns = Math.min(COLUMNS, line.length);
  let path = '';
  let isOpen = false;
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * line.length) / columns);
    const to = Math.floor(((column + 1) * line.length) / columns);
    let low = Infinity;
    let high = -Infinity;
    for (let i = from; i < to; i++)
      if (Number.isFinite(line[i])) [low, high] = [Math.min(low, line[i]!), Math.max(high, line[i]!)];
    if (low > high) {
      isOpen = false;
      continue;
    }
    const x = (columns === 1 ? 50 : (100 * column) / (columns - 1)).toFixed(1);
    path += `${isOpen ? 'L' : 'M'}${x},${y(low)}`;
    if (high > low) path += `L${x},${y(high)}`;
    isOpen = true;
  }
  return path;
}
