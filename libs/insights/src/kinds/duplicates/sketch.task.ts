import { takeItems } from './blocks.js';
import { type ComparerOptions, createComparer } from './comparers.js';
import type { Comparer } from './comparer.js';

/** Small forms of all samples and planted copies, in memory that threads share. */
export interface Shelf {
  readonly comparer: ComparerOptions;
  /** Number of samples; planted copies follow them. */
  readonly count: number;
  /** The sample of which each planted copy is, [planted] int32. */
  readonly sources: Int32Array;
  /** [count + planted, width] */
  readonly descriptors: Float32Array;
  /** [count + planted, form width]; empty without a screening, as the sketches. */
  readonly forms: Float32Array;
  /** [count + planted, sketch width] */
  readonly sketches: Float32Array;
}

/** Samples that follow each other on a shelf, with their inputs. */
export interface SketchTask {
  readonly shelf: Shelf;
  readonly first: number;
  readonly items: number;
  /** [items, size] */
  readonly inputs: Float32Array;
  readonly counter: Int32Array;
}

/** Writes the descriptors of view 0, the forms and the sketches of samples. */
export function sketchSamples({ shelf, first, items, inputs, counter }: SketchTask): void {
  const comparer = openComparer(shelf);
  const { width, screening } = comparer;
  const { formWidth = 0, sketchWidth = 0 } = screening ?? {};
  const size = inputs.length / items;
  takeItems(counter, items, (item) => {
    const at = first + item;
    const sample = comparer.prepare(inputs.subarray(item * size, (item + 1) * size));
    const sketch = shelf.sketches.subarray(at * sketchWidth, (at + 1) * sketchWidth);
    screening?.sketch(sample, sketch);
    comparer.describe(
      screening === undefined ? sample : sketch,
      0,
      shelf.descriptors.subarray(at * width, (at + 1) * width),
      shelf.forms.subarray(at * formWidth, (at + 1) * formWidth),
    );
  });
}

/** Creates the comparer of a shelf, whose inputs can be compared. */
export function openComparer({ comparer }: Pick<Shelf, 'comparer'>): Comparer {
  const opened = createComparer(comparer);
  if (typeof opened === 'string') throw new Error(opened);
  return opened;
}
