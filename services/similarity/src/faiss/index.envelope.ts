import { createHash } from 'node:crypto';
import type { Points } from '@noema/manifold';
import { indexDamaged } from './faiss.errors.js';
import { FORMAT } from './faiss.library.js';

const MAGIC = 'noema-faiss-1\n';

/** Source of an index; bytes from any other source are not loaded. */
interface Made {
  readonly library: string;
  readonly description: string;
  readonly rows: number;
  readonly dimensions: number;
  readonly vectorsSha256: string;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const toMade = ({ data, n, d }: Points, description: string): Made => ({
  library: FORMAT,
  description,
  rows: n,
  dimensions: d,
  vectorsSha256: sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
});

/**
 * The bytes of faiss behind one line that says what they are and their SHA-256: a corrupt buffer would abort
 * the process that loads it, or never return.
 */
export function seal(vectors: Points, description: string, bytes: Uint8Array): Uint8Array {
  const head = Buffer.from(
    `${MAGIC}${JSON.stringify({ ...toMade(vectors, description), sha256: sha256(bytes) })}\n`,
  );
  return Buffer.concat([head, bytes]);
}

/**
 * The bytes of faiss; throws `data-loss` INDEX_DAMAGED when they changed, are cut, or belong to other
 * vectors, settings or another library.
 */
export function unseal(vectors: Points, description: string, sealed: Uint8Array): Uint8Array {
  const whole = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const end = whole.indexOf('\n', MAGIC.length);
  if (whole.subarray(0, MAGIC.length).toString() !== MAGIC || end < 0)
    throw indexDamaged('it does not begin as one');
  const bytes = whole.subarray(end + 1);
  const expected = { ...toMade(vectors, description), sha256: sha256(bytes) };
  if (whole.subarray(MAGIC.length, end).toString() !== JSON.stringify(expected))
    throw indexDamaged('its head does not describe these bytes, vectors and settings');
  return bytes;
}
