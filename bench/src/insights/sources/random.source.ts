import type { MetadataColumn } from '@noema/insights';
import { seededRandom } from '@noema/kernel/random';
import type { Source } from './source.js';

/** Sources of random draws. */
interface Draws {
  readonly uniform: () => number;
  readonly normal: () => number;
  /** An integer from 0 to n − 1. */
  readonly index: (n: number) => number;
}

interface Plan {
  readonly kind: Source['kind'];
  readonly shape: readonly number[];
  readonly n: number;
  readonly classes: number;
  /** Returns the inputs of one sample and its class. */
  readonly draw: () => { readonly label: number; readonly values: Float32Array };
}

const FAMILIES: Readonly<Record<string, (draws: Draws) => Plan>> = { blobs, rules, pictures, waves, tables };
const SIZES = [600, 1000, 2000, 4000] as const;

/** Keys of the families, in turn. */
export const RANDOM_FAMILIES = Object.keys(FAMILIES);

/**
 * Makes a data set without faults: classes that can be learned, independent samples without copies, true labels, and
 * metadata that depend on nothing. The seed sets family, size, number of classes and everything else.
 */
export function createRandomSource(seed: number): Source {
  const uniform = seededRandom(seed, 0x636c65);
  const draws: Draws = {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    index: (n) => Math.floor(uniform() * n),
  };
  const family = RANDOM_FAMILIES[seed % RANDOM_FAMILIES.length]!;
  const { kind, shape, n, classes, draw } = FAMILIES[family]!(draws);
  const size = shape.reduce((product, dim) => product * dim, 1);
  const inputs = new Float32Array(n * size);
  const labels = new Int32Array(n);
  for (let row = 0; row < n; row++) {
    const { label, values } = draw();
    inputs.set(values, row * size);
    labels[row] = label;
  }
  return {
    key: `${family} ${seed}`,
    kind,
    shape,
    classNames: Array.from({ length: classes }, (_, c) => `class ${String.fromCharCode(65 + c)}`),
    n,
    inputs,
    labels,
    metadata: drawMetadata(n, draws),
  };
}

const drawSize = ({ index }: Draws): number => SIZES[index(SIZES.length)]!;

/** Normal clouds in a few dimensions, whose centres lie at least six deviations apart. */
function blobs(draws: Draws): Plan {
  const [classes, width] = [2 + draws.index(6), 4 + draws.index(12)];
  const centers: Float32Array[] = [];
  while (centers.length < classes) {
    const center = Float32Array.from({ length: width }, () => 4 * draws.normal());
    if (centers.every((other) => Math.hypot(...other.map((x, i) => x - center[i]!)) > 6))
      centers.push(center);
  }
  return {
    kind: 'table',
    shape: [width],
    n: drawSize(draws),
    classes,
    draw: () => {
      const label = draws.index(classes);
      return { label, values: centers[label]!.map((x) => x + draws.normal()) };
    },
  };
}

/** The majority of five random rules on columns says the class; samples near a draw are not drawn. */
function rules(draws: Draws): Plan {
  const width = 8;
  const weights = Array.from({ length: 5 }, () => Float32Array.from({ length: width }, () => draws.normal()));
  return {
    kind: 'table',
    shape: [width],
    n: drawSize(draws),
    classes: 2,
    draw: () => {
      for (;;) {
        const values = Float32Array.from({ length: width }, () => draws.normal());
        const votes = weights.map((own) => own.reduce((sum, w, i) => sum + w * values[i]!, 0));
        const sum = votes.reduce((total, vote) => total + Math.tanh(vote), 0);
        if (Math.abs(sum) > 1) return { label: Number(sum > 0), values };
      }
    },
  };
}

/** Smooth random pictures, one a class, at random brightness and with noise. */
function pictures(draws: Draws): Plan {
  const [classes, side] = [3 + draws.index(5), 16];
  const prototypes = Array.from({ length: classes }, () => {
    const waves = Array.from(
      { length: 4 },
      () => [1 + draws.index(3), 1 + draws.index(3), 6.28 * draws.uniform()] as const,
    );
    return Float32Array.from({ length: side * side }, (_, i) =>
      waves.reduce(
        (sum, [fx, fy, phase]) =>
          sum + Math.cos((6.28 * (fx * (i % side) + fy * Math.floor(i / side))) / side + phase) / 8,
        0.5,
      ),
    );
  });
  return {
    kind: 'image',
    shape: [side, side, 1],
    n: drawSize(draws),
    classes,
    draw: () => {
      const label = draws.index(classes);
      const light = 0.8 + 0.4 * draws.uniform();
      return { label, values: prototypes[label]!.map((ink) => ink * light + 0.15 * draws.normal()) };
    },
  };
}

/** Sines of one frequency a class, at a random phase and with noise. */
function waves(draws: Draws): Plan {
  const [classes, steps] = [2 + draws.index(4), 48];
  return {
    kind: 'series',
    shape: [steps, 1],
    n: drawSize(draws),
    classes,
    draw: () => {
      const label = draws.index(classes);
      const phase = 6.28 * draws.uniform();
      const rate = (6.28 * (1 + 3 * label)) / steps;
      return {
        label,
        values: Float32Array.from(
          { length: steps },
          (_, i) => Math.sin(rate * i + phase) + 0.2 * draws.normal(),
        ),
      };
    },
  };
}

/** Columns of several kinds of distributions, of which three say the class. */
function tables(draws: Draws): Plan {
  const [classes, width] = [2 + draws.index(3), 10];
  return {
    kind: 'table',
    shape: [width],
    n: drawSize(draws),
    classes,
    draw: () => {
      const label = draws.index(classes);
      const values = Float32Array.from({ length: width }, (_, i) => {
        if (i < 3) return 3 * Math.cos(1.5 * label + i) + 0.6 * draws.normal();
        return i < 6 ? draws.uniform() : -Math.log(1 - draws.uniform());
      });
      return { label, values };
    },
  };
}

function drawMetadata(n: number, draws: Draws): MetadataColumn[] {
  const sites = 2 + draws.index(6);
  return [
    {
      name: 'site',
      type: 'category',
      categories: Array.from({ length: sites }, (_, i) => `site ${i + 1}`),
      codes: Int32Array.from({ length: n }, () => draws.index(sites)),
    },
    {
      name: 'age',
      type: 'number',
      values: Float64Array.from({ length: n }, () => Math.floor(80 * draws.uniform())),
    },
    { name: 'noise', type: 'number', values: Float64Array.from({ length: n }, () => draws.normal()) },
  ];
}
