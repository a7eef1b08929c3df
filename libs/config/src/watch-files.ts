import { readFile } from 'node:fs/promises';

export interface WatchFilesOptions {
  readonly everyMs: number;
  /** Gets the texts of all files, in the order of the paths; what it throws goes to `onFault`. */
  readonly onChange: (texts: readonly string[]) => void | Promise<void>;
  /** Called once for each content that was refused or could not be read. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Reads files at an interval and tells when what they hold is not what it was; returns what ends it. A volume
 * of Kubernetes changes its files by moving a link, which file events miss, and what is read while files
 * change is given again when they are complete.
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
