import { seededRandom } from '@noema/kernel';
import { fitBasis, layerPull, computeMoments, project } from '@noema/perception';
import { describe, expect, it } from 'vitest';
import {
  channelMap,
  channelMeans,
  completenessGap,
  type FeatureMap,
  featureMap,
  gradCam,
  gradientMagnitude,
  gradientTimesInput,
  IntegratedGradients,
  layerCam,
  sharedArea,
  signedGradient,
  strongestUnits,
} from './index.js';

const shape = { height: 2, width: 2, channels: 2 };
const activation = featureMap(Float32Array.of(1, 0, 2, 0, 3, 4, 0, 1), shape, 'hwc');
const gradient = featureMap(Float32Array.of(1, -2, 1, -2, 1, 0, 1, 0), shape, 'hwc');

/** The same values channel after channel. */
function turned({ data, height, width, channels }: FeatureMap): FeatureMap {
  const positions = height * width;
  return featureMap(
    Float32Array.from(data, (_, i) => data[(i % positions) * channels + Math.floor(i / positions)]!),
    { height, width, channels },
    'chw',
  );
}

describe.each([
  ['hwc', (m: FeatureMap) => m],
  ['chw', turned],
] as const)('in order %s', (_, order) => {
  const a = order(activation);
  const g = order(gradient);
  it('Grad-CAM is relu(Σ mean gradient · activation)', () => {
    // mean gradients: 1 and −1
    expect([...gradCam(a, g).data]).toEqual([1, 2, 0, 0]);
  });
  it('Layer-CAM weights each position by its own positive gradient', () => {
    expect([...layerCam(a, g).data]).toEqual([1, 2, 3, 0]);
  });
  it('a channel has its own map and mean', () => {
    expect([...channelMap(a, 1).data]).toEqual([0, 0, 4, 1]);
    expect([...channelMeans(a)]).toEqual([1.5, 1.25]);
    expect(() => channelMap(a, 2)).toThrow(/unit 2 is not one of the layer's 2/);
  });
  it('gradient maps reduce over channels', () => {
    expect([...gradientMagnitude(g).data]).toEqual([2, 2, 1, 1]);
    expect([...signedGradient(g).data]).toEqual([-1, -1, 1, 1]);
    expect([...gradientTimesInput(a, g).data]).toEqual([1, 2, 3, 0]);
  });
  it('the strongest unit has the largest Σ gradient · activation', () => {
    expect(strongestUnits(a, g, 5)).toEqual([
      { unit: 0, contribution: 6, response: 1.5 },
      { unit: 1, contribution: 0, response: 1.25 },
    ]);
  });
});

describe('integrated gradients', () => {
  // f(x) = x₀² + 3 x₀x₁ has gradient (2x₀ + 3x₁, 3x₀); along the straight way from 0 the attributions are x₀²
  // + 1.5 x₀x₁ and 1.5 x₀x₁.
  const input = Float32Array.of(2, -1);
  const baseline = Float32Array.of(0, 0);
  const gradientAt = (x: Float32Array): Float32Array =>
    x.map((_, i) => (i % 2 === 0 ? 2 * x[i]! + 3 * x[i + 1]! : 3 * x[i - 1]!));
  it('are exact for a quadratic and complete, in any batches', () => {
    const run = new IntegratedGradients(input, baseline, 10);
    for (const [from, to] of [
      [0, 3],
      [3, 4],
      [4, 10],
    ] as const)
      run.add(gradientAt(run.inputs(from, to)));
    const attributions = run.attributions();
    expect(attributions[0]).toBeCloseTo(4 - 3, 5);
    expect(attributions[1]).toBeCloseTo(-3, 5);
    expect(completenessGap(attributions, 4 - 6, 0)).toBeLessThan(1e-6);
  });
  it('refined equal the gradients of three times as many steps, and ask only for what is new', () => {
    const fully = new IntegratedGradients(input, baseline, 12);
    const coarse = new IntegratedGradients(input, baseline, 4);
    const cubes = (x: Float32Array): Float32Array => x.map((v) => v ** 3);
    fully.add(cubes(fully.inputs(0, 12)));
    coarse.add(cubes(coarse.inputs(0, 4)));
    const refined = coarse.refined();
    expect([refined.steps, refined.count]).toEqual([12, 8]);
    expect(() => coarse.refined().refined()).toThrow(/gradients of 0 of 8 steps/);
    refined.add(cubes(refined.inputs(0, 8)));
    refined.attributions().forEach((value, i) => {
      expect(value).toBeCloseTo(fully.attributions()[i]!, 5);
    });
  });
  it('refuse to end early and gradients that are too many', () => {
    const run = new IntegratedGradients(input, baseline, 2);
    expect(() => run.attributions()).toThrow(/gradients of 0 of 2 steps/);
    expect(() => {
      run.add(new Float32Array(6));
    }).toThrow(/at most 2 inputs of 2 values/);
    expect(() => new IntegratedGradients(input, new Float32Array(3), 2)).toThrow(/baseline of 3 values/);
  });
});

describe('shared area', () => {
  it(
    "sums over positions to the layer's part, and over layers to the inner product of the two vectors, " +
      'whatever the baseline is',
    () => {
      const random = seededRandom(11);
      const n = 40;
      const layers = [
        { name: 'conv1', units: 3, size: 4 },
        { name: 'conv2', units: 5, size: 2 },
        { name: 'dense', units: 4, size: 1 },
      ];
      const activations = Array.from({ length: n }, () =>
        layers.map(({ units, size }) =>
          featureMap(
            Float32Array.from({ length: units * size * size }, () => Math.max(0, random() - 0.3)),
            { height: size, width: size, channels: units },
            'hwc',
          ),
        ),
      );
      const computeResponses = (sample: readonly FeatureMap[]): number[] =>
        sample.flatMap((map) => [...channelMeans(map)]);
      const responses = Float32Array.from(activations.flatMap(computeResponses));
      const basis = fitBasis(computeMoments(responses, 12), { layers });
      const vectors = project(basis, responses);
      const k = vectors.length / n;
      const a = vectors.subarray(3 * k, 4 * k);
      const b = vectors.subarray(17 * k, 18 * k);
      const inner = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
      const empty = activations[29]!;
      let total = 0;
      layers.forEach(({ name, units }, l) => {
        const pull = layerPull(basis, name, b);
        const responses = channelMeans(activations[3]![l]!);
        const sum = sharedArea(activations[3]![l]!, empty[l]!, pull).data.reduce(
          (all, value) => all + value,
          0,
        );
        expect(sum).toBeCloseTo(
          Array.from({ length: units }, (_, c) => pull.weights[c]! * (responses[c]! - pull.mean[c]!)).reduce(
            (all, value) => all + value,
            0,
          ),
          5,
        );
        total += sum;
      });
      expect(total).toBeCloseTo(inner, 4);
    },
  );
  it('of a sample that is as empty as the baseline is the same everywhere, and sums to its part', () => {
    const { data } = sharedArea(activation, activation, {
      weights: Float64Array.of(2, -1),
      mean: Float64Array.of(1, 0.25),
    });
    // 2 · (1.5 − 1) − (1.25 − 0.25) = 0
    data.forEach((value) => {
      expect(value).toBeCloseTo(0, 6);
    });
    const other = sharedArea(activation, activation, {
      weights: Float64Array.of(2, -1),
      mean: Float64Array.of(0, 0.25),
    });
    other.data.forEach((value) => {
      expect(value).toBeCloseTo(0.5, 6);
    });
  });
  it.each(['hwc', 'chw'] as const)(
    'is 0 in order %s where a convolution answers to nothing but its bias, however strongly',
    (order) => {
      // A dot at row 1, column 2 of 5 × 6; the sum of the 3 × 3 around each place, with zeros around the
      // picture; units relu(sum + 2) and relu(1 − sum).
      const positions = 30;
      const near = (p: number): number =>
        Math.abs(Math.floor(p / 6) - 1) <= 1 && Math.abs((p % 6) - 2) <= 1 ? 1 : 0;
      const answers = (dot: number): FeatureMap => {
        const map = featureMap(
          Float32Array.from({ length: 2 * positions }, (_, i) =>
            i % 2 === 0 ? 2 + dot * near(i >> 1) : Math.max(0, 1 - dot * near(i >> 1)),
          ),
          { height: 5, width: 6, channels: 2 },
          'hwc',
        );
        return order === 'hwc' ? map : turned(map);
      };
      const { data } = sharedArea(answers(3), answers(0), {
        weights: Float64Array.of(-10, 7),
        mean: Float64Array.of(0.5, 0.25),
      });
      // Nine places answer alike, so each has a ninth of the part: mean answers 2 + 0.9 and 1 − 0.3 against
      // means of 0.5 and 0.25.
      data.forEach((value, p) => {
        expect(value).toBeCloseTo((near(p) * (-10 * (2.9 - 0.5) + 7 * (0.7 - 0.25))) / 9, 5);
      });
      expect(data.filter((value) => value === 0)).toHaveLength(positions - 9);
    },
  );
  it('refuses a layer of another width, and a baseline of another shape', () => {
    const pull = (units: number) => ({ weights: new Float64Array(units), mean: new Float64Array(units) });
    expect(() => sharedArea(activation, activation, pull(3))).toThrow(
      /knows 3 units of this layer, the activation has 2/,
    );
    expect(() => sharedArea(activation, turned(activation), pull(2))).toThrow(
      /activation 2 × 2 × 2 \(hwc\) and that of an empty input 2 × 2 × 2 \(chw\)/,
    );
  });
});

describe('bad maps', () => {
  it('are refused by shape and by the place of a NaN', () => {
    expect(() => featureMap(new Float32Array(7), shape, 'hwc')).toThrow(
      /7 values are no map of 2 × 2 positions and 2 channels/,
    );
    expect(() => featureMap(Float32Array.of(0, 0, 0, 0, 0, NaN, 0, 0), shape, 'hwc')).toThrow(
      /channel 1 at row 1, column 0 is NaN/,
    );
    expect(() => featureMap(Float32Array.of(0, 0, 0, 0, 0, NaN, 0, 0), shape, 'chw')).toThrow(
      /channel 1 at row 0, column 1 is NaN/,
    );
    expect(() => gradCam(activation, turned(gradient))).toThrow(/do not belong together/);
  });
});
