import type { LayerInfo } from './compiled-model.js';
import type { CallRecord } from './model.caller.js';
import type { Logits } from './model.writer.js';
import { countChannels, toDims, listPositions, type Value } from './value.js';

/** The learned layers of a model and the tensor where each shows its activation. */
export function locateActivations(
  records: readonly CallRecord[],
  outputs: readonly Value[],
  logits: ReadonlyMap<string, Logits>,
): LayerInfo[] {
  const readers = new Map<Value, CallRecord[]>();
  for (const record of records)
    for (const input of record.inputs) readers.set(input, [...(readers.get(input) ?? []), record]);
  return records
    .filter(({ layer }) => layer.role === 'learned')
    .map((record) => {
      if (record.layer.activation === 'softmax')
        return describe(record, logits.get(record.output.tensor)?.value ?? record.output);
      return describe(
        record,
        record.layer.activation === 'linear' ? afterNonLinearity(record, readers, outputs) : record.output,
      );
    });
}

/** Follows the value through normalisation to a non-linearity in a separate layer that is its only reader. */
function afterNonLinearity(
  record: CallRecord,
  readers: ReadonlyMap<Value, readonly CallRecord[]>,
  outputs: readonly Value[],
): Value {
  let at = record.output;
  for (;;) {
    const next = readers.get(at) ?? [];
    if (next.length !== 1 || outputs.includes(at)) return record.output;
    const { layer, output } = next[0]!;
    if (layer.role === 'activation') return layer.activation === 'softmax' ? record.output : output;
    if (layer.role !== 'normalization') return record.output;
    at = output;
  }
}

function describe({ name, kind, layer, parameters }: CallRecord, value: Value): LayerInfo {
  const unitAxis = value.layout === 'first' ? 1 : value.shape.length;
  return {
    name,
    kind,
    units: countChannels(value),
    activation: value.tensor,
    dims: toDims(value),
    unitAxis,
    positionAxes: toDims(value)
      .map((_, axis) => axis)
      .filter((axis) => axis !== 0 && axis !== unitAxis),
    spatial: listPositions(value),
    isConvolution: layer.isConvolution ?? false,
    parameters,
  };
}
