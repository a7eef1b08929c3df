import { readFile } from 'node:fs/promises';

export interface WatchFilesOptions {
  readonly everyMs: number;
  /** Called with the texts of all files, in the order of the paths. Errors that it throws go to `onFault`. */
  readonly onChange: (texts: readonly string[]) => void | Promise<void>;
  /** Called once for each content that was rejected or could not be read. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Polls files and reports changed contents. Returns the function that stops it. Kubernetes volumes change
 * files by moving a symlink, which file events miss. A content that was read during a change is reported
 * again once it is complete.
 */
export function watchFiles(
  paths: readonly string[],
  { everyMs, onChange, onFault }: WatchFilesOptions,
): () => void {
  let seen = '';
  let ended = false;
  const look = async (): Promise<void> => {
    const found = await Promise.all(paths.map((path) => readFile(path, 'utf8'))).then(
      (texts) => ({ texts }),
      (error: unknown) => ({ error }),
    );
    const now = 'texts' in found ? JSON.stringify(found.texts) : String(found.error);
    if (ended || now === seen) return;
    seen = now;
    try {
      if ('error' in found) throw found.error;
      await onChange(found.texts);
    } catch (error) {
      onFault(error);
    }
  };
  let busy: Promise<void> | undefined;
  const timer = setInterval(() => {
    busy ??= look().finally(() => {
      busy = undefined;
    });
  }, everyMs).unref();
  return () => {
    ended = true;
    clearInterval(timer);
  };
}
