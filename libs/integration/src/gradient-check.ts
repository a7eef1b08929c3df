import { DomainError } from '@noema/kernel';
import type { SampleLossResult } from './sample-scorer.js';
import type { Tensor } from './tensor.js';

/** Numbers of a prediction whose derivatives are compared, spread evenly. */
const CHECKED_NUMBERS = 16;
/** Step of the central differences. */
const STEP = 1e-2;
/** Largest difference, as a share of the larger of both. Predictions are float32. */
const TOLERANCE = 0.02;
/** Differences below this one are rounding. */
const ROUNDING = 1e-3;

/**
 * Compares the gradient of a loss with central differences of its value. Where the differences of two steps disagree,
 * the loss has a kink or a jump and its derivative is not compared. Throws `invalid` GRADIENT_WRONG with the position
 * and both numbers.
 */
export async function checkGradient(
  prediction: Tensor,
  { value, gradient }: SampleLossResult,
  lossAt: (prediction: Tensor) => Promise<SampleLossResult>,
): Promise<void> {
  if (gradient === undefined) return;
  const { length } = prediction.data;
  const count = Math.min(CHECKED_NUMBERS, length);
  const rounding = ROUNDING * Math.max(1, Math.abs(value));
  for (let i = 0; i < count; i++) {
    const at = Math.floor((i * length) / count);
    const wide = await difference(prediction, at, STEP, lossAt);
    const narrow = await difference(prediction, at, STEP / 2, lossAt);
    const agrees = (a: number, b: number): boolean =>
      Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b)) + rounding;
    if (!agrees(wide, narrow) || agrees(gradient[at]!, narrow)) continue;
    throw new DomainError(
      'invalid',
      'GRADIENT_WRONG',
      `number ${at} of the gradient is ${short(gradient[at]!)}, but the loss changes by ${short(narrow)} for ` +
        'each unit of that number of the prediction; return the derivative of the loss by the prediction',
    );
  }
}

async function difference(
  prediction: Tensor,
  at: number,
  step: number,
  lossAt: (prediction: Tensor) => Promise<SampleLossResult>,
): Promise<number> {
  const shifted = async (by: number): Promise<{ readonly x: number; readonly y: number }> => {
    const data = prediction.data.slice();
    data[at] = data[at]! + by;
    return { x: data[at], y: (await lossAt({ ...prediction, data })).value };
  };
  const [low, high] = [await shifted(-step), await shifted(step)];
  return (high.y - low.y) / (high.x - low.x);
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
