import { float32 } from '@noema/onnx';
import type { LayerKind } from '../layer.kind.js';
import type { LayerScope } from '../layer.scope.js';
import { toDims, shapeText, type Value } from '../value.js';

/** Concatenates the inputs along an axis. Default: the last axis. */
export const concatenate: LayerKind = {
  key: 'Concatenate',
  create(config) {
    const axis = config.integer('axis', { fallback: -1, min: -16 });
    return {
      role: 'plain',
      masking: 'own-keras-3',
      call(scope, inputs) {
        if (inputs.length < 2) throw scope.fail(`takes two inputs or more; ${inputs.length} are connected`);
        const parts = scope.aligned(inputs);
        const [head] = parts as [(typeof parts)[number]];
        const at = axis < 0 ? axis + head.shape.length : axis - 1;
        for (const { shape } of parts) {
          if (
            shape.length !== head.shape.length ||
            shape.some((size, i) => i !== at && size !== head.shape[i])
          )
            throw scope.fail(
              `takes inputs that differ only along axis ${axis}; they are ` +
                `${parts.map((part) => shapeText(part.shape)).join(' and ')}`,
            );
        }
        const graphAxis = scope.toAxis(head, axis);
        const { keep: _, ...first } = head;
        const keep = joinKeeps(scope, parts, at);
        const value = {
          ...first,
          ...(keep !== undefined && { keep }),
          shape: head.shape.map((size, i) =>
            i === at ? parts.reduce((sum, { shape }) => sum + shape[i]!, 0) : size,
          ),
        };
        return {
          ...value,
          tensor: scope.op(
            'Concat',
            parts.map(({ tensor }) => tensor),
            toDims(value),
            { axis: graphAxis },
          ),
        };
      },
    };
  },
};

/**
 * The mask by the rule of Keras 3: of series one after the other each its own, of series side by side where
 * one counts; a series without a mask counts everywhere.
 */
function joinKeeps(scope: LayerScope, parts: readonly Value[], at: number): string | undefined {
  const keeps = parts.flatMap(({ keep }) => keep ?? []);
  if (keeps.length === 0) return undefined;
  const odd = parts.find(({ shape }) => shape.length !== 2);
  if (odd !== undefined)
    throw scope.fail(`takes masked series, [steps, width]; one input is ${shapeText(odd.shape)}`);
  const steps = parts.map(({ shape }) => shape[0]!);
  if (at === 1)
    return keeps.length < parts.length
      ? undefined
      : keeps.reduce((a, b) => scope.op('Max', [a, b], ['n', steps[0]!, 1]));
  // 1 or less for every sample, from any of the masks.
  const most = scope.op('ReduceMax', [keeps[0]!, scope.constant([1])], ['n', 1, 1], { keepdims: 1 });
  const all = (count: number): string =>
    scope.op(
      'Max',
      [most, scope.constant(float32(new Float32Array(count).fill(1), [count, 1]))],
      ['n', count, 1],
    );
  return scope.op(
    'Concat',
    parts.map(({ keep }, i) => keep ?? all(steps[i]!)),
    ['n', steps.reduce((a, b) => a + b), 1],
    { axis: 1 },
  );
}
