import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../test/runner-protocol/', import.meta.url));

/** One request and the last message that answers it, as both go over the channel. */
export interface GoldenExchange {
  readonly name: string;
  /** Header of the request; `modulePath` is added. */
  readonly request: { readonly method: string; readonly params: Readonly<Record<string, unknown>> };
  /** Body of the request, in base64; absent for an empty one. */
  readonly requestBody?: string;
  /** Header of the answer, without the parts that belong to one language or machine. */
  readonly answer: unknown;
  /** Body of the answer, in base64. */
  readonly body: string;
}

/** The answers of every runtime for the twins `digits.mjs` and `digits.py`. */
export const goldenExchanges: readonly GoldenExchange[] = JSON.parse(
  readFileSync(`${FOLDER}exchanges.json`, 'utf8'),
) as GoldenExchange[];

/** The twin with this ending. */
export const goldenModule = (extension: string): string => `${FOLDER}digits${extension}`;

/** Parts of an answer that belong to one language or machine: times, messages, and positions in the code. */
const OWN = new Set(['milliseconds', 'message', 'file', 'line', 'column', 'module_path']);

/** An answer without the parts of one language or machine. */
export function withoutOwn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOwn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !OWN.has(key))
      .map(([key, one]) => [key, withoutOwn(one)]),
  );
}
