import { DomainError } from '@noema/kernel';
import { type Handler, runHandler } from './handler.js';
import type { Integration } from './integration.js';
import type { SampleEncoder } from './sample-encoder.js';
import type { SampleContext } from './sample.js';
import { type Tensor, toTensor } from './tensor.js';

/** The loss of one sample; `gradient` is in the shape of the prediction. */
export interface SampleLossResult {
  readonly value: number;
  readonly gradient: Float32Array | undefined;
}

/** Runs the metrics and the loss of an integration on samples with their predictions. */
export class SampleScorer {
  /** Names of the metrics, in the order of their values. */
  readonly metricNames: readonly string[];

  constructor(
    private readonly integration: Integration,
    private readonly encoder: SampleEncoder,
  ) {
    this.metricNames = Object.keys(integration.metrics ?? {});
  }

  /** Encodes the ground truths of a sample, by name. */
  async groundTruths(sample: SampleContext<unknown>): Promise<Record<string, Tensor>> {
    const truths: Record<string, Tensor> = {};
    for (const [name, fn] of Object.entries(this.integration.groundTruths))
      truths[name] = await this.encoder.tensor({ role: 'ground-truth', name, fn }, sample);
    return truths;
  }

  /**
   * Returns the metrics of one sample, in the order of `metricNames`. Throws `invalid` HANDLER_THREW, and NOT_FINITE
   * for what is not a finite number, with handler and sample.
   */
  async metrics(sample: SampleContext<unknown>, prediction: Tensor): Promise<number[]> {
    const groundTruths = await this.groundTruths(sample);
    const values: number[] = [];
    for (const [name, fn] of Object.entries(this.integration.metrics ?? {}))
      values.push(
        await runHandler({ role: 'metric', name, fn }, sample, async () =>
          finiteScore(await fn({ sample, prediction, groundTruths })),
        ),
      );
    return values;
  }

  /**
   * Returns the loss of one sample. Throws as `metrics`, and `invalid` GRADIENT_INVALID for a gradient that has
   * another shape than the prediction or numbers that are not finite.
   */
  async loss(sample: SampleContext<unknown>, prediction: Tensor): Promise<SampleLossResult> {
    return this.computeLoss(sample, prediction, await this.groundTruths(sample));
  }

  /** As `loss`, for ground truths that are encoded already. */
  computeLoss(
    sample: SampleContext<unknown>,
    prediction: Tensor,
    groundTruths: Readonly<Record<string, Tensor>>,
  ): Promise<SampleLossResult> {
    const fn = this.integration.loss;
    if (fn === undefined)
      throw new DomainError(
        'unsupported',
        'LOSS_MISSING',
        `integration "${this.integration.name}" declares no loss; name another loss, or add one to it`,
      );
    const handler: Handler = { role: 'loss', name: 'loss', fn };
    return Promise.resolve(
      runHandler(handler, sample, async () => {
        const result = await fn({ sample, prediction, groundTruths });
        if (typeof result !== 'object' || result === null)
          return { value: finiteScore(result), gradient: undefined };
        return { value: finiteScore(result.value), gradient: checkedGradient(result.gradient, prediction) };
      }),
    );
  }
}

/** Returns a finite number. Throws `invalid` NOT_FINITE. */
export function finiteScore(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new DomainError('invalid', 'NOT_FINITE', `it returned ${describe(value)}; return a finite number`);
}

const describe = (value: unknown): string =>
  typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, 80);

function checkedGradient(value: unknown, { dims }: Tensor): Float32Array {
  const gradient = toTensor(value);
  if (gradient.dims.join() !== dims.join())
    throw gradientInvalid(
      `the gradient has the shape [${gradient.dims.join(', ')}], and the prediction [${dims.join(', ')}]; return ` +
        'the derivative by each number of the prediction',
    );
  const at = gradient.data.findIndex((number) => !Number.isFinite(number));
  if (at !== -1)
    throw gradientInvalid(`number ${at} of the gradient is ${gradient.data[at]}; return finite numbers`);
  return gradient.data;
}

const gradientInvalid = (message: string): DomainError =>
  new DomainError('invalid', 'GRADIENT_INVALID', message);
