import { create } from '@bufbuild/protobuf';
import { methodMessage } from '@noema/contracts';
import { MethodSchema } from '@noema/contracts/noema/methods/v1/method';
import { expect, it } from 'vitest';
import { METHOD_COLUMNS } from './methods.command.js';

it('describes a method that is unknown to clients, with names, defaults and limits of its parameters', () => {
  const toy = create(
    MethodSchema,
    methodMessage('projection', {
      key: 'toy',
      title: 'Toy',
      summary: 'Takes the first coordinates.',
      reference: '',
      parameters: [
        {
          type: 'number',
          name: 'scale',
          title: 'Scale',
          help: 'Factor on every coordinate.',
          default: 2,
          minimum: 1,
          maximum: 9,
          step: 0.5,
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
        {
          type: 'number',
          name: 'rate',
          title: 'Rate',
          help: 'Size of a step.',
          default: 0.5,
          above: 0,
          below: 1,
          step: 0.1,
        },
        { type: 'boolean', name: 'fast', title: 'Fast', help: 'Whether it is fast.', default: false },
        { type: 'numbers', name: 'at', title: 'At', help: 'Steps of a change.', default: [1, 2] },
      ],
      facts: { usedByDefault: true },
    }),
  );
  expect(METHOD_COLUMNS.map(({ heading, value }) => [heading, value(toy)])).toEqual([
    ['KIND', 'projection'],
    ['KEY', 'toy'],
    ['NAME', 'Toy'],
    ['DEFAULT', 'yes'],
    [
      'PARAMETERS',
      'scale=2 (1–9), start=left (left|right), rate=0.5 (>0–<1), fast=false (true|false), at=[1,2] (numbers)',
    ],
    ['SUMMARY', 'Takes the first coordinates.'],
  ]);
});
