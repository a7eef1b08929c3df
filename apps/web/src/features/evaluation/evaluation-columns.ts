import { DomainError } from '@noema/kernel/domain-error';
import type { Outputs } from '@noema/evaluation';
import type { ArrowValues } from '../../api/arrow/arrow-columns.js';
import { readArrowFile } from '../../api/arrow/arrow-reader.js';

/** Numbers [rows, width], row-major. */
interface RowNumbers {
  readonly data: Float32Array;
  readonly width: number;
}

/** The evaluation of all rows after an epoch by one output of the model. */
export class EvaluationColumns {
  private constructor(
    readonly rows: number,
    private readonly columns: ReadonlyMap<string, ArrowValues>,
  ) {}

  /**
   * Reads an output from the Arrow file of an evaluation: the first one with the losses of all, or one by its position
   * with its own loss. Throws `data-loss` ARROW_INVALID.
   */
  static read(bytes: Uint8Array, output?: number): EvaluationColumns {
    const { schema, batches } = readArrowFile(bytes);
    const rows = batches.reduce((sum, { length }) => sum + length, 0);
    const prefix = output === undefined || output === 0 ? '' : `outputs[${output}].`;
    const columns = new Map(
      schema.fields.flatMap(({ name }, column) =>
        name.startsWith(prefix)
          ? [
              [
                name.slice(prefix.length),
                joinValues(batches.map(({ columns: of }) => of[column]!.values)),
              ] as const,
            ]
          : [],
      ),
    );
    const own = output === undefined ? undefined : columns.get('own_loss');
    if (own !== undefined) columns.set('loss', own);
    return new EvaluationColumns(rows, columns);
  }

  /** [rows], NaN without ground truth. */
  get losses(): Float32Array {
    return this.require('loss').map((loss, row) => (this.hasTruth(row) ? loss : NaN));
  }

  /** Whether a row has ground truth; its loss may still be infinite or NaN. */
  hasTruth(row: number): boolean {
    return this.columns.get('has_loss')?.[row] === 1;
  }

  /** [rows], 1 where the prediction is correct; undefined where nothing is right or wrong. */
  get correct(): Uint8Array | undefined {
    return this.columns.get('correct') as Uint8Array | undefined;
  }

  /** A number of each row, such as `iou`; undefined where the evaluation lacks it. */
  number(name: string): Float32Array | undefined {
    return this.columns.get(name) as Float32Array | undefined;
  }

  matrix(name: string): RowNumbers | undefined {
    const data = this.number(name);
    return data === undefined || this.rows === 0 ? undefined : { data, width: data.length / this.rows };
  }

  /** Ground truth and outputs, as reductions take them. */
  toOutputs(classNames: readonly string[]): Outputs {
    const scores = this.matrix('probabilities') ?? this.matrix('predictions');
    return {
      truth: this.columns.get('true_class') as Int32Array | undefined,
      predicted: this.columns.get('predicted_class') as Int32Array | undefined,
      scores: scores?.data ?? new Float32Array(),
      width: scores?.width ?? 0,
      targets: this.number('targets'),
      losses: this.losses,
      classNames,
    };
  }

  private require(name: string): Float32Array {
    const values = this.number(name);
    if (values !== undefined) return values;
    throw new DomainError(
      'data-loss',
      'COLUMN_MISSING',
      `the evaluation has no column "${name}"; it has ${[...this.columns.keys()].join(', ') || 'none'}`,
    );
  }
}

function joinValues(parts: readonly ArrowValues[]): ArrowValues {
  const [first] = parts;
  if (first === undefined) return new Float32Array();
  if (parts.length === 1) return first;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const joined = new (first.constructor as new (length: number) => ArrowValues)(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
