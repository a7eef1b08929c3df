import type { JsonObject } from '@bufbuild/protobuf';

/**
 * The layers in a text: `model.toJSON()` of TF.js or `to_json()` of Keras, which some write as a text inside
 * of a text, and also a whole `model.json`.
 */
export function readTopology(text: string): { readonly topology?: JsonObject; readonly fault?: string } {
  if (text.trim() === '') return {};
  try {
    let read: unknown = JSON.parse(text);
    if (typeof read === 'string') read = JSON.parse(read);
    const whole = toObject(read);
    const model = toObject(whole?.['modelTopology']) ?? whole;
    const topology = toObject(model?.['model_config']) ?? model;
    if (topology === undefined || typeof topology['class_name'] !== 'string')
      return {
        fault:
          'this JSON has no class_name such as "Sequential" or "Functional"; give what model.to_json() ' +
          'writes',
      };
    return { topology };
  } catch (error) {
    return { fault: `this is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const toObject = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
