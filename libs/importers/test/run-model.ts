import { readFile } from 'node:fs/promises';
import { Engine, evaluateProgram } from '@noema/engine';
import { compileModel, type ImportedModel, findImporter, type ImportOptions } from '@noema/importers';
import type { CompiledModel } from '@noema/layers';
import { float32, type TensorData } from '@noema/onnx';

/** The bytes of a fixture (`bench/reference/imported_onnx.py`, `imported_keras.py`, `imported_sklearn.py`). */
export const fixture = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../test/fixtures/${name}`, import.meta.url));

interface Numbers {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}
interface Expected {
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly outputs: readonly Numbers[];
}

let started: Engine | undefined;

/** The engine of the tests. Files share a process: the first run after `close` starts another one. */
export const engine = {
  run: (...call: Parameters<Engine['run']>): ReturnType<Engine['run']> =>
    (started ??= Engine.start({ threads: 1 })).run(...call),
  close: async (): Promise<void> => {
    const ended = started;
    started = undefined;
    await ended?.close();
  },
};

/** Imports a fixture, and its model out of what is stored of it. */
export async function imported(file: string, options: ImportOptions = {}): Promise<ImportedModel> {
  const bytes = await fixture(file);
  const read = await findImporter('', bytes).read(bytes, options);
  return { ...read, model: compileModel(JSON.stringify(read.artifact), { mode: 'inference' }) };
}

/** The input that the reference was given, as data lie here: channels last. */
export async function readFeeds(file: string, model: CompiledModel): Promise<Record<string, TensorData>> {
  const { inputs } = JSON.parse((await fixture(file)).toString()) as Expected;
  return Object.fromEntries(
    model.inputs.map(({ name, dims }, i) => {
      const given = inputs[name] ?? Object.values(inputs)[i]!;
      const isTurned = given.dims.slice(1).join() !== dims.slice(1).join();
      return [name, isTurned ? channelsLast(given) : float32(given.data, given.dims)];
    }),
  );
}

function channelsLast({ dims, data }: Numbers): TensorData {
  const [n, channels, ...positions] = dims;
  const size = positions.reduce((a, b) => a * b, 1);
  const turned = Float32Array.from(
    data,
    (_, i) =>
      data[
        Math.floor(i / (channels! * size)) * channels! * size +
          (i % channels!) * size +
          (Math.floor(i / channels!) % size)
      ]!,
  );
  return float32(turned, [n!, ...positions, channels!]);
}

/** The largest difference between what a fixture's model gives here and what its own runtime gave. */
export async function measureDifference({ model, weights }: ImportedModel, file: string): Promise<number> {
  const { program, predictions } = evaluateProgram(model, weights);
  const { outputs } = JSON.parse((await fixture(file)).toString()) as Expected;
  const results = await engine.run(program, await readFeeds(file, model));
  return Math.max(
    ...outputs.flatMap((expected, o) => {
      const { data: found, dims } = results[predictions[o]!]!;
      const { data } = expected.dims.join() === dims.join() ? expected : channelsLast(expected);
      return found.length === data.length
        ? Array.from(data as ArrayLike<number>, (value, i) => Math.abs(value - Number(found[i])))
        : [Infinity];
    }),
  );
}

/**
 * The largest difference between probabilities [n, positions, classes] and the softmax over the channels of
 * what the reference gave, [n, classes, ...positions].
 */
export async function softmaxDifference(file: string, found: Float32Array): Promise<number> {
  const {
    outputs: [logits],
  } = JSON.parse((await fixture(file)).toString()) as Expected;
  const { data } = channelsLast(logits!);
  const classes = logits!.dims[1]!;
  const expected = Array.from({ length: data.length }, (_, i) => {
    const from = i - (i % classes);
    const row = Array.from({ length: classes }, (_c, c) => Math.exp(Number(data[from + c])));
    return row[i % classes]! / row.reduce((a, b) => a + b);
  });
  return Math.max(...expected.map((value, i) => Math.abs(value - found[i]!)));
}
