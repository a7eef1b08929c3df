import { activate } from '../activations.js';
import type { LayerConfig } from '../layer.config.js';
import type { LayerKind } from '../layer.kind.js';
import type { LayerScope } from '../layer.scope.js';
import type { Value } from '../value.js';
import { type Window, readWindow } from '../window.js';

/** Output of a convolution: its feature maps `[n, filters, ...positions]`, before the activation. */
interface FeatureMaps {
  readonly tensor: string;
  readonly filters: number;
  readonly positions: readonly number[];
}

/**
 * Writes a convolution of a value with its channels first; `bias` gives the last input of its operator, none
 * without.
 */
type Write = (scope: LayerScope, x: Value, bias: (filters: number) => readonly string[]) => FeatureMaps;

/**
 * A layer that slides learned windows over `rank` axes. `read` parses the settings that are specific to this
 * kind.
 */
export const convolutionKind = (
  key: string,
  rank: number,
  read: (config: LayerConfig, window: Window) => Write,
): LayerKind => ({
  key,
  create(config) {
    const write = read(config, readWindow(config, rank, 'kernel_size'));
    const activation = config.activation();
    const useBias = config.flag('use_bias', true);
    const initializer = config.initializer('bias_initializer', 'zeros');
    return {
      role: 'learned',
      isConvolution: true,
      activation: activation.key,
      call(scope, inputs) {
        const x = scope.first(scope.one(inputs, rank + 1));
        const { tensor, filters, positions } = write(scope, x, (count) =>
          useBias ? [scope.parameter('bias', [count], { initializer })] : [],
        );
        return activate(scope, { tensor, shape: [...positions, filters], layout: 'first' }, activation);
      },
    };
  },
});

/** Keras 2 and TF.js also write inherited settings that the kind does not use. */
export function ignoreInherited(config: LayerConfig, ...keys: readonly string[]): void {
  for (const key of keys) config.raw(key);
}
