import { createReadStream } from 'node:fs';
import { type Engine, evaluateProgram, gradientsProgram, type Weights } from '@noema/engine';
import { compileModel, importModel } from '@noema/importers';
import { type CompiledModel, decodeWeights } from '@noema/layers';
import { elementCount, float32, type TensorData } from '@noema/onnx';
import { seededRandom } from '@noema/kernel';
import type { ModelFile, StoredTensor } from './model.file.js';

/** Result for one file. */
export interface Checked {
  readonly opens: boolean;
  /** Largest difference of an output, relative to the largest number of that output where it is above 1. */
  readonly error?: number;
  /**
   * Difference of the gradient at the inputs to the one of the file's own runtime, relative to its largest
   * number; where the runtime has no gradients, relative to finite differences, the best of several steps.
   */
  readonly gradient?: number;
  /** Why it does not open, or has no gradient. */
  readonly note?: string;
}

/** As a worker has them by default. */
const LIMITS = { memoryBytes: 4 * 2 ** 30, timeoutMs: 600_000 };
/** Steps of the finite differences, relative to the norm of the input. */
const STEPS = [3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4];

/** Imports a file as the platform does, and compares outputs and gradients. */
export async function checkFile(file: ModelFile, engine: Engine): Promise<Checked> {
  let model: CompiledModel;
  let weights: Weights;
  try {
    const read = await importModel(
      createReadStream(file.path),
      { format: '', ...file.options, outputs: file.options.outputs ?? [] },
      { limits: LIMITS, signal: new AbortController().signal },
    );
    model = compileModel(JSON.stringify(read.artifact), { mode: 'inference' });
    weights = decodeWeights(model.parameters, read.weights);
  } catch (error) {
    return { opens: false, note: (error as Error).message };
  }
  try {
    const feeds = toFeeds(model, file);
    const error = await outputError({ model, weights, feeds, file }, engine);
    const gradient = file.reference.derived === undefined ? finiteDifferences : derivedGradient;
    return { opens: true, error, ...(await gradient({ model, weights, feeds, file }, engine)) };
  } catch (error) {
    return { opens: true, error: Infinity, note: (error as Error).message };
  }
}

interface Loaded {
  readonly file: ModelFile;
  readonly model: CompiledModel;
  readonly weights: Weights;
  readonly feeds: Readonly<Record<string, TensorData>>;
}

const decodeNumbers = ({ base64 }: StoredTensor): Float32Array => {
  const bytes = Buffer.from(base64, 'base64');
  return new Float32Array(new Uint8Array(bytes).buffer);
};

function toFeeds({ inputs }: CompiledModel, { reference }: ModelFile): Record<string, TensorData> {
  return Object.fromEntries(
    inputs.map(({ name, dims }, i) => {
      const given = reference.inputs[name] ?? Object.values(reference.inputs)[i]!;
      const isTurned = given.dims.slice(1).join() !== dims.slice(1).join();
      const data = decodeNumbers(given);
      return [name, isTurned ? channelsLast(data, given.dims) : float32(data, given.dims)];
    }),
  );
}

function channelsLast(data: Float32Array, [rows, channels, ...positions]: readonly number[]): TensorData {
  const size = elementCount(positions);
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows!; row++)
    for (let channel = 0; channel < channels!; channel++)
      for (let at = 0; at < size; at++)
        turned[(row * size + at) * channels! + channel] = data[(row * channels! + channel) * size + at]!;
  return float32(turned, [rows!, ...positions, channels!]);
}

async function outputError({ model, weights, feeds, file }: Loaded, engine: Engine): Promise<number> {
  const { program, predictions } = evaluateProgram(model, weights);
  const results = await engine.run(program, feeds);
  const expected = Object.values(file.reference.outputs);
  if (expected.length !== predictions.length) return Infinity;
  return Math.max(
    ...expected.map((output, o) => {
      const found = results[predictions[o]!]!;
      const numbers = decodeNumbers(output);
      const isTurned = output.dims.join() !== found.dims.join() && output.dims.length > 2;
      const data = isTurned ? (channelsLast(numbers, output.dims).data as Float32Array) : numbers;
      if (data.length !== found.data.length) return Infinity;
      let worst = 0;
      let scale = 1;
      for (let i = 0; i < data.length; i++) {
        worst = Math.max(worst, Math.abs(data[i]! - Number(found.data[i])));
        scale = Math.max(scale, Math.abs(data[i]!));
      }
      return worst / scale;
    }),
  );
}

/**
 * The gradient g of a random sum of the scores, against the central difference of that sum along g, which is
 * |g| where both are right. Whole numbers have no gradient, so it is then taken at the first layer's
 * activation and only has to exist.
 */
