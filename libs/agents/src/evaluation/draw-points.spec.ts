import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { DomainError } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import type { AgentContext } from '../tool.js';
import { drawPoints } from './draw-points.js';

const bytes = (values: Float32Array | Int32Array): Uint8Array => new Uint8Array(values.buffer);

/** A map of five points: two are misclassified, two have no ground truth. */
function context(fault?: DomainError): AgentContext {
  async function* streamPoints({ columns }: { readonly columns: readonly string[] }) {
    if (fault !== undefined && columns.length > 0) throw await Promise.resolve(fault);
    const place = bytes(Float32Array.of(0, 1, 2, 3, 4));
    const correct = {
      name: 'correct',
      values: bytes(Int32Array.of(0, 1, -1, 0, -1)),
      names: ['false', 'true'],
    };
    yield {
      chunk: { firstRow: 0, pointCount: 5, x: place, y: place, columns: columns.length > 0 ? [correct] : [] },
    };
  }
  return { platform: { explorations: { streamPoints } }, allowWrites: false, maxRows: 10 } as never;
}
const map = { id: 'm', pointCount: 5 } as Exploration;

describe('drawPoints', () => {
  it('counts the misclassified samples of the ones with ground truth', async () => {
    expect(await drawPoints(context(), map)).toMatchObject({ misclassified: 2, evaluated: 3 });
  });

  it('draws a map without correctness in one colour', async () => {
    const unknown = new DomainError('invalid', 'COLUMN_UNKNOWN', 'there is no column correct');
    expect(await drawPoints(context(unknown), map)).toMatchObject({ misclassified: undefined });
  });

  it('does not take another fault for a map without correctness', async () => {
    const fault = new DomainError('invalid', 'CHUNK_SIZE_INVALID', 'the chunk is too large');
    await expect(drawPoints(context(fault), map)).rejects.toBe(fault);
  });
});
