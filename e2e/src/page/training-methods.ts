import { methodMessage } from '@noema/contracts';

const method = (key: string, title: string) => ({
  key,
  title,
  summary: `${title} of a made-up catalogue.`,
  reference: '',
  facts: {},
});
const number = (name: string, title: string, fallback: number, limits: object = {}) => ({
  type: 'number' as const,
  name,
  title,
  help: `${title} of a method that no client knows.`,
  default: fallback,
  step: 0.01,
  ...limits,
});

/** Methods of training that no client has heard of, so that a form can know them from the catalogue alone. */
export const TRAINING_METHODS = [
  methodMessage('optimizer', {
    ...method('roller', 'Roller'),
    facts: { usedByDefault: true },
    parameters: [
      number('learning_rate', 'Learning rate', 0.25, { minimum: 0 }),
      number('drag', 'Drag', 0.5, { minimum: 0, below: 1 }),
      {
        type: 'boolean',
        name: 'uphill',
        title: 'Uphill',
        help: 'Whether it may climb.',
        default: false,
      },
    ],
  }),
  methodMessage('schedule', {
    ...method('steps', 'Steps'),
    parameters: [
      {
        type: 'numbers',
        name: 'rates',
        title: 'Rates',
        help: 'Learning rate of each epoch.',
        default: [],
      },
    ],
  }),
  methodMessage('loss', {
    ...method('tolerant', 'Tolerant'),
    parameters: [number('slack', 'Slack', 1, { minimum: 0 })],
  }),
  methodMessage('metric', { ...method('hits', 'Hits'), parameters: [] }),
];
