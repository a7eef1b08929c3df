import type { Explained } from './explainer.js';

/** Copies that the model is asked about at a time: bounds the memory that they take. */
const PART = 256;

/** The model's outputs [count, width] for copies of the explained input that are made part by part. */
export async function computeOutputs(
  { model, sample, signal }: Explained,
  copies: { readonly count: number; inputs(from: number, to: number): Float32Array },
): Promise<Float32Array> {
  const outputs = new Float32Array(copies.count * model.width);
  for (let from = 0; from < copies.count; from += PART) {
    outputs.set(
      await model.predict(sample, copies.inputs(from, Math.min(from + PART, copies.count)), signal),
      from * model.width,
    );
  }
  return outputs;
}
