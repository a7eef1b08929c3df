import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { pageMissing } from './page.errors.js';
import { PageFile } from './page-file.js';
import { PageIndex } from './page-index.js';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** How the name of a file ends that the build packed; it is sent as the file next to it. */
const PACKED = '.br';

/**
 * The built page, read into memory when the gateway starts: a path is looked up, never joined to a directory.
 */
export class Page {
  private constructor(
    private readonly files: ReadonlyMap<string, PageFile>,
    readonly index: PageIndex,
  ) {}

  /** Reads all files below the directory. Throws `precondition` PAGE_MISSING when it has no index.html. */
  static async read(directory: string): Promise<Page> {
    const index = await readFile(join(directory, 'index.html'), 'utf8').catch((error: unknown) => {
      throw pageMissing(directory, error);
    });
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const packed = new Set(paths.filter((file) => file.endsWith(PACKED)));
    const files = paths
      .filter((file) => !packed.has(file))
      .map(async (file): Promise<[string, PageFile]> => {
        const path = `/${relative(directory, file).split(sep).join('/')}`;
        // The names of assets carry the hash of their content.
        const cache = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
        return [
          path,
          new PageFile({
            bytes: await readFile(file),
            mediaType: MEDIA_TYPES[extname(path)] ?? 'application/octet-stream',
            cache,
            brotli: packed.has(file + PACKED) ? await readFile(file + PACKED) : undefined,
          }),
        ];
      });
    return new Page(new Map(await Promise.all(files)), new PageIndex(index));
  }

  /** The file at a path. */
  find(path: string): PageFile | PageIndex | undefined {
    return path === '/index.html' ? this.index : this.files.get(path);
  }
}
