import type { MatrixColumn, MatrixFile } from '@noema/artifacts';
import { DomainError, namesOneClass, type Task } from '@noema/kernel';
import {
  EVALUATION_COLUMNS as COLUMNS,
  metricColumn,
  type EvaluatedPositions,
  metricName,
  type OutputEvaluation,
  type SampleMetric,
} from '../rules/index.js';
import { readVersioned, writeVersioned } from './file-version.js';

/**
 * 1: the columns of the first output. 2: also the task of each output, in the metadata `noema:outputs`; later files of
 * version 2 name the outputs there.
 */
const VERSION = 2;
const OUTPUTS = 'noema:outputs';
/** Characters of bad metadata that an error quotes. */
const MAX_QUOTED = 200;

/** Numbers [rows, width], row-major. */
export interface RowNumbers {
  readonly data: Float32Array;
  readonly width: number;
}

/** Task, name and note of an output, and how its positions have classes. */
type OutputInfo = Pick<OutputEvaluation, 'task' | 'name' | 'note'> & {
  readonly positions?: Pick<EvaluatedPositions, 'channels' | 'isExclusive'> | undefined;
};

/**
 * Arrow bytes of the evaluation of an epoch; the columns of every output but the first carry its number. Each of
 * several outputs needs a name of its own, or the file is refused when it is read.
 */
export function writeEvaluation(outputs: readonly OutputEvaluation[]): Uint8Array {
  const columns = outputs.flatMap((output, index) =>
    toColumns(output).map((column) => ({ ...column, name: outputPrefix(index) + column.name })),
  );
  const described = outputs.map(
    ({ task, name, note, predictedPositions: of }): OutputInfo => ({
      task,
      name,
      note,
      positions: of && { channels: of.channels, isExclusive: of.isExclusive },
    }),
  );
  return writeVersioned(columns, VERSION, new Map([[OUTPUTS, JSON.stringify(described)]]));
}

/** The evaluation of an epoch: what the model says of all rows by each of its outputs. */
export class EvaluationFile {
  private constructor(
    readonly version: number,
    readonly rows: number,
    readonly outputs: readonly StoredOutput[],
  ) {}

  /** Throws `data-loss` ARROW_INVALID, EVALUATION_OUTPUTS_INVALID, `unsupported` FILE_VERSION_UNKNOWN. */
  static read(bytes: Uint8Array): EvaluationFile {
    const { file, version } = readVersioned(bytes, 'evaluation', VERSION);
    const stored = file.metadata.get(OUTPUTS);
    const outputs = stored === undefined ? [{}] : parseOutputs(stored);
    return new EvaluationFile(
      version,
      file.rows,
      outputs.map((output, index) => new StoredOutput(file, outputPrefix(index), output)),
    );
  }

  /** The first output, which samples are sorted, coloured and compared by. */
  get first(): StoredOutput {
    return this.outputs[0]!;
  }

  /**
   * The output with a name, with its own loss; for '' the first one, with the loss of all. Throws `not-found`
   * OUTPUT_NOT_FOUND.
   */
  find(name: string): StoredOutput {
    if (name === '') return this.first;
    const output = this.outputs.find((one) => one.name === name);
    if (output !== undefined) return output.alone();
    const names = this.outputs.flatMap((one) => one.name ?? []);
    throw new DomainError(
      'not-found',
      'OUTPUT_NOT_FOUND',
      `the evaluation has no output "${name}"; ` +
        (names.length === 0 ? 'it names none, leave the output out' : `it has: ${names.join(', ')}`),
      { metadata: { output: name } },
    );
  }
}

/** The evaluation of all rows by one output; the arrays are views of the file. Throws `data-loss` COLUMN_MISSING. */
export class StoredOutput {
  private readonly names: ReadonlySet<string>;

  constructor(
    private readonly file: MatrixFile,
    private readonly prefix: string,
    private readonly info: OutputInfo,
    private readonly lossColumn: string = COLUMNS.loss,
  ) {
    this.names = new Set(file.columns.map(({ name }) => name));
  }

  /** Name of the output; undefined in files that name none. */
  get name(): string | undefined {
    return this.info.name;
  }

  get task(): Task | undefined {
    return this.info.task;
  }

  /** Why there are losses alone; undefined where all is stored. */
  get note(): string | undefined {
    return this.info.note;
  }

  /** The same output with its own loss where `loss` is the sum over all outputs. */
  alone(): StoredOutput {
    return this.names.has(this.prefix + COLUMNS.ownLoss)
      ? new StoredOutput(this.file, this.prefix, this.info, COLUMNS.ownLoss)
      : this;
  }

