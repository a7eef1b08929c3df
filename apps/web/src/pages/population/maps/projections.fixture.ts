import { create } from '@bufbuild/protobuf';
import { methodMessage } from '@noema/contracts';
import { type Method, MethodSchema } from '@noema/contracts/noema/methods/v1/method';
import type { MethodDescriptor } from '@noema/kernel';
import { projectionAlgorithms } from '@noema/manifold';

const toMessage = (method: MethodDescriptor): Method =>
  create(MethodSchema, methodMessage('projection', method));

/** The projections as the platform lists them. */
export const PROJECTIONS: readonly Method[] = projectionAlgorithms.values().map(toMessage);

/** One that is unknown to clients, with a parameter of each type. */
export const TOY: Method = toMessage({
  key: 'toy',
  title: 'Toy',
  summary: 'Toy takes the first coordinates.',
  reference: 'Doe 2030',
  parameters: [
    {
      type: 'number',
      name: 'scale',
      title: 'Scale',
      help: 'Factor on every coordinate.',
      default: 2,
      minimum: -1,
      maximum: 9,
      step: 1,
    },
    {
      type: 'integer',
      name: 'steps',
      title: 'Steps',
      help: 'How many steps.',
      default: 0,
      minimum: 0,
      maximum: 100,
      step: 10,
      automatic: '50, or 20 from a map',
    },
    {
      type: 'choice',
      name: 'start',
      title: 'Start',
      help: 'Where it starts.',
      default: 'left',
      choices: [
        { value: 'left', title: 'at the left' },
        { value: 'right', title: 'at the right' },
      ],
    },
  ],
  facts: { usedByDefault: false, usesSeed: false, placing: 'Toy places by coordinates.' },
});
