import { spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { cancelled } from '@noema/kernel';
import { importTooLarge, importTooSlow } from './import.errors.js';
import { type ImportRequest, unframed } from './import.frames.js';

/** Limits of reading a file. */
export interface ImportLimits {
  /** Memory of the process that reads it. */
  readonly memoryBytes: number;
  readonly timeoutMs: number;
}

/** A model from a file, in its stored form. */
export interface ReadModel {
  /** Key of the format that it was in. */
  readonly format: string;
  readonly artifact: unknown;
  /** As `encodeWeights` writes them. */
  readonly weights: Uint8Array;
}

const CHILD = fileURLToPath(new URL('./import.child.js', import.meta.url));

/**
 * Reads a model in a separate process with bounded memory and time, so that a hostile file harms only that
 * process. Throws as `Importer.read`, `invalid` MODEL_IMPORT_TOO_LARGE, MODEL_IMPORT_TOO_SLOW, and
 * `cancelled` when the signal aborts.
 */
export async function importModel(
  file: AsyncIterable<Uint8Array>,
  request: ImportRequest,
  { limits, signal }: { readonly limits: ImportLimits; readonly signal: AbortSignal },
): Promise<ReadModel> {
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  const child = spawn(
    '/bin/sh',
    [
      '-c',
      'ulimit -d "$0" && exec "$@"',
      String(Math.ceil(limits.memoryBytes / 1024)),
      process.execPath,
      CHILD,
      JSON.stringify(request),
    ],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {},
      signal: AbortSignal.any([signal, timeout]),
      killSignal: 'SIGKILL',
    },
  );
  const ended = new Promise<void>((resolve) => {
    child
      .once('error', () => {
        resolve();
      })
      .once('close', () => {
        resolve();
      });
  });
  // A reader that fails early closes its input; its response has the reason.
  const [sent, answer] = await Promise.all([
    pipeline(file, child.stdin).catch((error: unknown) => error),
    buffer(child.stdout).catch(() => Buffer.alloc(0)),
    ended,
  ]);
  if (signal.aborted) throw cancelled('the import');
  if (timeout.aborted) throw importTooSlow(limits.timeoutMs);
  const read = unframed(answer);
  if (read !== undefined) return read;
  throw isForeign(sent) ? sent : importTooLarge(limits.memoryBytes);
}

/** True for an error of the file's source, not of the pipe to the reader. */
const isForeign = (error: unknown): boolean =>
  error instanceof Error &&
  !(
    'code' in error &&
    ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR'].includes(String(error.code))
  );
