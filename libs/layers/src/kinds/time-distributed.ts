import type { LayerKind } from '../layer.kind.js';

/** The wrapped layer or model on every step of a series [steps, …], with the same parameters. */
export const timeDistributed: LayerKind = {
  key: 'TimeDistributed',
  create(config, make) {
    const { layer, trainable } = make(config.raw('layer'));
    return {
      ...layer,
      masking: 'carries',
      call(scope, inputs) {
        const series = scope.one(inputs);
        if (series.shape.length < 2) throw scope.fail('takes a series, [steps, …]');
        const own = scope.within(undefined, { trainable });
        return scope.eachStep(series, (step) => own.one([layer.call(own, [step])].flat()));
      },
    };
  },
};
