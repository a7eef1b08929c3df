import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const IMPORT = /^[ \t]*import[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+|[ \t]+as[ \t]+\w+)*)/gm;
const FROM = /^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+\(?([\w \t,\n]*)/gm;

/**
 * Returns the modules next to a module that its text imports, with the packages that they lie in; modules of
 * the interpreter are not among them.
 */
export async function findImports(text: string, file: string): Promise<string[]> {
  const root = await findRoot(dirname(file));
  const candidates: string[] = [];
  for (const [, names] of text.matchAll(IMPORT))
    for (const name of names!.split(',')) addModule(candidates, root, name.trim().split(/\s/)[0]!);
  for (const [, dots, name, names] of text.matchAll(FROM)) {
    let base = dots === '' ? root : dirname(file);
    for (let up = 1; up < dots!.length; up++) base = dirname(base);
    if (name !== '') addModule(candidates, base, name!);
    for (const one of names!.split(','))
      addModule(candidates, base, [name, one.trim().split(/\s/)[0]!].filter((part) => part !== '').join('.'));
  }
  const found: string[] = [];
  for (const candidate of new Set(candidates)) if (await exists(candidate)) found.push(candidate);
  return found;
}

/** The folder that absolute imports start from: above all packages that a folder lies in. */
async function findRoot(folder: string): Promise<string> {
  let root = folder;
  while (dirname(root) !== root && (await exists(join(root, '__init__.py')))) root = dirname(root);
  return root;
}

function addModule(into: string[], base: string, dotted: string): void {
  const parts = dotted.split('.').filter((part) => part !== '');
  if (parts.length === 0) return;
  parts.forEach((_, i) => into.push(join(base, ...parts.slice(0, i + 1), '__init__.py')));
  into.push(`${join(base, ...parts)}.py`);
}

/** False also for a link that leads nowhere. */
export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
