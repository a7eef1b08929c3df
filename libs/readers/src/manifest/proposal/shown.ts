import type { Field } from '../../records.js';
import type { VisualSpec } from '../../visuals/record-visual.js';

/** Sides from which on a matrix of numbers is a picture rather than a series. */
const MIN_SIDE = 8;

/** How the values of a column are shown by themselves. */
export function showField({ name, kind, shape = [] }: Field): VisualSpec {
  if (kind === 'picture') return { kind: 'image', column: name };
  if (kind === 'audio') return { kind: 'audio', column: name };
  if (kind !== 'numbers') return { kind: 'text', column: name };
  const isPicture =
    (shape.length === 2 && Math.min(...shape) >= MIN_SIDE) ||
    (shape.length === 3 && [1, 3, 4].includes(shape[2]!));
  if (isPicture) return { kind: 'image', column: name };
  return shape.length <= 2 ? { kind: 'series', column: name } : { kind: 'table', columns: [name] };
}
