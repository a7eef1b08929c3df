import { readMatrix, writeMatrix } from '@noema/artifacts';
import { describe, expect, it } from 'vitest';
import type { OutputEvaluation } from '../rules/index.js';
import {
  EvaluationFile,
  joinVectors,
  readMap,
  readNeighbors,
  readVectors,
  writeEvaluation,
  writeMap,
  writeNeighbors,
  writeVectors,
  readRecordedResponses,
  readResponseMatrices,
  writeRecordedResponses,
  writeResponseMatrices,
} from './index.js';

const evaluation: OutputEvaluation = {
  rows: 3,
  task: 'multi-class',
  width: 2,
  hasLoss: Uint8Array.of(1, 1, 0),
  loss: Float32Array.of(0.5, 2, 0),
  predictedClass: Int32Array.of(0, 1, 1),
  trueClass: Int32Array.of(0, 0, -1),
  correct: Uint8Array.of(1, 0, 0),
  outputs: Float32Array.of(0.9, 0.1, 0.2, 0.8, 0.4, 0.6),
};

describe('an evaluation', () => {
  it('keeps the columns of version 1 and adds version and task', () => {
    const bytes = writeEvaluation([evaluation]);
    const file = readMatrix(bytes);
    expect(file.columns.map(({ name }) => name)).toEqual([
      'loss',
      'has_loss',
      'predicted_class',
      'true_class',
      'correct',
      'probabilities',
    ]);
    const read = EvaluationFile.read(bytes);
    expect(read).toMatchObject({ version: 2, rows: 3 });
    expect(read.first.task).toBe('multi-class');
    expect([...read.first.losses]).toEqual([0.5, 2, NaN]);
    expect(read.first.outputs).toEqual({ data: evaluation.outputs, width: 2 });
  });

  it('reads a file that names no version as version 1', () => {
    const { columns } = readMatrix(writeEvaluation([evaluation]));
    const read = EvaluationFile.read(writeMatrix(columns));
    expect(read.version).toBe(1);
    expect(read.first.task).toBeUndefined();
    expect(read.first.trueClass).toEqual(evaluation.trueClass);
  });

  it('refuses a version that is newer than this program', () => {
    const bytes = writeMatrix(
      readMatrix(writeEvaluation([evaluation])).columns,
      new Map([['noema:version', '3']]),
    );
    expect(() => EvaluationFile.read(bytes)).toThrow(
      expect.objectContaining({ kind: 'unsupported', reason: 'FILE_VERSION_UNKNOWN' }),
    );
  });

  it('holds every output with its task', () => {
    const numbers: OutputEvaluation = {
      ...evaluation,
      task: 'regression',
      outputs: new Float32Array(6).fill(7),
    };
    const { outputs } = EvaluationFile.read(
      writeEvaluation([
        { ...evaluation, name: 'digit' },
        { ...numbers, name: 'size' },
      ]),
    );
    expect(outputs.map(({ task }) => task)).toEqual(['multi-class', 'regression']);
    expect(outputs[1]!.predictions?.data[0]).toBe(7);
    expect(outputs[1]!.predictedClass).toBeUndefined();
    expect(outputs[0]!.predictions).toBeUndefined();
  });

  it.each([
    [
      'of classes',
      { channels: 3, isExclusive: true, data: Uint8Array.of(1, 0, 3, 2, 1, 1, 0, 0, 3, 2, 2, 1) },
    ],
    [
      'of masks',
      { channels: 1, isExclusive: false, data: Uint8Array.of(1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 1) },
    ],
    [
      'of many classes',
      { channels: 300, isExclusive: true, data: Int32Array.from({ length: 12 }, (_, i) => 25 * i) },
    ],
  ])('holds positions %s', (_, form) => {
    const positions = { dims: [2, 2], ...form };
    const [output] = EvaluationFile.read(
      writeEvaluation([
        { ...evaluation, task: 'per-pixel', predictedPositions: positions, truePositions: positions },
      ]),
    ).outputs;
    expect(output!.predictedPositions).toEqual(positions);
    expect(output!.truePositions).toEqual(positions);
    expect(EvaluationFile.read(writeEvaluation([evaluation])).first.predictedPositions).toBeUndefined();
  });

  it('finds an output by its name, with its own loss', () => {
    const first = { ...evaluation, name: 'digit', ownLoss: Float32Array.of(0.25, 1, NaN) };
    const file = EvaluationFile.read(writeEvaluation([first, { ...evaluation, name: 'parity' }]));
    expect([...file.find('').loss].slice(0, 2)).toEqual([0.5, 2]);
    expect([...file.find('digit').loss].slice(0, 2)).toEqual([0.25, 1]);
    expect([...file.find('parity').loss].slice(0, 2)).toEqual([0.5, 2]);
    expect(() => file.find('colour')).toThrow(
      expect.objectContaining({
        reason: 'OUTPUT_NOT_FOUND',
        message: expect.stringMatching(/digit, parity/),
      }),
    );
    expect(() => EvaluationFile.read(writeEvaluation([evaluation])).find('x')).toThrow(/it names none/);
  });

  it('refuses outputs that no request can choose, with the columns at fault', () => {
    const read = (...names: (string | undefined)[]) =>
      EvaluationFile.read(writeEvaluation(names.map((name) => ({ ...evaluation, name }))));
    const refusal = (what: RegExp) =>
      expect.objectContaining({
        ...{ kind: 'data-loss', reason: 'EVALUATION_OUTPUTS_INVALID' },
        message: expect.stringMatching(what),
      });
    expect(() => read('digit', undefined)).toThrow(
      refusal(
        /"noema:outputs" .* have no name for output 1 \(columns outputs\[1\]\.\*\).* evaluate the run again/,
      ),
    );
    expect(() => read('digit', '')).toThrow(refusal(/no name for output 1/));
    expect(() => read(undefined, 'parity')).toThrow(
      refusal(/no name for output 0 \(columns without a prefix\)/),
    );
    expect(() => read('digit', 'parity', 'digit')).toThrow(refusal(/the name "digit" again for output 2/));
    expect(read(undefined).first.name).toBeUndefined();
    for (const outputs of ['{', '7', '[]', '[null]']) {
      const { columns } = readMatrix(writeEvaluation([evaluation]));
      expect(() => EvaluationFile.read(writeMatrix(columns, new Map([['noema:outputs', outputs]])))).toThrow(
        refusal(/are not a list of objects/),
      );
    }
  });

  it('of an output whose numbers are not stored has losses and the reason', () => {
    const wide = { ...evaluation, name: 'wide', width: 0, outputs: new Float32Array(), note: 'too wide' };
    const named = { ...evaluation, name: 'digit' };
    const output = EvaluationFile.read(writeEvaluation([named, wide])).find('wide');
    expect([output.note, output.numbers, output.predictedClass]).toEqual(['too wide', undefined, undefined]);
    expect([...output.losses]).toEqual([0.5, 2, NaN]);
  });

  it('without ground truth has no column that needs it', () => {
    const { first } = EvaluationFile.read(writeEvaluation([{ ...evaluation, hasLoss: new Uint8Array(3) }]));
    expect([first.isCompared, first.trueClass, first.correct]).toEqual([false, undefined, undefined]);
    expect(first.predictedClass).toEqual(evaluation.predictedClass);
  });
});