async function finiteDifferences(
  { model, weights, feeds }: Loaded,
  engine: Engine,
): Promise<Pick<Checked, 'gradient' | 'note'>> {
  try {
    const { program, seed, scores, gradients } = gradientsProgram(model, weights, {
      of: 'scores',
      inputs: true,
    });
    const wrt = model.inputs.filter(({ name }) => gradients.has(name));
    if (wrt.length === 0) return { note: 'the input is whole numbers' };
    const random = seededRandom(5);
    const dims = model.outputs[0]!.dims.map((dim) =>
      dim === 'n' ? feeds[wrt[0]!.name]!.dims[0]! : Number(dim),
    );
    const cotangent = float32(
      Float32Array.from({ length: elementCount(dims) }, () => random() - 0.5),
      dims,
    );
    const at = async (moved: Readonly<Record<string, TensorData>>) =>
      engine.run(program, { ...moved, [seed!]: cotangent });
    const sum = (data: ArrayLike<number>): number =>
      Array.from(data).reduce((total, value, i) => total + value * Number(cotangent.data[i]), 0);
    const here = await at(feeds);
    const gradient = wrt.map(({ name }) => here[gradients.get(name)!]!.data as Float32Array);
    const norm = Math.hypot(...gradient.map((part) => Math.hypot(...chunks(part))));
    const size = Math.hypot(
      ...wrt.map(({ name }) => Math.hypot(...chunks(feeds[name]!.data as Float32Array))),
    );
    if (norm === 0) return { gradient: 0 };
    const errors: number[] = [];
    for (const step of STEPS) {
      const h = step * Math.max(size, 1);
      const values: number[] = [];
      for (const sign of [1, -1]) {
        const moved = { ...feeds };
        wrt.forEach(({ name }, i) => {
          const data = (feeds[name]!.data as Float32Array).map(
            (x, j) => x + (sign * h * gradient[i]![j]!) / norm,
          );
          moved[name] = float32(data, feeds[name]!.dims);
        });
        values.push(sum((await at(moved))[scores]!.data as Float32Array));
      }
      errors.push(Math.abs((values[0]! - values[1]!) / (2 * h) - norm) / norm);
    }
    return { gradient: Math.min(...errors) };
  } catch (error) {
    return { note: (error as Error).message };
  }
}

/**
 * Our gradient against the one of Keras, PyTorch or TF.js; of each row the nearer one where an activation is so near to
 * its bound that rounding decides.
 */
async function derivedGradient(
  { model, weights, feeds, file }: Loaded,
  engine: Engine,
): Promise<Pick<Checked, 'gradient' | 'note'>> {
  const { weighting, gradients: expected, alternatives = [], ofScores = false } = file.reference.derived!;
  try {
    const { program, seed, predictions, gradients } = gradientsProgram(model, weights, {
      of: 'scores',
      inputs: true,
    });
    const none = float32(new Float32Array(elementCount(weighting.dims)), weighting.dims);
    const output = (await engine.run(program, { ...feeds, [seed!]: none }))[predictions[0]!]!;
    const given = decodeNumbers(weighting);
    const cotangent = ofScores ? given : throughActivation(model, output.data as Float32Array, given);
    const results = await engine.run(program, { ...feeds, [seed!]: float32(cotangent, weighting.dims) });
    return {
      gradient: Math.max(
        ...model.inputs.map(({ name }, i) => {
          const stored = expected[name] ?? Object.values(expected)[i]!;
          const reference = decodeNumbers(stored);
          const found = results[gradients.get(name)!]!.data as Float32Array;
          const rowSize = reference.length / stored.dims[0]!;
          const worst = Array.from({ length: stored.dims[0]! }, (_, row) => {
            const others = alternatives.filter((other) => i === 0 && other.row === row);
            const ours = found.subarray(row * rowSize, (row + 1) * rowSize);
            return Math.min(
              ...[
                reference.subarray(row * rowSize, (row + 1) * rowSize),
                ...others.map(({ gradient }) => decodeNumbers(gradient)),
              ].map((theirs) => largestDifference(theirs, ours)),
            );
          });
          return Math.max(...worst) / largestDifference(reference, new Float32Array(reference.length));
        }),
      ),
    };
  } catch (error) {
    return { note: (error as Error).message };
  }
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

/** The weights of an output as weights of the scores before its softmax or sigmoid. */
function throughActivation(
  { outputs: [first] }: CompiledModel,
  output: Float32Array,
  weighting: Float32Array,
): Float32Array {
  const classes = Number(first!.dims.at(-1));
  if (first!.nonLinearity === undefined) return weighting;
  if (first!.nonLinearity === 'sigmoid') return output.map((p, i) => p * (1 - p) * weighting[i]!);
  return output.map((p, i) => {
    const row = i - (i % classes);
    let mean = 0;
    for (let c = row; c < row + classes; c++) mean += output[c]! * weighting[c]!;
    return p * (weighting[i]! - mean);
  });
}

/** Norms of pieces, because a call takes no million arguments. */
function chunks(data: Float32Array): number[] {
  const norms: number[] = [];
  for (let i = 0; i < data.length; i += 10_000) norms.push(Math.hypot(...data.subarray(i, i + 10_000)));
  return norms;
}
