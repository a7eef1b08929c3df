import { seededRandom } from '@noema/kernel/random';
import type { Population } from '../population/population.js';

/**
 * A classifier of five classes whose last class always has a patch, in a field and a loud unit. One in twenty samples
 * of the others has it, too, and seven in ten of these are predicted as the last class; all others are misclassified in
 * one of twenty.
 */
export function plantTie(n: number): { readonly population: Population; readonly planted: Uint8Array } {
  const { population } = plantPopulation({ n });
  const random = seededRandom(3, 78);
  const classNames = ['cat', 'dog', 'elk', 'emu', 'fox'];
  const labels = Int32Array.from({ length: n }, () => Math.floor(random() * 5));
  const planted = Uint8Array.from(labels, (label) => Number(label < 4 && random() < 0.05));
  const wrong = planted.map((is) => Number(random() < (is === 1 ? 0.7 : 0.05)));
  const isPatched = (row: number): boolean => labels[row] === 4 || planted[row] === 1;
  const responses = Float32Array.from(labels, (_, row) => random() + (isPatched(row) ? 3 : 0));
  return {
    planted,
    population: {
      ...population,
      classNames,
      labels,
      predicted: labels.map((label, row) =>
        wrong[row] === 0 ? label : planted[row] === 1 ? 4 : (label + 1) % 5,
      ),
      losses: Float32Array.from(wrong, (is) => (is === 1 ? 2 : 0.1) * (0.5 + random())),
      spaces: [],
      units: { layers: [{ name: 'conv', units: 1 }], values: responses },
      metadata: [
        {
          name: 'patch',
          type: 'category',
          categories: ['no', 'yes'],
          codes: Int32Array.from(labels, (_, row) => Number(isPatched(row))),
        },
      ],
    },
  };
}

/**
 * A classifier of three classes in a space of six axes, all held out. With a `share`, that share of the samples of the
 * first class lies apart on two axes, has the site `annex` and is misclassified in six of ten; all others in one of
 * twenty, whatever their place.
 */
export function plantPopulation({
  n,
  share = 0,
  seed = 1,
}: {
  readonly n: number;
  readonly share?: number;
  readonly seed?: number;
}): { readonly population: Population; readonly planted: Uint8Array } {
  const random = seededRandom(seed, 77);
  const draw = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const [width, units] = [6, 4];
  const labels = Int32Array.from({ length: n }, () => Math.floor(random() * 3));
  const planted = Uint8Array.from(labels, (label) => Number(label === 0 && random() < 3 * share));
  const wrong = planted.map((is) => Number(random() < (is === 1 ? 0.6 : 0.05)));
  const predicted = labels.map((label, row) => (label + wrong[row]!) % 3);
  const losses = Float32Array.from(wrong, (is) => (is === 1 ? 2 : 0.1) * (0.5 + random()));
  const values = Float32Array.from(
    { length: n * width },
    (_, i) =>
      draw() +
      (i % width === labels[Math.floor(i / width)]! ? 4 : 0) +
      (planted[Math.floor(i / width)] === 1 && i % width > 3 ? 4 : 0),
  );
  const responses = new Float32Array(units * n).map(() => random());
  planted.forEach((is, row) => (responses[n + row]! += 3 * is));
  const population: Population = {
    n,
    task: 'multi-class',
    classNames: ['cat', 'dog', 'fox'],
    splitCodes: new Uint8Array(n),
    splits: ['validation'],
    labels,
    predicted,
    losses,
    history: [],
    spaces: [{ key: 'vectors', title: 'All layers', depth: undefined, width, values }],
    units: { layers: [{ name: 'conv', units }], values: responses },
    metadata: [
      { name: 'ink', type: 'number', values: Float64Array.from({ length: n }, random) },
      {
        name: 'site',
        type: 'category',
        categories: ['main', 'annex', 'field'],
        codes: Int32Array.from(planted, (is) => (is === 1 ? 1 : random() < 0.5 ? 0 : 2)),
      },
    ],
  };
  return { population, planted };
}
