import { sharedFloats } from './blocks.js';
import type { Comparer } from './comparer.js';
import { runOnItems, type ThreadedOptions } from './run-copy-tasks.js';
import type { Shelf } from './sketch.task.js';
import { readStock, type Stock } from './stock.js';

/** Describes all samples of a stock and its planted copies; a screening needs them in memory. */
export async function describeStock(
  stock: Stock,
  { width, screening }: Comparer,
  options: ThreadedOptions,
): Promise<Shelf> {
  const count = stock.rows.length;
  const total = count + stock.planted.length;
  const shelf: Shelf = {
    comparer: stock.comparer,
    count,
    sources: stock.sources,
    descriptors: sharedFloats(total * width),
    forms: sharedFloats(total * (screening?.formWidth ?? 0)),
    sketches: sharedFloats(total * (screening?.sketchWidth ?? 0)),
  };
  const all = Int32Array.from({ length: total }, (_, at) => at);
  for await (const { at: first, items, inputs } of readStock(stock, all))
    await runOnItems('sketchSamples', { shelf, first, items, inputs }, { ...options, items });
  return shelf;
}