  get rows(): number {
    return this.file.rows;
  }

  /** [rows]; 1 for samples with ground truth. */
  get hasLoss(): Uint8Array {
    return this.file.uint8(this.prefix + COLUMNS.hasLoss).data;
  }

  /** [rows]; without a meaning where `hasLoss` is 0. */
  get loss(): Float32Array {
    return this.file.float32(this.prefix + this.lossColumn).data;
  }

  /** A copy of the losses [rows], NaN for a sample without ground truth. */
  get losses(): Float32Array {
    const { hasLoss } = this;
    return this.loss.map((loss, row) => (hasLoss[row] === 1 ? loss : NaN));
  }

  /** True when at least one sample has ground truth. */
  get isCompared(): boolean {
    return this.hasLoss.includes(1);
  }

  /** [rows]; undefined for an output that does not classify. */
  get predictedClass(): Int32Array | undefined {
    return this.classes(COLUMNS.predictedClass);
  }

  /** [rows], −1 for a sample without a class; undefined without ground truth or classes. */
  get trueClass(): Int32Array | undefined {
    return this.classes(COLUMNS.trueClass);
  }

  /** [rows]; undefined where nothing is right or wrong. */
  get correct(): Uint8Array | undefined {
    const name = this.prefix + COLUMNS.correct;
    return this.names.has(name) ? this.file.uint8(name).data : undefined;
  }

  get probabilities(): RowNumbers | undefined {
    return this.findNumbers(COLUMNS.probabilities);
  }

  /** The numbers of a regression, or the predicted objects of a detection. */
  get predictions(): RowNumbers | undefined {
    return this.findNumbers(COLUMNS.predictions);
  }

  /** Probabilities, or the numbers of a regression; undefined where they are not stored. */
  get numbers(): RowNumbers | undefined {
    return this.predictions ?? this.probabilities;
  }

  /** Probabilities, or the numbers of a regression. Throws `data-loss` COLUMN_MISSING where they are not stored. */
  get outputs(): RowNumbers {
    const { data, dims } = this.file.float32(
      this.prefix +
        (this.names.has(this.prefix + COLUMNS.predictions) ? COLUMNS.predictions : COLUMNS.probabilities),
    );
    return { data, width: dims[0] ?? 1 };
  }

  get targets(): RowNumbers | undefined {
    return this.findNumbers(COLUMNS.targets);
  }

  get residual(): Float32Array | undefined {
    return this.findNumbers(COLUMNS.residual)?.data;
  }

  get pixelAccuracy(): Float32Array | undefined {
    return this.findNumbers(COLUMNS.pixelAccuracy)?.data;
  }

  get iou(): Float32Array | undefined {
    return this.findNumbers(COLUMNS.iou)?.data;
  }

  /** The predicted class of every position; undefined for other tasks and in older files. */
  get predictedPositions(): EvaluatedPositions | undefined {
    return this.readPositions(COLUMNS.predictedPositions);
  }

  get truePositions(): EvaluatedPositions | undefined {
    return this.readPositions(COLUMNS.truePositions);
  }

  /** Objects of the ground truth of a detection, as packed rows of `@noema/detection`. */
  get trueObjects(): RowNumbers | undefined {
    return this.findNumbers(COLUMNS.trueObjects);
  }

  get missed(): Float32Array | undefined {
    return this.findNumbers(COLUMNS.missed)?.data;
  }

  get wrongClass(): Float32Array | undefined {
    return this.findNumbers(COLUMNS.wrongClass)?.data;
  }

  get badlyPlaced(): Float32Array | undefined {
    return this.findNumbers(COLUMNS.badlyPlaced)?.data;
  }

  get falsePositives(): Float32Array | undefined {
    return this.findNumbers(COLUMNS.falsePositives)?.data;
  }

  /** Metrics that the integration of the data computes. */
  get metrics(): readonly SampleMetric[] {
    return [...this.names].flatMap((column) => {
      if (!column.startsWith(this.prefix)) return [];
      const name = metricName(column.slice(this.prefix.length));
      return name === undefined ? [] : [{ name, values: this.file.float32(column).data }];
    });
  }

  private classes(column: string): Int32Array | undefined {
    const name = this.prefix + column;
    return this.names.has(name) ? this.file.int32(name).data : undefined;
  }

  private readPositions(column: string): EvaluatedPositions | undefined {
    const name = this.prefix + column;
    const { positions } = this.info;
    if (positions === undefined || !this.names.has(name)) return undefined;
    const { channels, isExclusive } = positions;
    const { data, dims } = channels < 256 ? this.file.uint8(name) : this.file.int32(name);
    return { data, dims: isExclusive ? dims : dims.slice(0, -1), channels, isExclusive };
  }

