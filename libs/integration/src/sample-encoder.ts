import { DomainError } from '@noema/kernel';
import { findBatchEncoder, type SampleBatch } from './batch.js';
import { runHandler, type Handler } from './handler.js';
import { type Awaitable, classGroundTruth, type Integration } from './integration.js';
import type { PopulationSplit } from './population.js';
import { checkTensor, isStorable, metadataCells, readClass } from './sample-checks.js';
import type { EncodedSpec, MetadataType, SampleSpec } from './sample-spec.js';
import type { SampleContext } from './sample.js';
import { type Tensor, toTensor } from './tensor.js';
import { encodeVisual, type EncodedVisual } from './visual.js';

/** One sample, encoded by all handlers of an integration. */
export interface EncodedSample {
  /** Inputs, in the order of the integration. */
  readonly inputs: readonly Tensor[];
  /** Ground truths, in the order of the integration; `undefined` for the split `unlabeled`. */
  readonly groundTruths: readonly Tensor[] | undefined;
  readonly metadata: ReadonlyMap<string, string | number | boolean | null>;
  readonly visuals: readonly EncodedVisual[];
  /** Class of the ground truth; −1 without one. */
  readonly classIndex: number;
}

/** Several encoded samples of one split. */
export interface EncodedBatch extends SampleBatch {
  /** Class of each ground truth; −1 without one. */
  readonly classIndexes: Int32Array;
}

type Handlers = Readonly<Record<string, (sample: SampleContext<unknown>) => unknown>>;

/**
 * Runs the handlers of an integration on samples. Requires every sample to have the shapes, media types and
 * metadata types of the first.
 */
export class SampleEncoder {
  private readonly specs = new Map<string, EncodedSpec>();
  private readonly mediaTypes = new Map<string, string>();
  private readonly metadataTypes = new Map<string, MetadataType>();
  private readonly classTruth: string | undefined;

  /** With a `spec`, samples must match it instead of the first sample. */
  constructor(
    private readonly integration: Integration,
    spec?: SampleSpec,
  ) {
    this.classTruth = classGroundTruth(integration);
    for (const input of spec?.inputs ?? []) this.specs.set(`input ${input.name}`, input);
    for (const truth of spec?.groundTruths ?? []) this.specs.set(`ground-truth ${truth.name}`, truth);
    for (const { name, mediaType } of spec?.visualizers ?? []) this.mediaTypes.set(name, mediaType);
  }

  /** Throws a DomainError with split, sample, handler, file and line (see `runHandler`). */
  async encode(sample: SampleContext<unknown>): Promise<EncodedSample> {
    const { inputs, groundTruths, metadata = {}, visualizers = {} } = this.integration;
    const tensors = await inOrder(inputs, (name, fn) => this.tensor({ role: 'input', name, fn }, sample));
    const truths =
      sample.split === 'unlabeled'
        ? undefined
        : await inOrder(groundTruths, (name, fn) => this.tensor({ role: 'ground-truth', name, fn }, sample));
    const cells = await inOrder(metadata, (name, fn) =>
      this.metadata({ role: 'metadata', name, fn }, sample),
    );
    const visuals = await inOrder(visualizers, (name, fn) =>
      this.visual({ role: 'visualizer', name, fn }, sample),
    );
    return {
      inputs: tensors,
      groundTruths: truths,
      metadata: new Map(cells.flat()),
      visuals,
      classIndex: this.classIndex(truths),
    };
  }

  /**
   * Encodes samples of one split at once. `undefined` where the integration does not, or where a sample does not
   * meet the rules of `encode`, which then names it.
   */
  async encodeBatch(split: PopulationSplit, indexes: Int32Array): Promise<EncodedBatch | undefined> {
    const batch = await findBatchEncoder(this.integration)?.(split, indexes);
    if (batch === undefined) return undefined;
    const { inputs, groundTruths, visualizers = {} } = this.integration;
    const fits = (role: string, handlers: Handlers, tensors: SampleBatch['inputs']): boolean =>
      Object.keys(handlers).every((name, i) => {
        const spec = this.specs.get(`${role} ${name}`);
        const { data, dims } = tensors[i]!;
        return spec !== undefined && spec.dims.join() === dims.join() && data.every(Number.isFinite);
      });
    if (!fits('input', inputs, batch.inputs)) return undefined;
    const truths = batch.groundTruths;
    if (truths !== undefined && !fits('ground-truth', groundTruths, truths)) return undefined;
    if (!Object.keys(visualizers).every((name) => this.mediaTypes.has(name))) return undefined;
    for (const { name, values } of batch.metadata) if (!this.storable(name, values)) return undefined;
    try {
      return { ...batch, classIndexes: this.readClasses(truths, indexes.length) };
    } catch {
      return undefined;
    }
  }

