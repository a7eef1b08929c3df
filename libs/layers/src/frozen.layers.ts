import type { CompiledModel } from './compiled-model.js';

/** True for a layer with one of the names, and for a layer inside one (`outer/inner`). */
export const isWithin = (layer: string, names: readonly string[]): boolean =>
  names.some((name) => layer === name || layer.startsWith(`${name}/`));

/** The model with the parameters of some layers not trained. */
export const withFrozenLayers = (model: CompiledModel, names: readonly string[]): CompiledModel =>
  names.length === 0
    ? model
    : {
        ...model,
        parameters: model.parameters.map((parameter) =>
          isWithin(parameter.layer, names) ? { ...parameter, trainable: false } : parameter,
        ),
      };
