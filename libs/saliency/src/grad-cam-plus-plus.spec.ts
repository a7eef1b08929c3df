import { expect, it } from 'vitest';
import { featureMap, gradCam, gradCamPlusPlus } from './index.js';

const shape = { height: 1, width: 4, channels: 1 };

it('of one channel is its activation times Σ g / (2 + g Σ A) over positive gradients', () => {
  const activation = featureMap(Float32Array.of(1, 0, 3, 2), shape, 'hwc');
  const gradient = featureMap(Float32Array.of(0.5, -1, 0.25, 0), shape, 'chw');
  const weight = 0.5 / (2 + 0.5 * 6) + 0.25 / (2 + 0.25 * 6);
  const { data } = gradCamPlusPlus(activation, { ...gradient, order: 'hwc' });
  [1, 0, 3, 2].forEach((value, p) => {
    expect(data[p]).toBeCloseTo(weight * value, 6);
  });
});

it('shows the small one of two places that Grad-CAM all but hides (Chattopadhay et al., section 3.1)', () => {
  // Channel 0 answers at three places, channel 1 at one; all with the same gradient where they answer.
  const two = { height: 1, width: 4, channels: 2 };
  const activation = featureMap(Float32Array.of(1, 0, 1, 0, 1, 0, 0, 1), two, 'hwc');
  const gradient = featureMap(Float32Array.of(1, 0, 1, 0, 1, 0, 0, 1), two, 'hwc');
  const [plain, plus] = [gradCam(activation, gradient).data, gradCamPlusPlus(activation, gradient).data];
  expect(plain[3]! / plain[0]!).toBeCloseTo(1 / 3, 6);
  expect(plus[3]! / plus[0]!).toBeCloseTo(1 / 3 / (3 / 5), 6);
});

it('of negative activations that leave the share no meaning is zero, never NaN', () => {
  const { data } = gradCamPlusPlus(
    featureMap(Float32Array.of(-1, -1, 0, 0), shape, 'hwc'),
    featureMap(Float32Array.of(1, 1, 1, 1), shape, 'hwc'),
  );
  expect([...data]).toEqual([0, 0, 0, 0]);
});
