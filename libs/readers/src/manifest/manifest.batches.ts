import type { BatchEncoder, BatchTensor, MetadataValue } from '@noema/integration';
import { ENCODERS } from '../encoders/encoder.registry.js';
import type { Cell, Columns, Records } from '../records.js';
import { placeVisuals } from '../visuals/placed-visuals.js';
import { columnsOfVisual, showRecords } from '../visuals/record-visual.js';
import type { EncoderSpec, Manifest } from './manifest.js';

/** Columns that the manifest hands on as metadata: name of the handler, column, and the value of a cell. */
export interface MetadataColumns {
  readonly columns: readonly (readonly [name: string, column: string])[];
  readonly value: (cell: Cell) => MetadataValue;
}

/** Data of a split, as the integration of a manifest prepares them. */
interface SplitRecords {
  readonly records: Records;
  readonly indexes: Int32Array;
}

/**
 * Encodes many records of a table at once, column by column; `undefined` for a manifest with a part that needs
 * whole records, such as a picture.
 */
export function batchEncoder(manifest: Manifest, metadata: MetadataColumns): BatchEncoder | undefined {
  const inputs = toTensors(manifest.inputs);
  const truths = toTensors(manifest.ground_truths);
  const visuals = placeVisuals(manifest).map(([, spec]) => showRecords(spec));
  if (inputs === undefined || truths === undefined || !visuals.every((show) => show !== undefined))
    return undefined;
  const names = [
    ...new Set([
      ...[...Object.values(manifest.inputs), ...Object.values(manifest.ground_truths)].flatMap((spec) =>
        ENCODERS.get(spec.encoder).columns(spec as never),
      ),
      ...metadata.columns.map(([, column]) => column),
      ...Object.values(manifest.visuals).flatMap(columnsOfVisual),
    ]),
  ];
  return async ({ name, data }, samples) => {
    const { records, indexes } = data as SplitRecords;
    const columns = await records.columns?.(
      names,
      samples.map((sample) => indexes[sample]!),
    );
    if (columns === undefined) return undefined;
    const rows = samples.length;
    const encodedInputs = inputs(columns, rows);
    const encodedTruths = name === 'unlabeled' ? undefined : truths(columns, rows);
    if (encodedInputs === undefined || (name !== 'unlabeled' && encodedTruths === undefined))
      return undefined;
    return {
      inputs: encodedInputs,
      groundTruths: encodedTruths,
      metadata: metadata.columns.map(([handler, column]) => ({
        name: handler,
        values: columns.get(column)!.map((cell) => metadata.value(cell)),
      })),
      visuals: visuals.map((show) => show(columns, rows)),
    };
  };
}

type Tensors = (columns: Columns, rows: number) => BatchTensor[] | undefined;

function toTensors(specs: Readonly<Record<string, EncoderSpec>>): Tensors | undefined {
  const parts = Object.values(specs).map((spec) => {
    const encoder = ENCODERS.get(spec.encoder);
    return { dims: encoder.dims?.(spec as never), encode: encoder.createBatch?.(spec as never) };
  });
  if (!parts.every(({ dims, encode }) => dims !== undefined && encode !== undefined)) return undefined;
  return (columns, rows) => {
    const tensors: BatchTensor[] = [];
    for (const { dims, encode } of parts) {
      const data = encode!(columns, rows);
      if (data === undefined) return undefined;
      tensors.push({ data, dims: dims!, type: 'float32' });
    }
    return tensors;
  };
}
