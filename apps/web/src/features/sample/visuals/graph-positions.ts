import type { StoredGraph } from '@noema/integration/visuals';

/** Units of the drawing; the nodes keep a margin for their names. */
export const [WIDTH, HEIGHT, MARGIN] = [600, 400, 40];

type Position = readonly [x: number, y: number];

/** Places the nodes in the drawing: as stated, with one scale for both axes, or in a circle. */
export function placeNodes({ names, positions }: Pick<StoredGraph, 'names' | 'positions'>): Position[] {
  const [middleX, middleY] = [WIDTH / 2, HEIGHT / 2];
  if (positions.length === 0) {
    const radius = middleY - MARGIN;
    return names.map((_, at) => {
      const angle = (2 * Math.PI * at) / names.length - Math.PI / 2;
      return names.length === 1
        ? [middleX, middleY]
        : [middleX + radius * Math.cos(angle), middleY + radius * Math.sin(angle)];
    });
  }
  const range = (axis: 0 | 1): Position => {
    let [low, high] = [Infinity, -Infinity];
    for (const position of positions)
      [low, high] = [Math.min(low, position[axis]), Math.max(high, position[axis])];
    return [low, high];
  };
  const [[left, right], [top, bottom]] = [range(0), range(1)];
  const scale = Math.min(
    (WIDTH - 2 * MARGIN) / (right - left || 1),
    (HEIGHT - 2 * MARGIN) / (bottom - top || 1),
  );
  return positions.map(([x, y]) => [
    middleX + scale * (x - (left + right) / 2),
    middleY + scale * (y - (top + bottom) / 2),
  ]);
}
