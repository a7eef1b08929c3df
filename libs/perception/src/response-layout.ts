import { DomainError } from '@noema/kernel';

/** One layer with learned units, as in a response matrix. */
export interface LayerBlock {
  readonly name: string;
  /** Number of units (channels, neurons). */
  readonly units: number;
}

/** Columns of a response matrix [n, d]: the units of every layer, ordered from the input to the output. */
export interface ResponseLayout {
  readonly layers: readonly LayerBlock[];
}

/** A layer together with its first column. */
export interface LayerColumns extends LayerBlock {
  readonly offset: number;
}

/** Returns the layers with their first columns. */
export function layerColumns(layout: ResponseLayout): LayerColumns[] {
  let offset = 0;
  return layout.layers.map(({ name, units }) => {
    const columns = { name, units, offset };
    offset += units;
    return columns;
  });
}

/** Returns the number of columns of a response matrix. */
export function unitCount(layout: ResponseLayout): number {
  return layout.layers.reduce((sum, layer) => sum + layer.units, 0);
}

/** Returns the layer of a column, and the unit inside it. */
export function unitOfColumn(
  layout: ResponseLayout,
  column: number,
): { readonly layer: string; readonly unit: number } {
  for (const layer of layerColumns(layout)) {
    if (column < layer.offset + layer.units) return { layer: layer.name, unit: column - layer.offset };
  }
  throw new DomainError(
    'invalid',
    'COLUMN_OUT_OF_RANGE',
    `column ${column} is beyond the ${unitCount(layout)} units of the layers`,
  );
}

/** Returns the columns of one layer. Throws `invalid` LAYER_UNKNOWN, which lists all layers. */
export function columnsOfLayer(layout: ResponseLayout, name: string): LayerColumns {
  const found = layerColumns(layout).find((layer) => layer.name === name);
  if (found !== undefined) return found;
  const known = layout.layers.map((layer) => layer.name).join(', ');
  throw new DomainError(
    'invalid',
    'LAYER_UNKNOWN',
    `there is no layer "${name}" with learned units; known: ${known}`,
    { metadata: { layer: name } },
  );
}

/**
 * Returns the number of rows of responses [n, d]. Throws `invalid` RESPONSE_SHAPE if the values are not a
 * whole number of rows.
 */
export function rowCount(layout: ResponseLayout, responses: Float32Array): number {
  const d = unitCount(layout);
  if (d > 0 && responses.length % d === 0) return responses.length / d;
  throw new DomainError(
    'invalid',
    'RESPONSE_SHAPE',
    `${responses.length} responses are no whole number of rows of ${d} units`,
  );
}

/**
 * Throws `invalid` RESPONSE_NOT_FINITE with layer, unit and row if a response [n, d] is NaN or infinite.
 * `firstRow` is the population row of the block's first row.
 */
export function assertFinite(layout: ResponseLayout, responses: Float32Array, firstRow = 0): void {
  for (let i = 0; i < responses.length; i++) {
    const value = responses[i]!;
    if (value - value === 0) continue;
    const d = unitCount(layout);
    const { layer, unit } = unitOfColumn(layout, i % d);
    const row = firstRow + Math.floor(i / d);
    throw new DomainError(
      'invalid',
      'RESPONSE_NOT_FINITE',
      `unit ${unit} of layer "${layer}" answers ${value} to row ${row}; look at the weights of this ` +
        'checkpoint and at the input of that sample',
      { metadata: { layer, unit: String(unit), row: String(row), value: String(value) } },
    );
  }
}