  /** Returns the shapes and types of the samples so far. */
  spec(): SampleSpec {
    const { inputs, groundTruths, visualizers = {}, vocabularies = {} } = this.integration;
    const known = (role: string, handlers: Handlers) =>
      Object.keys(handlers)
        .map((name) => this.specs.get(`${role} ${name}`))
        .filter((s) => s !== undefined);
    return {
      inputs: known('input', inputs).map((spec) => {
        const vocabulary = vocabularies[spec.name];
        return vocabulary === undefined ? spec : { ...spec, vocabulary };
      }),
      groundTruths: known('ground-truth', groundTruths),
      visualizers: Object.keys(visualizers).map((name) => ({
        name,
        mediaType: this.mediaTypes.get(name) ?? 'application/octet-stream',
      })),
    };
  }

  /** Encodes and checks one tensor of a sample. */
  tensor(
    handler: Handler & { fn: (sample: SampleContext<unknown>) => unknown },
    sample: SampleContext<unknown>,
  ): Awaitable<Tensor> {
    return runHandler(handler, sample, () =>
      after(handler.fn(sample), (value) => {
        const key = `${handler.role} ${handler.name}`;
        const tensor = checkTensor(toTensor(value), this.specs.get(key));
        if (handler.role === 'ground-truth' && handler.name === this.classTruth)
          readClass(tensor, this.integration.predictions!);
        if (!this.specs.has(key))
          this.specs.set(key, { name: handler.name, type: tensor.type, dims: tensor.dims });
        return tensor;
      }),
    );
  }

  /** Returns the metadata columns of one handler. */
  metadata(
    handler: Handler & { fn: (sample: SampleContext<unknown>) => unknown },
    sample: SampleContext<unknown>,
  ): Awaitable<[string, string | number | boolean | null][]> {
    return runHandler(handler, sample, () =>
      after(handler.fn(sample), (value) => {
        const cells = metadataCells(handler.name, value);
        for (const [column, cell] of cells)
          if (cell !== null) this.checkType(column, typeof cell as MetadataType);
        return cells;
      }),
    );
  }

  /** Encodes one visual of a sample. */
  visual(
    handler: Handler & { fn: (sample: SampleContext<unknown>) => unknown },
    sample: SampleContext<unknown>,
  ): Awaitable<EncodedVisual> {
    return runHandler(handler, sample, () =>
      after(handler.fn(sample), (value) => {
        const visual = encodeVisual(value);
        const expected = this.mediaTypes.get(handler.name);
        if (expected !== undefined && expected !== visual.mediaType)
          throw new DomainError(
            'invalid',
            'VISUAL_INVALID',
            `it returned ${visual.mediaType}, but ${expected} at the first sample; a visualizer makes ` +
              'one kind',
          );
        this.mediaTypes.set(handler.name, visual.mediaType);
        return visual;
      }),
    );
  }

  /** Whether all values of a column can be stored, and have the type of its values so far. */
  private storable(name: string, values: SampleBatch['metadata'][number]['values']): boolean {
    let type = this.metadataTypes.get(name);
    for (const value of values) {
      if (value === null || value === undefined || Number.isNaN(value)) continue;
      const own = typeof value as MetadataType;
      type ??= own;
      if (own !== type || !isStorable(value)) return false;
    }
    if (type !== undefined) this.metadataTypes.set(name, type);
    return true;
  }

  private readClasses(truths: SampleBatch['groundTruths'], rows: number): Int32Array {
    if (this.classTruth === undefined || truths === undefined) return new Int32Array(rows).fill(-1);
    const { data, dims, type } = truths[Object.keys(this.integration.groundTruths).indexOf(this.classTruth)]!;
    const size = data.length / rows;
    return Int32Array.from({ length: rows }, (_, row) =>
      readClass(
        { data: data.subarray(row * size, (row + 1) * size), dims, type },
        this.integration.predictions!,
      ),
    );
  }

  private checkType(column: string, type: MetadataType): void {
    const expected = this.metadataTypes.get(column);
    if (expected !== undefined && expected !== type)
      throw new DomainError(
        'invalid',
        'METADATA_TYPE_CHANGED',
        `"${column}" is a ${type}, but was a ${expected} before; a column has one type`,
      );
    this.metadataTypes.set(column, type);
  }

  private classIndex(truths: readonly Tensor[] | undefined): number {
    if (this.classTruth === undefined || truths === undefined) return -1;
    return readClass(
      truths[Object.keys(this.integration.groundTruths).indexOf(this.classTruth)]!,
      this.integration.predictions!,
    );
  }
}

const after = <T>(value: unknown, then: (value: unknown) => T): Awaitable<T> =>
  value instanceof Promise ? value.then(then) : then(value);

async function inOrder<T>(
  handlers: Handlers,
  run: (name: string, fn: (sample: SampleContext<unknown>) => unknown) => Awaitable<T>,
): Promise<T[]> {
  const results: T[] = [];
  for (const [name, fn] of Object.entries(handlers)) {
    const result = run(name, fn);
    results.push(result instanceof Promise ? await result : result);
  }
  return results;
}
