import { defineIntegration, image, oneHot, tensor } from '@noema/integration';
import { type Digit, readDigits, SIDE, splitDigits } from './digits.js';
import { classMeans, distanceTo, measureInk, measureSlant } from './handwriting.js';

const LABELS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

function preprocess() {
  const { training, validation } = splitDigits(readDigits());
  const means = classMeans(training);
  const split = (digits: readonly Digit[]) => ({
    length: digits.length,
    ids: digits.map(({ label, index }) => `${label}-${index}`),
    data: { digits, means },
  });
  return { training: split(training), validation: split(validation) };
}

/** 10,000 real handwritten digits: 8,000 to train on, 2,000 to validate with. */
export const integration = defineIntegration({
  name: 'mnist',
  preprocess,
  inputs: {
    image: ({ index, data }) =>
      tensor(
        new Float32Array(data.digits[index]!.pixels).map((ink) => ink / 255),
        [SIDE, SIDE, 1],
      ),
  },
  groundTruths: {
    digit: ({ index, data }) => oneHot(data.digits[index]!.label, LABELS),
  },
  metadata: {
    label: ({ index, data }) => data.digits[index]!.label,
    distance_to_class_mean: ({ index, data }) =>
      distanceTo(data.means[data.digits[index]!.label]!, data.digits[index]!),
    ink: ({ index, data }) => measureInk(data.digits[index]!),
    slant: ({ index, data }) => measureSlant(data.digits[index]!),
  },
  visualizers: {
    image: ({ index, data }) => image(tensor(data.digits[index]!.pixels, [SIDE, SIDE])),
  },
  predictions: { labels: LABELS },
});
