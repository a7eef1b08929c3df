import { readFloat16 } from '@noema/artifacts/arrow';
import type { SampleIndex } from '../dataset/dataset.js';
import type { GraphFacts } from './recorded-graph.js';
import { recordInvalid } from './recording.errors.js';
import { type RecordedColumn, type RecordingForm, type SampleRecord, findWidth } from './recording.js';

const BYTES = { float32: 4, float16: 2, uint8: 1 } as const;
const MAX_ROWS = 65_536;
const MAX_GRAPH_LAYERS = 1_000;
/** Characters of the names in the description of a graph, which its reader gets as one argument. */
const MAX_NAMES = 60_000;
const MAX_REASON = 4_000;

/** Throws `invalid` RECORD_INVALID, `not-found` SAMPLE_NOT_FOUND for an id that the data do not have. */
export function requireRecord(form: RecordingForm, index: SampleIndex, record: SampleRecord): void {
  const { split, sampleIds, columns } = record;
  const rows = sampleIds.length;
  if (rows < 1 || rows > MAX_ROWS) throw recordInvalid(`${rows} samples; 1 to ${MAX_ROWS} are allowed`);
  if (columns.length === 0) throw recordInvalid('no columns; send outputs, losses or responses');
  for (const id of sampleIds) index.getRow(split, id);
  const seen = new Set<string>();
  for (const column of columns) {
    const name = describeColumn(column);
    if (seen.has(name)) throw recordInvalid(`${name} twice`);
    seen.add(name);
    requireColumn(form, column, rows);
  }
}

/** Throws `invalid` RECORD_INVALID for a description of a graph that does not fit the run. */
export function requireGraph(form: RecordingForm, graph: GraphFacts): void {
  const { sizeBytes, sha256, output, layers, channelsFirst, missingReason } = graph;
  if (missingReason.length > MAX_REASON)
    throw recordInvalid(`a missing_reason of ${missingReason.length} characters; at most ${MAX_REASON}`);
  if (sizeBytes === 0) return;
  if (!(sizeBytes > 0)) throw recordInvalid(`a graph of ${sizeBytes} bytes`);
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw recordInvalid(`a graph whose sha256 is "${sha256.slice(0, 100)}"; give 64 hexadecimal digits`);
  if (layers.length > MAX_GRAPH_LAYERS)
    throw recordInvalid(`a graph with ${layers.length} layers; at most ${MAX_GRAPH_LAYERS}`);
  const names = new Set<string>();
  for (const { name, unitAxis } of layers) {
    if (!form.layers.some((layer) => layer.name === name))
      throw recordInvalid(`a graph with the layer "${name.slice(0, 100)}", which the run does not have`);
    if (names.has(name)) throw recordInvalid(`a graph with the layer "${name}" twice`);
    names.add(name);
    if (!(unitAxis >= 1 && unitAxis <= 8))
      throw recordInvalid(`a graph whose layer "${name}" has its units on axis ${unitAxis}; 1 to 8`);
  }
  const texts = [output, ...channelsFirst, ...layers.flatMap((layer) => [layer.name, layer.output])];
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length > MAX_NAMES)
    throw recordInvalid(`a graph whose names have ${length} characters; at most ${MAX_NAMES}`);
}

function requireColumn(form: RecordingForm, column: RecordedColumn, rows: number): void {
  const name = describeColumn(column);
  const width = findWidth(form, column);
  if (width === 0)
    throw recordInvalid(
      `${name}, and the run has the layers ` +
        `${form.layers.map((layer) => layer.name).join(', ') || '(none)'}`,
    );
  const bytes = rows * width * BYTES[column.type];
  if (column.data.byteLength !== bytes)
    throw recordInvalid(
      `${column.data.byteLength} bytes of ${name}; ${rows} rows of ${width} ${column.type} have ${bytes}`,
    );
  requireSteps(column, width);
  if (column.content === 'loss') return;
  const values = readNumbers(column);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1)
    throw recordInvalid(
      `${name} with the value ${values[bad]!} for sample ${Math.floor(bad / width)} of ${rows}, number ` +
        `${bad % width}; it must be finite`,
    );
}

/** Bytes need the lowest number and the step of every unit; other types have no steps. */
function requireSteps(column: RecordedColumn, width: number): void {
  const { content, type, steps } = column;
  if (type === 'uint8' && content !== 'mean' && content !== 'max')
    throw recordInvalid(`${content} as uint8; send float32 or float16`);
  const expected = type === 'uint8' ? 2 * width : 0;
  if (steps.length !== expected)
    throw recordInvalid(`${steps.length} steps of ${describeColumn(column)}; ${expected} are expected`);
}

const describeColumn = ({ content, layer }: RecordedColumn): string =>
  content === 'output' || content === 'loss' ? content : `the ${content} responses of layer "${layer}"`;

/** The numbers of a column as float32, row-major. */
export function readNumbers({
  type,
  data,
  steps,
}: Pick<RecordedColumn, 'type' | 'data' | 'steps'>): Float32Array {
  if (type === 'uint8') return readSteps(data, steps);
  // A copy, because a view must start at a multiple of its element size.
  const own = Uint8Array.from(data);
  if (type === 'float32') return new Float32Array(own.buffer);
  return readFloat16(new Uint16Array(own.buffer));
}

/** The numbers lowest + step · byte, row-major; `steps` are all lowest numbers, then all steps. */
function readSteps(data: Uint8Array, steps: readonly number[]): Float32Array {
  const width = steps.length / 2;
  return Float32Array.from(data, (byte, i) => steps[i % width]! + steps[width + (i % width)]! * byte);
}
