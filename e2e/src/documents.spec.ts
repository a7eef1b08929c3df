import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FOLDERS = 'apps|bench|deploy|docs|e2e|examples|libs|proto|sdks|services|third_party|tools';
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const documents = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && !path.startsWith('third_party/') && existsSync(join(ROOT, path)));

/** The text without code blocks, in which brackets and paths mean other things. */
const prose = (text: string): string => text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');

/** Paths from the root of the repository that a text names in backticks, without placeholders and patterns. */
const pathsIn = (text: string): string[] =>
  [...prose(text).matchAll(new RegExp(`\`((?:${FOLDERS})/[^\`\\s]*)\``, 'g'))]
    .map(([, path]) => path!)
    .filter((path) => !/[<>{}*…]|^deploy\/noema-/.test(path))
    .map((path) => path.replace(/(:\d+)+$/, ''));

describe('documents', () => {
  it.each(documents)('%s links to files that exist', (document) => {
    const links = [...prose(read(document)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
    const local = links.filter((link) => !/^(https?:|mailto:|#)/.test(link));
    const broken = local.filter(
      (link) => !existsSync(join(ROOT, dirname(document), decodeURI(link.replace(/#.*$/, '')))),
    );
    expect(broken).toEqual([]);
  });

  it.each(documents.filter((path) => !path.startsWith('docs/adr/')))(
    '%s names folders and files that exist',
    (document) => {
      expect(pathsIn(read(document)).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    },
  );

  it('the README fits on a page: at most 80 lines', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(80);
  });
});
