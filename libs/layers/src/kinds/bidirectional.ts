import type { LayerKind } from '../layer.kind.js';
import type { LayerScope } from '../layer.scope.js';
import { toDims, type Value } from '../value.js';

const MERGES = { sum: 'Add', ave: 'Add', mul: 'Mul' } as const;

/**
 * A recurrent layer over the series and a second one over the series from its end (Schuster & Paliwal, 1997).
 */
export const bidirectional: LayerKind = {
  key: 'Bidirectional',
  create(config, make) {
    const spec = config.raw('layer');
    const forward = make(spec);
    if (forward.layer.masking !== 'own' || forward.layer.role !== 'learned')
      throw config.fail('wraps a layer that is not recurrent; give SimpleRNN, GRU or LSTM');
    const given = config.raw('backward_layer');
    const backward = given === undefined ? make(spec, { go_backwards: !startsAtEnd(spec) }) : make(given);
    const merge = config.isNull('merge_mode')
      ? undefined
      : config.choice('merge_mode', ['concat', 'sum', 'ave', 'mul'], 'concat');
    const names = [
      `forward_${forward.name}`,
      given === undefined ? `backward_${backward.name}` : backward.name,
    ] as const;
    return {
      ...forward.layer,
      call(scope, inputs) {
        const [x, ...states] = inputs as [Value, ...Value[]];
        const half = states.length / 2;
        const run = ({ layer, trainable }: typeof forward, name: string, first: readonly Value[]): Value[] =>
          [layer.call(scope.within(name, { trainable }), [x, ...first])].flat<(Value | readonly Value[])[]>();
        const [ahead, ...endsAhead] = run(forward, names[0], states.slice(0, half)) as [Value, ...Value[]];
        const [back, ...endsBack] = run(backward, names[1], states.slice(half)) as [Value, ...Value[]];
        const turned = back.shape.length === 2 ? reversed(scope, back) : back;
        const merged = merge === undefined ? [ahead, turned] : [join(scope, ahead, turned, merge)];
        const keep = ahead.keep;
        return [
          ...merged.map((value) => (keep === undefined ? value : { ...value, keep })),
          ...endsAhead,
          ...endsBack,
        ];
      },
    };
  },
};

const startsAtEnd = (spec: unknown): boolean => {
  const { config = {} } = spec as { config?: Readonly<Record<string, unknown>> };
  return (config['go_backwards'] ?? config['goBackwards']) === true;
};

function reversed(scope: LayerScope, x: Value): Value {
  return {
    ...x,
    tensor: scope.like(x, 'Slice', [
      x.tensor,
      scope.constant([-1]),
      scope.constant([-x.shape[0]! - 1]),
      scope.constant([1]),
      scope.constant([-1]),
    ]),
  };
}

function join(scope: LayerScope, a: Value, b: Value, merge: 'concat' | keyof typeof MERGES): Value {
  if (merge === 'concat') {
    const value = { ...a, shape: [...a.shape.slice(0, -1), a.shape.at(-1)! + b.shape.at(-1)!] };
    return {
      ...value,
      tensor: scope.op('Concat', [a.tensor, b.tensor], toDims(value), { axis: value.shape.length }),
    };
  }
  const tensor = scope.like(a, MERGES[merge], [a.tensor, b.tensor]);
  return { ...a, tensor: merge === 'ave' ? scope.like(a, 'Mul', [tensor, scope.constant(0.5)]) : tensor };
}