  private findNumbers(column: string): RowNumbers | undefined {
    const name = this.prefix + column;
    if (!this.names.has(name)) return undefined;
    const { data, dims } = this.file.float32(name);
    return { data, width: dims[0] ?? 1 };
  }
}

/** The outputs that a file describes: at least one, and each of several with a name of its own. */
function parseOutputs(stored: string): readonly OutputInfo[] {
  let outputs: unknown;
  try {
    outputs = JSON.parse(stored);
  } catch {
    outputs = undefined;
  }
  if (!isOutputs(outputs)) throw outputsInvalid('are not a list of objects', stored);
  const names = new Set<string>();
  if (outputs.length > 1)
    for (const [index, { name = '' }] of outputs.entries()) {
      const columns = index === 0 ? 'columns without a prefix' : `columns ${outputPrefix(index)}*`;
      if (name === '') throw outputsInvalid(`have no name for output ${index} (${columns})`, stored);
      if (names.has(name))
        throw outputsInvalid(`have the name "${name}" again for output ${index} (${columns})`, stored);
      names.add(name);
    }
  return outputs;
}

const isOutputs = (value: unknown): value is readonly OutputInfo[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'object' && one !== null);

const outputsInvalid = (what: string, stored: string): DomainError =>
  new DomainError(
    'data-loss',
    'EVALUATION_OUTPUTS_INVALID',
    `the metadata "${OUTPUTS}" of the evaluation ${what}, and requests choose an output by its name: train or ` +
      'evaluate the run again',
    { metadata: { outputs: stored.slice(0, MAX_QUOTED) } },
  );

const outputPrefix = (output: number): string => (output === 0 ? '' : `outputs[${output}].`);

/** The columns that the task gives; without ground truth none that needs it. */
function toColumns(evaluation: OutputEvaluation): MatrixColumn[] {
  const { rows, width, task, hasLoss, outputs, targets, trueObjects } = evaluation;
  const one = (name: string, data: MatrixColumn['data'] | undefined): MatrixColumn[] =>
    data === undefined ? [] : [{ name, data, rows, dims: [] }];
  const isCompared = hasLoss.includes(1);
  const hasClass = width > 0 && (task === undefined || namesOneClass(task));
  return [
    ...one(COLUMNS.loss, evaluation.loss),
    ...one(COLUMNS.ownLoss, evaluation.ownLoss),
    ...one(COLUMNS.hasLoss, hasLoss),
    ...(hasClass ? one(COLUMNS.predictedClass, evaluation.predictedClass) : []),
    ...(hasClass && isCompared ? one(COLUMNS.trueClass, evaluation.trueClass) : []),
    ...((hasClass || (width > 0 && task === 'multi-label')) && isCompared
      ? one(COLUMNS.correct, evaluation.correct)
      : []),
    ...(width === 0
      ? []
      : [
          {
            name: task === 'regression' || task === 'detection' ? COLUMNS.predictions : COLUMNS.probabilities,
            data: outputs,
            rows,
            dims: [width],
          },
        ]),
    ...(targets === undefined ? [] : [{ name: COLUMNS.targets, data: targets, rows, dims: [width] }]),
    ...one(COLUMNS.residual, evaluation.residual),
    ...one(COLUMNS.pixelAccuracy, evaluation.pixelAccuracy),
    ...one(COLUMNS.iou, evaluation.iou),
    ...positionColumn(COLUMNS.predictedPositions, evaluation.predictedPositions, rows),
    ...(isCompared ? positionColumn(COLUMNS.truePositions, evaluation.truePositions, rows) : []),
    ...(trueObjects === undefined
      ? []
      : [{ name: COLUMNS.trueObjects, data: trueObjects.data, rows, dims: [trueObjects.width] }]),
    ...one(COLUMNS.missed, evaluation.missed),
    ...one(COLUMNS.wrongClass, evaluation.wrongClass),
    ...one(COLUMNS.badlyPlaced, evaluation.badlyPlaced),
    ...one(COLUMNS.falsePositives, evaluation.falsePositives),
    ...(evaluation.metrics ?? []).flatMap(({ name, values }) => one(metricColumn(name), values)),
  ];
}

const positionColumn = (
  name: string,
  positions: EvaluatedPositions | undefined,
  rows: number,
): MatrixColumn[] => {
  if (positions === undefined) return [];
  const { data, dims, channels, isExclusive } = positions;
  return [{ name, data, rows, dims: isExclusive ? dims : [...dims, channels] }];
};
