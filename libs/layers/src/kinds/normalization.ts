import type { LayerConfig } from '../layer.config.js';
import type { LayerKind } from '../layer.kind.js';
import type { LayerScope } from '../layer.scope.js';
import { toDims, type Value } from '../value.js';
import { float32 } from '@noema/onnx';
import { parseInitializer } from '../initializers.js';

/** Keras' `epsilon()`: the smallest deviation that is divided by. */
const MIN_DEVIATION = 1e-7;

/**
 * (x − mean) / max(√variance, 1e-7), by moments that `adapt` measured before the training, or that the
 * settings hold; with `invert` its inverse. One axis, or none for moments of all numbers.
 */
export const normalization: LayerKind = {
  key: 'Normalization',
  create(config) {
    const axes = config.isNull('axis') ? [] : config.integers('axis', [-1]);
    if (axes.length > 1) throw config.fail(`has axis [${axes.join(', ')}]; give one, or none`);
    const invert = config.flag('invert', false);
    const given = { mean: parseNumbers(config, 'mean'), variance: parseNumbers(config, 'variance') };
    // Shape of the data that it was adapted to, written by Keras 2.
    config.raw('build_input_shape');
    return {
      role: 'plain',
      masking: 'carries',
      call(scope, inputs) {
        const x = scope.one(inputs);
        const axis = axes[0] === undefined ? undefined : scope.toAxis(x, axes[0]);
        const moment = (name: 'mean' | 'variance'): string =>
          writeMoment(scope, x, { name, given: given[name], axis });
        const mean = moment('mean');
        const variance = moment('variance');
        const dims =
          axis === undefined
            ? []
            : [
                toDims(x)[axis]!,
                ...toDims(x)
                  .slice(axis + 1)
                  .map(() => 1),
              ];
        const deviation = scope.op(
          'Max',
          [scope.op('Sqrt', [variance], dims), scope.constant(MIN_DEVIATION)],
          dims,
        );
        const tensor = invert
          ? scope.like(x, 'Add', [scope.like(x, 'Mul', [x.tensor, deviation]), mean])
          : scope.like(x, 'Div', [scope.like(x, 'Sub', [x.tensor, mean]), deviation]);
        return { ...x, tensor };
      },
    };
  },
};

function writeMoment(
  scope: LayerScope,
  x: Value,
  {
    name,
    given,
    axis,
  }: {
    readonly name: 'mean' | 'variance';
    readonly given: readonly number[] | undefined;
    readonly axis: number | undefined;
  },
): string {
  const size = axis === undefined ? undefined : (toDims(x)[axis] as number);
  const dims = size === undefined ? [] : [size];
  if (given !== undefined && given.length !== 1 && given.length !== (size ?? 1))
    throw scope.fail(`has ${given.length} numbers as ${name}; its input has ${size ?? 1} along the axis`);
  const vector =
    given === undefined
      ? scope.parameter(name, dims, {
          initializer: parseInitializer(name === 'mean' ? 'zeros' : 'ones'),
          trainable: false,
        })
      : scope.constant(
          float32(
            Array.from({ length: size ?? 1 }, (_, i) => given[given.length === 1 ? 0 : i]!),
            dims,
          ),
        );
  return size === undefined ? vector : scope.along(x, axis!, vector, size);
}

/** The numbers of a setting that may be one number or (nested) lists. */
function parseNumbers(config: LayerConfig, key: string): number[] | undefined {
  const raw = config.raw(key);
  if (raw === undefined) return undefined;
  const numbers = [raw].flat(20);
  if (!numbers.every((value): value is number => typeof value === 'number' && Number.isFinite(value)))
    throw config.fail(`has ${key} ${JSON.stringify(raw).slice(0, 100)}; give numbers`);
  return numbers;
}
