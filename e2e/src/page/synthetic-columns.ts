import { type StreamField, type Texts, encodeTexts, writeColumnStream } from '@noema/artifacts';
import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  PointOrder,
  type StreamPointColumnsRequest,
  type StreamPointColumnsResponseSchema,
} from '@noema/contracts/noema/projection/v1/exploration_service';
import { DomainError } from '@noema/kernel';
import type { SyntheticPopulation } from './synthetic-population.js';

/** Columns of numbers whose values a test does not depend on; they have the values of the trust. */
const MODEL_NUMBERS = [
  'confidence',
  'true_probability',
  'prediction',
  'pixel_accuracy',
  'iou',
  'missed',
  'wrong_class',
  'badly_placed',
  'false_positives',
];
const NUMBERS: readonly string[] = ['x', 'y', 'loss', 'trust', ...MODEL_NUMBERS];

/** The columns of a synthetic map in the wire format of the real one. */
export async function* syntheticColumns(
  population: SyntheticPopulation & { /** Row of the first placed sample. */ readonly firstPlaced?: number },
  { columns, order, compact, batchSize }: StreamPointColumnsRequest,
): AsyncGenerator<MessageInitShape<typeof StreamPointColumnsResponseSchema>> {
  const { count, x, y, loss, trust, trueClass, predictedClass, cluster, classNames, toSampleId } = population;
  const names = columns.length === 0 ? ['x', 'y'] : columns;
  const stride = order === PointOrder.SPREAD ? computeStride(count) : 1;
  const numbers: Readonly<Record<string, Float32Array>> = {
    x,
    y,
    loss,
    trust,
    ...Object.fromEntries(MODEL_NUMBERS.map((name) => [name, trust])),
  };
  const codes: Record<string, { values: Int32Array; names: readonly string[] }> = {
    true_class: { values: trueClass, names: classNames },
    predicted_class: { values: predictedClass, names: classNames },
    cluster: { values: cluster, names: classNames },
    split: { values: names.includes('split') ? new Int32Array(count) : trueClass, names: ['validation'] },
    correct: {
      values: names.includes('correct') ? computeCorrectness(population) : trueClass,
      names: ['false', 'true'],
    },
  };
  if (population.firstPlaced !== undefined)
    codes['origin'] = {
      values: trueClass.map((_, row) => (row < population.firstPlaced! ? 0 : 1)),
      names: ['map', 'placed'],
    };
  const fields: StreamField[] = [];
  for (const name of names) {
    const code = codes[name];
    if (code !== undefined)
      fields.push({
        name,
        type: 'code',
        indexBits: !compact ? 32 : code.names.length < 256 ? 8 : 16,
        names: await encodeTexts(code.names),
      });
    else if (name === 'sample_id') fields.push({ name, type: 'text' });
    else if (name === 'row') fields.push({ name, type: 'int32' });
    else if (NUMBERS.includes(name))
      fields.push({ name, type: compact && name !== 'x' && name !== 'y' ? 'float16' : 'float32' });
    else
      throw new DomainError('invalid', 'COLUMN_UNKNOWN', `column ${name} is not in a synthetic population`);
  }
  function* batches() {
    for (let from = 0, to = 0; from < count; from = to) {
      to = Math.min(count, from + (batchSize > 0 ? batchSize : from === 0 ? 16_384 : 65_536));
      yield makeValues(from, to);
    }
  }
  function* makeValues(from: number, to: number) {
    for (const name of names) {
      if (name === 'sample_id') {
        yield textsFrom(
          Array.from({ length: to - from }, (_, i) => toSampleId(((from + i) * stride) % count)),
        );
        continue;
      }
      const source = numbers[name] ?? codes[name]?.values;
      const picked = source instanceof Float32Array ? new Float32Array(to - from) : new Int32Array(to - from);
      for (
        let i = from, row = (from * stride) % Math.max(1, count);
        i < to;
        i++, row = (row + stride) % count
      )
        picked[i - from] = source?.[row] ?? row;
      yield picked;
    }
  }
  const metadata = new Map([
    ['noema.order', order === PointOrder.SPREAD ? 'spread' : 'row'],
    ['noema.stride', String(stride)],
    ['noema.count', String(count)],
    ['noema.dimensions', '2'],
  ]);
  for await (const data of writeColumnStream(fields, metadata, batches()))
    yield { body: { contentType: 'application/vnd.apache.arrow.stream', data } };
}

const computeCorrectness = ({ trueClass, predictedClass }: SyntheticPopulation): Int32Array =>
  trueClass.map((label, row) => (label === predictedClass[row] ? 1 : 0));

/** Texts one after the other, as they travel. */
function textsFrom(texts: readonly string[]): Texts {
  const offsets = new Int32Array(texts.length + 1);
  texts.forEach((text, i) => {
    offsets[i + 1] = offsets[i]! + Buffer.byteLength(text);
  });
  return { offsets, bytes: Buffer.from(texts.join('')) };
}

/** Coprime to the count and near count / φ. */
function computeStride(count: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  let stride = Math.max(1, Math.round(count * 0.618034));
  while (divisor(stride, count) > 1) stride++;
  return stride;
}
