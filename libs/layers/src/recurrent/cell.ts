import type { Activation } from '../activations.js';
import type { Initializer } from '../initializers.js';
import type { LayerConfig } from '../layer.config.js';
import type { LayerScope } from '../layer.scope.js';
import type { Value } from '../value.js';

/** The parameters of a cell as tensors of the graph. */
export interface CellParameters {
  readonly kernel: string;
  readonly recurrent: string;
  readonly bias?: string;
}

/** What a recurrent layer does at one step; the first state is its output. */
export interface Cell {
  readonly units: number;
  /** How many states of [units] it carries. */
  readonly stateCount: number;
  /** Key of the activation that its output went through. */
  readonly activation: string;
  readonly dropout: number;
  readonly recurrentDropout: number;
  parameters(scope: LayerScope, width: number): CellParameters;
  /** The part of a step that needs no state: x · kernel + bias, of one step [width] or of a whole series [steps, width]. */
  project(scope: LayerScope, x: Value, parameters: CellParameters): Value;
  /** The states after a step, from the projected input and the states before. */
  step(scope: LayerScope, projected: Value, states: readonly Value[], parameters: CellParameters): Value[];
}

/** The settings that all cells share under their Keras names. */
export function cellSettings(config: LayerConfig) {
  // Ways of computing, not what is computed.
  for (const key of ['implementation', 'unroll', 'time_major', 'use_cudnn', 'zero_output_for_mask', 'num_constants', 'dropout_func']) config.raw(key);
  return {
    units: config.integer('units'),
    activation: config.activation('tanh'),
    useBias: config.flag('use_bias', true),
    kernelInitializer: config.initializer('kernel_initializer', 'glorot_uniform'),
    recurrentInitializer: config.initializer('recurrent_initializer', 'orthogonal'),
    biasInitializer: config.initializer('bias_initializer', 'zeros'),
    dropout: config.number('dropout', 0, { min: 0, below: 1 }),
    recurrentDropout: config.number('recurrent_dropout', 0, { min: 0, below: 1 }),
  };
}

export type CellSettings = ReturnType<typeof cellSettings>;

/** The part of a cell that all kinds share: kernel [in, gates · units], recurrent_kernel [units, gates · units], bias. */
export function cellBase({ units, activation, useBias, kernelInitializer, recurrentInitializer, biasInitializer, dropout, recurrentDropout }: CellSettings, gates: number, { biasDims = [gates * units], biasInitial = biasInitializer }: { biasDims?: number[]; biasInitial?: Initializer } = {}) {
  return {
    units, dropout, recurrentDropout,
    activation: activation.key,
    parameters(scope: LayerScope, width: number): CellParameters {
      const kernel = scope.parameter('kernel', [width, gates * units], { initializer: kernelInitializer });
      const recurrent = scope.parameter('recurrent_kernel', [units, gates * units], { initializer: recurrentInitializer });
      return useBias ? { kernel, recurrent, bias: scope.parameter('bias', biasDims, { initializer: biasInitial }) } : { kernel, recurrent };
    },
    project: (scope: LayerScope, x: Value, { kernel, bias }: CellParameters): Value => affine(scope, x, kernel, gates * units, bias),
  };
}

/** x · matrix + bias over the last axis. */
export function affine(scope: LayerScope, x: Value, matrix: string, width: number, bias?: string): Value {
  const shape = [...x.shape.slice(0, -1), width];
  const product: Value = { tensor: scope.op('MatMul', [x.tensor, matrix], ['n', ...shape]), shape, layout: 'last' };
  return bias === undefined ? product : { ...product, tensor: scope.like(product, 'Add', [product.tensor, bias]) };
}

/** The last axis cut into parts of `units`. */
export function gatesOf(scope: LayerScope, x: Value, count: number): Value[] {
  const units = x.shape.at(-1)! / count;
  const shape = [...x.shape.slice(0, -1), units];
  const parts = scope.ops('Split', [x.tensor, scope.constant(Array<number>(count).fill(units))], Array.from({ length: count }, () => ['n', ...shape]), { axis: shape.length });
  return parts.map((tensor) => ({ tensor, shape, layout: 'last' }));
}

export const combine = (scope: LayerScope, opType: 'Add' | 'Mul' | 'Sub', a: Value, b: Value): Value => ({ ...a, tensor: scope.like(a, opType, [a.tensor, b.tensor]) });

export const through = (scope: LayerScope, activation: Activation, x: Value): Value => ({ ...x, tensor: activation.write(scope, x) });
