import type { Activation } from '../activations.js';
import { affine } from '../affine.js';
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

/** A cell with its parameters. */
export interface OpenCell {
  /**
   * The part of a step that needs no state: x · kernel + bias, of one step [width] or of a whole series
   * [steps, width].
   */
  project(scope: LayerScope, x: Value): Value;
  /** The states after a step, from the projected input and the states before. */
  step(scope: LayerScope, projected: Value, states: readonly Value[]): Value[];
}

/** One step of a recurrent layer. The first state is its output. */
export interface Cell {
  /** Size of each state that it carries. */
  readonly stateSizes: readonly number[];
  /** Key of the activation that its output went through. */
  readonly activation: string;
  readonly dropout: number;
  readonly recurrentDropout: number;
  /** Opens it for inputs of [width]. */
  open(scope: LayerScope, width: number): OpenCell;
}

/** The settings that all cells share under their Keras names. */
export function cellSettings(config: LayerConfig, sizeKey = 'units') {
  // Settings that affect how the result is computed, not the result.
  for (const key of [
    'implementation',
    'unroll',
    'time_major',
    'use_cudnn',
    'zero_output_for_mask',
    'num_constants',
    'dropout_func',
  ])
    config.raw(key);
  return {
    units: config.integer(sizeKey),
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

/** How a cell differs from others: gates · units is the width of its kernels, `biasDims` that of its bias. */
interface CellForm {
  readonly settings: CellSettings;
  readonly gates: number;
  readonly stateCount: number;
  readonly biasDims?: readonly number[];
  readonly biasInitializer?: Initializer;
  readonly project?: (scope: LayerScope, x: Value, parameters: CellParameters) => Value;
  readonly step: (
    scope: LayerScope,
    projected: Value,
    states: readonly Value[],
    parameters: CellParameters,
  ) => Value[];
}

/** A cell with kernel [in, gates · units], recurrent_kernel [units, gates · units] and bias. */
export function createCell(form: CellForm): Cell {
  const { settings, gates, stateCount, step } = form;
  const { units, activation, dropout, recurrentDropout } = settings;
  const width = gates * units;
  const plain: CellForm['project'] = (scope, x, { kernel, bias }) => affine(scope, x, kernel, width, bias);
  const { biasDims = [width], biasInitializer = settings.biasInitializer, project = plain } = form;
  return {
    stateSizes: Array<number>(stateCount).fill(units),
    activation: activation.key,
    dropout,
    recurrentDropout,
    open(scope, inputWidth) {
      const kernel = scope.parameter('kernel', [inputWidth, width], {
        initializer: settings.kernelInitializer,
      });
      const recurrent = scope.parameter('recurrent_kernel', [units, width], {
        initializer: settings.recurrentInitializer,
      });
      const parameters = settings.useBias
        ? { kernel, recurrent, bias: scope.parameter('bias', biasDims, { initializer: biasInitializer }) }
        : { kernel, recurrent };
      return {
        project: (at, x) => project(at, x, parameters),
        step: (at, x, states) => step(at, x, states, parameters),
      };
    },
  };
}

/** The last axis cut into parts of `units`. */
export function splitGates(scope: LayerScope, x: Value, count: number): Value[] {
  const units = x.shape.at(-1)! / count;
  const shape = [...x.shape.slice(0, -1), units];
  const parts = scope.ops(
    'Split',
    [x.tensor, scope.constant(Array<number>(count).fill(units))],
    Array.from({ length: count }, () => ['n', ...shape]),
    { axis: shape.length },
  );
  return parts.map((tensor) => ({ tensor, shape, layout: 'last' }));
}

export const combine = (scope: LayerScope, opType: 'Add' | 'Mul' | 'Sub', a: Value, b: Value): Value => ({
  ...a,
  tensor: scope.like(a, opType, [a.tensor, b.tensor]),
});

export const through = (scope: LayerScope, activation: Activation, x: Value): Value => ({
  ...x,
  tensor: activation.write(scope, x),
});
