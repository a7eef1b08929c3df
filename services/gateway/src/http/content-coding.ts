import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import Negotiator from 'negotiator';

/** A way to send fewer bytes, as `content-encoding` names it. */
export type ContentCoding = 'br' | 'gzip';

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

const CODINGS: readonly ContentCoding[] = ['br', 'gzip'];

/** Returns the codings that the peer accepts; `br` before `gzip`, which packs less. */
export function acceptedCodings({ headers }: IncomingMessage): ContentCoding[] {
  const accepted = new Negotiator({ headers }).encodings(CODINGS);
  return CODINGS.filter((coding) => accepted.includes(coding));
}

/**
 * Packs a file that is sent again and again; outside of the event loop. Brotli's two highest steps take ten
 * times as long for a twentieth less.
 */
export const packWell = async (bytes: Uint8Array, coding: ContentCoding): Promise<Buffer> =>
  coding === 'gzip'
    ? zip(bytes, { level: 9 })
    : brotli(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength },
      });

/** Packs an answer that is sent once, fast; outside of the event loop. */
export const packFast = async (bytes: Uint8Array): Promise<Buffer> => zip(bytes, { level: 4 });
