import { expect, it } from 'vitest';
import { placeVisuals } from './placed-visuals.js';

const features = {
  encoder: 'features',
  columns: [
    { column: 'island', values: ['Biscoe', 'Dream', 'Torgersen'] },
    { column: 'beak', mean: 40, std: 5 },
    { column: 'ringed' },
  ],
};
const table = { kind: 'table' as const, columns: ['beak', 'species', 'island', 'ringed'] };

it('a row of a table stands for the numbers of its column in the input', () => {
  expect(placeVisuals({ inputs: { features }, visuals: { all: table } })).toEqual([
    ['all', { ...table, positions: [[3, 4], null, [0, 3], [4, 5]] }],
  ]);
});

it('a row stands for its number where the numbers of the input have another order', () => {
  const number = { encoder: 'number', columns: ['ringed', 'beak'] };
  const rows = { kind: 'table' as const, columns: ['beak', 'ringed'] };
  expect(placeVisuals({ inputs: { number }, visuals: { rows } })).toEqual([
    [
      'rows',
      {
        ...rows,
        positions: [
          [1, 2],
          [0, 1],
        ],
      },
    ],
  ]);
});

it('a row stands for nothing where there are other inputs, or none of its columns is one', () => {
  const others = { features, more: features };
  expect(placeVisuals({ inputs: others, visuals: { all: table } })).toEqual([['all', table]]);
  const species = { ...table, columns: ['species'] };
  expect(placeVisuals({ inputs: { features }, visuals: { all: species } })).toEqual([['all', species]]);
  const twice = { ...features, columns: [...features.columns, { column: 'beak', values: ['40'] }] };
  expect(placeVisuals({ inputs: { twice }, visuals: { all: table } })).toEqual([['all', table]]);
  const picture = { picture: { encoder: 'picture', column: 'beak', height: 8, width: 8, channels: 1 } };
  expect(placeVisuals({ inputs: picture, visuals: { all: table } })).toEqual([['all', table]]);
});