describe('vectors', () => {
  const part = (from: number, rows: number) =>
    readVectors(
      writeVectors({ data: Float32Array.from({ length: 2 * rows }, (_, i) => from + i), rows, width: 2 }),
    );
  const shards = [() => Promise.resolve(part(0, 2)), () => Promise.resolve(part(4, 1))];

  it('of shards are joined in order', async () => {
    const all = await joinVectors(shards, { rows: 3, owner: 'activation set s' });
    expect([...all.data]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(all.data.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it.each([2, 4])('that are not %d rows are refused', async (rows) => {
    await expect(joinVectors(shards, { rows, owner: 'activation set s' })).rejects.toMatchObject({
      reason: 'VECTORS_SHAPE',
    });
  });
});

it('reads neighbours and maps back unchanged', () => {
  const neighbors = { n: 2, k: 1, indices: Int32Array.of(1, 0), distances: Float32Array.of(0.5, 0.5) };
  expect(readNeighbors(writeNeighbors(neighbors))).toEqual(neighbors);
  const map = {
    rows: 1,
    dimensions: 3,
    coordinates: Float32Array.of(1, 2, 3),
    clusters: Int32Array.of(-1),
    trust: Float32Array.of(0.5),
    classes: Int32Array.of(2),
  } as const;
  expect(readMap(writeMap(map))).toEqual(map);
});

describe('recorded responses', () => {
  it('are read unchanged', () => {
    const matrices = { mean: Float32Array.of(1, 2, 3, 4), max: Float32Array.of(5, 6, 7, 8), rows: 2 };
    expect(readResponseMatrices(writeResponseMatrices(matrices))).toEqual(matrices);
    const named = {
      layers: [{ name: 'conv1', kind: 'Conv2d', units: 2, positionDims: [24, 24] }],
      shards: [{ uri: 'a', sha256: 'b', sizeBytes: 1, mediaType: 'c' }],
    };
    expect(readRecordedResponses(writeRecordedResponses(named))).toEqual(named);
  });

  it.each([
    ['data-loss RESPONSES_UNREADABLE', 'x'],
    ['data-loss RESPONSES_UNREADABLE', '{"version":1}'],
    ['unsupported FILE_VERSION_UNKNOWN', '{"version":2,"layers":[],"shards":[]}'],
  ])('are refused as %s when the file is %s', (_, text) => {
    const [kind, reason] = _.split(' ');
    expect(() => readRecordedResponses(new TextEncoder().encode(text))).toThrow(
      expect.objectContaining({ kind, reason }),
    );
  });
});
