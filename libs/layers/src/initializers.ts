import { DomainError, Registry } from '@noema/kernel';
import { elementCount } from '@noema/onnx';
import { snakeCase } from './topology.parser.js';

/** Fills a parameter of the given dimensions (TF.js layout) from uniform numbers in [0, 1). */
export type Initializer = (dims: readonly number[], random: () => number) => Float32Array;

type Settings = Readonly<Record<string, unknown>>;

interface InitializerKind {
  readonly key: string;
  create(settings: Settings): Initializer;
}

const filled =
  (value: number): Initializer =>
  (dims) =>
    new Float32Array(elementCount(dims)).fill(value);

/** One standard normal number by Box and Muller (1958). */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

function truncatedNormal(random: () => number): number {
  let z: number;
  do z = normal(random);
  while (Math.abs(z) > 2);
  return z;
}

const drawn =
  (draw: (random: () => number) => number): Initializer =>
  (dims, random) =>
    Float32Array.from({ length: elementCount(dims) }, () => draw(random));

const readChoice = (settings: Settings, key: string, fallback: string): string =>
  typeof settings[key] === 'string' ? snakeCase(settings[key]) : fallback;

const readNumber = (settings: Settings, key: string, fallback: number): number =>
  typeof settings[key] === 'number' ? settings[key] : fallback;

/** Standard deviation of a normal distribution cut at two of its deviations. */
const TRUNCATED_DEVIATION = 0.87962566103423978;

/** Variance scaling: Glorot & Bengio (2010), He et al. (2015), LeCun et al. (1998). */
function varianceScaling(scale: number, mode: string, distribution: string): Initializer {
  return (dims, random) => {
    const { fanIn, fanOut } = fans(dims);
    const fan = mode === 'fan_in' ? fanIn : mode === 'fan_out' ? fanOut : (fanIn + fanOut) / 2;
    const deviation = Math.sqrt(scale / Math.max(1, fan));
    if (distribution === 'uniform')
      return drawn((r) => (2 * r() - 1) * Math.sqrt(3) * deviation)(dims, random);
    if (distribution === 'untruncated_normal') return drawn((r) => normal(r) * deviation)(dims, random);
    return drawn((r) => (truncatedNormal(r) * deviation) / TRUNCATED_DEVIATION)(dims, random);
  };
}

function fans(dims: readonly number[]): { fanIn: number; fanOut: number } {
  if (dims.length < 2) return { fanIn: dims[0] ?? 1, fanOut: dims[0] ?? 1 };
  const field = elementCount(dims.slice(0, -2));
  return { fanIn: field * dims.at(-2)!, fanOut: field * dims.at(-1)! };
}

/** Orthonormal rows or columns (Saxe et al., 2014), by Gram and Schmidt on normal vectors. */
function orthogonal(gain: number): Initializer {
  return (dims, random) => {
    const columns = dims.at(-1) ?? 1;
    const rows = elementCount(dims) / columns;
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const basis: Float64Array[] = [];
    while (basis.length < count) {
      const v = Float64Array.from({ length }, () => normal(random));
      for (const b of basis) {
        const dot = v.reduce((sum, x, i) => sum + x * b[i]!, 0);
        v.forEach((x, i) => {
          v[i] = x - dot * b[i]!;
        });
      }
      const norm = Math.hypot(...v);
      if (norm > 1e-6) basis.push(v.map((x) => x / norm));
    }
    return Float32Array.from({ length: rows * columns }, (_, at) => {
      const [row, column] = [Math.floor(at / columns), at % columns];
      return gain * (rows >= columns ? basis[column]![row]! : basis[row]![column]!);
    });
  };
}

const identity =
  (gain: number): Initializer =>
  (dims) => {
    const data = new Float32Array(elementCount(dims));
    for (let i = 0; i < Math.min(dims[0] ?? 0, dims[1] ?? 0); i++) data[i * dims[1]! + i] = gain;
    return data;
  };

const scaled = (key: string, scale: number, mode: string, distribution: string): InitializerKind => ({
  key,
  create: () => varianceScaling(scale, mode, distribution),
});

const registry = new Registry<InitializerKind>('initializer', [
  { key: 'zeros', create: () => filled(0) },
  { key: 'ones', create: () => filled(1) },
  { key: 'constant', create: (s) => filled(readNumber(s, 'value', 0)) },
  {
    key: 'random_uniform',
    create: (s) =>
      drawn(
        (r) =>
          readNumber(s, 'minval', -0.05) +
          r() * (readNumber(s, 'maxval', 0.05) - readNumber(s, 'minval', -0.05)),
      ),
  },
  {
    key: 'random_normal',
    create: (s) => drawn((r) => readNumber(s, 'mean', 0) + readNumber(s, 'stddev', 0.05) * normal(r)),
  },
  {
    key: 'truncated_normal',
    create: (s) =>
      drawn((r) => readNumber(s, 'mean', 0) + readNumber(s, 'stddev', 0.05) * truncatedNormal(r)),
  },
  {
    key: 'variance_scaling',
    create: (s) =>
      varianceScaling(
        readNumber(s, 'scale', 1),
        readChoice(s, 'mode', 'fan_in'),
        readChoice(s, 'distribution', 'truncated_normal'),
      ),
  },
  scaled('glorot_uniform', 1, 'fan_avg', 'uniform'),
  scaled('glorot_normal', 1, 'fan_avg', 'truncated_normal'),
  scaled('he_uniform', 2, 'fan_in', 'uniform'),
  scaled('he_normal', 2, 'fan_in', 'truncated_normal'),
  scaled('lecun_uniform', 1, 'fan_in', 'uniform'),
  scaled('lecun_normal', 1, 'fan_in', 'truncated_normal'),
  { key: 'orthogonal', create: (s) => orthogonal(readNumber(s, 'gain', 1)) },
  { key: 'identity', create: (s) => identity(readNumber(s, 'gain', 1)) },
]);

/**
 * Returns the initialiser for a name or a `{class_name, config}` of Keras. Throws `invalid`
 * INITIALIZER_UNKNOWN, which lists the known names.
 */
export function parseInitializer(spec: unknown): Initializer {
  if (typeof spec === 'string') return registry.get(canonical(spec)).create({});
  if (
    typeof spec === 'object' &&
    spec !== null &&
    'class_name' in spec &&
    typeof spec.class_name === 'string'
  ) {
    const settings =
      'config' in spec && typeof spec.config === 'object' && spec.config !== null
        ? (spec.config as Settings)
        : {};
    return registry.get(canonical(spec.class_name)).create(settings);
  }
  throw new DomainError(
    'invalid',
    'INITIALIZER_UNKNOWN',
    `initializer ${JSON.stringify(spec)} is neither a name nor {class_name, config}`,
  );
}

const canonical = (name: string): string => snakeCase(name).replace('le_cun', 'lecun');
