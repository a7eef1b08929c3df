import type { LayerConfig } from '../layer.config.js';
import type { Layer } from '../layer.kind.js';
import type { LayerScope } from '../layer.scope.js';
import { countChannels, listPositions, type Value } from '../value.js';
import { slide, type Window, readWindow } from '../window.js';
import { cellSettings, combine, splitGates, through } from './cell.js';

/**
 * LSTM whose products are convolutions (Shi et al., 2015), over series of maps [steps, height, width,
 * channels]: kernel [...window, in, 4 · filters], recurrent_kernel [...window, filters, 4 · filters]; the
 * convolution of the states keeps their size.
 */
export function convLstmLayer(config: LayerConfig): Layer {
  const settings = cellSettings(config, 'filters');
  const { units: filters, activation, biasInitializer } = settings;
  const recurrentActivation = config.activation('sigmoid', 'recurrent_activation');
  const unitForgetBias = config.flag('unit_forget_bias', true);
  const window = readWindow(config, 2, 'kernel_size');
  const [collect, returnState, backwards] = [
    config.flag('return_sequences', false),
    config.flag('return_state', false),
    config.flag('go_backwards', false),
  ];
  if (config.flag('stateful', false))
    throw config.fail('is stateful, which would carry states from batch to batch');
  if (settings.dropout + settings.recurrentDropout > 0)
    throw config.fail('has dropout inside, which is not supported; put a SpatialDropout before it');
  return {
    role: 'learned',
    isConvolution: true,
    activation: activation.key,
    call(scope, inputs) {
      const series = scope.last(scope.one(inputs, 4));
      const kernel = scope.parameter('kernel', [...window.size, countChannels(series), 4 * filters], {
        initializer: settings.kernelInitializer,
        permutation: [3, 2, 0, 1],
      });
      const recurrent = scope.parameter('recurrent_kernel', [...window.size, filters, 4 * filters], {
        initializer: settings.recurrentInitializer,
        permutation: [3, 2, 0, 1],
      });
      const bias = settings.useBias
        ? [
            scope.parameter('bias', [4 * filters], {
              initializer: (dims, random) =>
                unitForgetBias
                  ? biasInitializer(dims, random).fill(1, filters, 2 * filters)
                  : biasInitializer(dims, random),
            }),
          ]
        : [];
      const projected = scope.eachStep(series, (step) =>
        convolve(scope, step, { kernel, bias, width: 4 * filters, window }),
      );
      const first = scope.zeros(series, [...projected.shape.slice(1, 3), filters]);
      const { states, collected } = scope.loop({
        series: [projected],
        states: [first, first],
        backwards,
        collect,
        step(body, [x], [h, c]) {
          const [i, f, candidate, o] = splitGates(
            body,
            combine(
              body,
              'Add',
              x!,
              convolve(body, h!, {
                kernel: recurrent,
                width: 4 * filters,
                window: { ...window, strides: [1, 1], dilations: [1, 1], padding: 'same' },
              }),
            ),
            4,
          );
          const gate = (value: Value | undefined): Value => through(body, recurrentActivation, value!);
          const cell = combine(
            body,
            'Add',
            combine(body, 'Mul', gate(f), c!),
            combine(body, 'Mul', gate(i), through(body, activation, candidate!)),
          );
          return [combine(body, 'Mul', gate(o), through(body, activation, cell)), cell];
        },
      });
      const output = collected ?? states[0]!;
      return returnState ? [output, ...states] : [output];
    },
  };
}

interface Convolution {
  readonly kernel: string;
  readonly bias?: readonly string[];
  readonly width: number;
  readonly window: Window;
}

function convolve(scope: LayerScope, x: Value, { kernel, bias = [], width, window }: Convolution): Value {
  const maps = scope.first(x);
  const { output, pads } = slide(scope, window, listPositions(maps));
  const tensor = scope.op('Conv', [maps.tensor, kernel, ...bias], ['n', width, ...output], {
    kernel_shape: window.size,
    strides: window.strides,
    dilations: window.dilations,
    pads,
  });
  return scope.last({ tensor, shape: [...output, width], layout: 'first' });
}
