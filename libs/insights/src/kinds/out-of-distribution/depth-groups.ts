import type { UnitResponses } from '../../population/population.js';

/** Groups of consecutive layers beyond this number would cost much and say little more. */
const MAX_GROUPS = 6;

/** Consecutive layers and the positions of their units among the units of all layers. */
export interface DepthGroup {
  readonly title: string;
  /** From 0 (input) to 1 (output). */
  readonly depth: number;
  /** Units of each layer. */
  readonly layers: readonly (readonly number[])[];
}

/** Cuts the layers into at most six groups of nearly the same number of layers, early ones first. */
export function groupByDepth({ layers }: UnitResponses): DepthGroup[] {
  let offset = 0;
  const positions = layers.map(({ name, units }) => {
    const start = offset;
    offset += units;
    return { name, units: Array.from({ length: units }, (_, u) => start + u) };
  });
  const filled = positions.filter(({ units }) => units.length > 0);
  const count = Math.min(MAX_GROUPS, filled.length);
  return Array.from({ length: count }, (_, at) => {
    const own = filled.slice(
      Math.floor((at * filled.length) / count),
      Math.floor(((at + 1) * filled.length) / count),
    );
    const title = own.length === 1 ? own[0]!.name : `${own[0]!.name} to ${own.at(-1)!.name}`;
    return { title, depth: count === 1 ? 1 : at / (count - 1), layers: own.map(({ units }) => units) };
  });
}

/** Returns at most `most` of the values, evenly spaced. */
export function pickEvenly<T>(all: ArrayLike<T>, most: number): T[] {
  const count = Math.min(most, all.length);
  return Array.from({ length: count }, (_, at) => all[Math.floor((at * all.length) / count)]!);
}
