import { ENCODERS } from '../encoders/encoder.registry.js';
import type { EncoderSpec, Manifest } from '../manifest/manifest.js';
import type { PlacedVisual } from './record-visual.js';

/**
 * The visuals of a manifest. Where the columns of a table are the only input, its rows have the positions of their
 * numbers in it, so that a heat map colors the right rows.
 */
export function placeVisuals({
  inputs,
  visuals,
}: Pick<Manifest, 'inputs' | 'visuals'>): [string, PlacedVisual][] {
  const [input, ...others] = Object.values(inputs);
  const columns = others.length > 0 ? undefined : listPositions(input);
  return Object.entries(visuals).map(([name, spec]) => [
    name,
    spec.kind === 'table' && columns !== undefined && spec.columns.some((column) => columns.has(column))
      ? { ...spec, positions: spec.columns.map((column) => columns.get(column) ?? null) }
      : spec,
  ]);
}

/** First position, and the one after the last, of each column of an input of columns. */
function listPositions(input: EncoderSpec | undefined): ReadonlyMap<string, [number, number]> | undefined {
  const sizes = input === undefined ? undefined : ENCODERS.get(input.encoder).sizes?.(input as never);
  if (sizes === undefined) return undefined;
  let end = 0;
  const positions = new Map(
    sizes.map(({ column, size }) => [column, [end, (end += size)] as [number, number]]),
  );
  // A column that is in the input twice has no one place.
  return positions.size === sizes.length ? positions : undefined;
}
