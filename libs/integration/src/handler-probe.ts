import { asDomainError } from '@noema/kernel';
import type { HandlerFault, HandlerReport } from './check-report.js';
import type { Handler } from './handler.js';
import type { Awaitable } from './integration.js';
import { type SampleContext, SPLIT_NAMES, type SplitName } from './sample.js';
import type { EncodedSpec } from './sample-spec.js';

const MAX_FAULTS = 20;

type Found = HandlerFault & { samples: number };

/** Calls one handler repeatedly and records its time, results and faults. */
export class HandlerProbe {
  private readonly faults: Found[] = [];
  private checked = 0;
  private elapsedMs = 0;
  private low = Infinity;
  private high = -Infinity;
  private returned = 'nothing';

  constructor(readonly handler: Handler) {}

  async call<T>(
    sample: SampleContext<unknown> | undefined,
    work: () => Awaitable<T>,
  ): Promise<T | undefined> {
    const begun = performance.now();
    try {
      return await work();
    } catch (error) {
      this.fault(sample, error);
      return undefined;
    } finally {
      this.elapsedMs += performance.now() - begun;
      this.checked++;
    }
  }

  get hasFaults(): boolean {
    return this.faults.length > 0;
  }

  says(returned: string): void {
    this.returned = returned;
  }

  saw(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) {
      this.low = Math.min(this.low, values[i]!);
      this.high = Math.max(this.high, values[i]!);
    }
  }

  report(spec?: EncodedSpec): HandlerReport {
    const round = (x: number): string => String(Number(x.toPrecision(4)));
    const range = this.low <= this.high ? ` from ${round(this.low)} to ${round(this.high)}` : '';
    const returned =
      spec === undefined ? `${this.returned}${range}` : `${spec.type}[${spec.dims.join(', ')}]${range}`;
    return {
      role: this.handler.role,
      name: this.handler.name,
      returned,
      checked: this.checked,
      milliseconds: this.elapsedMs / Math.max(1, this.checked),
      faults: this.faults,
      ...(spec === undefined ? {} : { spec }),
    };
  }

  /**
   * Records a fault of one sample or of the whole handler. A known fault at the same position is only
   * counted.
   */
  fault(sample: SampleContext<unknown> | undefined, error: unknown): void {
    const { reason, message, metadata } = asDomainError(error);
    const same = this.faults.find(
      (known) =>
        sample !== undefined &&
        known.sample !== undefined &&
        known.reason === reason &&
        known.file === metadata['file'] &&
        String(known.line) === String(metadata['line']),
    );
    if (same !== undefined) same.samples++;
    else if (this.faults.length < MAX_FAULTS) this.keep(sample, { reason, message, metadata });
  }

  private keep(
    sample: SampleContext<unknown> | undefined,
    { reason, message, metadata }: Pick<HandlerFault, 'reason' | 'message' | 'metadata'>,
  ): void {
    const split = SPLIT_NAMES.find((name): name is SplitName => name === sample?.split);
    this.faults.push({
      reason,
      message,
      metadata,
      samples: sample === undefined ? 0 : 1,
      ...(sample === undefined || split === undefined ? {} : { sample: { split, id: sample.id } }),
      ...(metadata['file'] === undefined ? {} : { file: metadata['file'] }),
      ...(metadata['line'] === undefined
        ? {}
        : { line: Number(metadata['line']), column: Number(metadata['column']) }),
    });
  }
}
