import { defineIntegration, oneHot, series, table, tensor, text } from '@noema/integration';

const CLASSES = ['zero', 'one', 'two'];
const OFFSETS = { training: 0, validation: 100, unlabeled: 200 };

/** The twin of digits.py. */
export const integration = defineIntegration({
  name: 'golden',
  hosts: ['data.example.org:8443'],
  secrets: ['data-key'],
  preprocess: ({ secrets }) => ({
    training: { length: 40, data: secrets['data-key'] },
    validation: { length: 3, data: secrets['data-key'], ids: ['a', 'ü', '東'] },
    unlabeled: { length: 2, data: secrets['data-key'] },
  }),
  inputs: {
    image: ({ split, index }) =>
      tensor(
        Float32Array.from({ length: 12 }, (_, i) => (OFFSETS[split] + index + i) / 512),
        [3, 4, 1],
      ),
    tokens: ({ index }) => Int32Array.of(index, 7),
    bytes: ({ index }) => Uint8Array.of(255 - index),
    flag: ({ index }) => index % 2 === 0,
  },
  groundTruths: {
    digit: ({ split, index }) => {
      if (split === 'training' && index === 17) throw new TypeError('the label is missing');
      return oneHot(index % 3, CLASSES);
    },
    size: ({ index }) => index / 4,
  },
  metadata: {
    label: ({ index }) => (index === 5 ? null : index % 3),
    even: ({ split, index }) => (split === 'unlabeled' ? null : index % 2 === 0),
    stats: ({ index, data }) => ({
      ink: index / 2,
      source: index % 7 === 0 ? null : `höhe ${data}`,
      nothing: null,
    }),
  },
  visualizers: {
    note: ({ id }) => text(`sample ${id}`),
    tokens: ({ id }) => text(['the', id]),
    curve: ({ index }) => series({ loss: [3, 2.5, index], more: [NaN] }),
    facts: ({ index }) =>
      table(
        ['what', 'value'],
        [
          ['index', index],
          ['known', true],
          ['ratio', 0.25],
          ['none', null],
        ],
      ),
  },
  predictions: { labels: CLASSES, groundTruth: 'digit' },
  metrics: { certainty: ({ prediction }) => Math.max(...prediction.data) },
  loss: ({ prediction }) => prediction.data[0] * 2,
});
