import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';

/** The files of `noema export`, read with nothing but an Arrow reader. */
export interface Exported {
  readonly rows: number;
  readonly label: readonly string[];
  readonly predicted: readonly string[];
  readonly split: readonly string[];
  readonly loss: Float32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly vectors: Float32Array;
  readonly dimensions: number;
}

export async function readExport(directory: string): Promise<Exported> {
  const points = tableFromIPC(await readFile(join(directory, 'points.arrow')));
  const vectors = tableFromIPC(await readFile(join(directory, 'vectors.arrow'))).getChild('vectors')!;
  const numbers = (name: string) => Float32Array.from(points.getChild(name)!.toArray() as Float32Array);
  const texts = (name: string) => Array.from(points.getChild(name)!, String);
  const flat = vectors.data[0]!.children[0]!.values as Float32Array;
  return {
    rows: points.numRows,
    label: texts('label'),
    predicted: texts('predicted'),
    split: texts('split'),
    loss: numbers('loss'),
    x: numbers('x'),
    y: numbers('y'),
    vectors: flat,
    dimensions: flat.length / points.numRows,
  };
}
