import { describe, expect, it } from 'vitest';
import { SmoothGrad } from './index.js';

describe('SmoothGrad', () => {
  // f(x) = Σ x³ / 3 has the gradient x², whose mean under noise of variance s² is x² + s².
  const input = Float32Array.of(0, 1, -2, 3, 0.5);
  const samples = 20_000;
  const noise = 0.2;
  const deviation = noise * 5;
  const run = (cuts: readonly number[]): Float32Array => {
    const smooth = new SmoothGrad(input, { samples, noise });
    [...cuts, samples].reduce((from, to) => {
      smooth.add(smooth.inputs(from, to).map((x) => x * x));
      return to;
    }, 0);
    return smooth.gradient();
  };
  it('is the mean gradient under Gaussian noise of the given share of the range', () => {
    run([]).forEach((mean, i) => {
      const x = input[i]!;
      const error = Math.sqrt((4 * x * x * deviation ** 2 + 2 * deviation ** 4) / samples);
      expect(Math.abs(mean - (x * x + deviation ** 2))).toBeLessThan(5 * error);
    });
  });
  it('is the same however the batches are cut, and refuses to end early', () => {
    expect(run([1, 7, 4_000])).toEqual(run([]));
    const smooth = new SmoothGrad(input, { samples: 3 });
    smooth.add(smooth.inputs(0, 2));
    expect(() => smooth.gradient()).toThrow(/gradients of 2 of 3 noisy copies/);
    expect(() => {
      smooth.add(smooth.inputs(0, 2));
    }).toThrow(/at most 1 copies of 5 values/);
    expect(() => new SmoothGrad(input, { samples: 0 })).toThrow(/0 noisy samples/);
  });
  it('of a constant input adds no noise', () => {
    expect(new SmoothGrad(Float32Array.of(2, 2), { samples: 1 }).inputs(0, 1)).toEqual(Float32Array.of(2, 2));
  });
});
