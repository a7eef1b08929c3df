/**
 * Finds the forms of English that CONTRIBUTING.md bans, in comments and strings of TypeScript, in protos and
 * in Markdown. `plain-english.json` allows what is left of each form in each top folder. A number may only go
 * down: more than it fails, and `--write` lowers it. `--list <form>` prints where a form occurs.
 * `--root <folder>` checks another tree, for the test.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: { write: { type: 'boolean' }, list: { type: 'string' }, root: { type: 'string' } },
});
const root = options.root ?? fileURLToPath(new URL('..', import.meta.url));
const allowedPath = join(root, 'tools/plain-english.json');

/** A form by name: what finds it in a text, or in the code with `code`, and what to write instead. */
const FORMS = {
  'is none': { find: /(?<!there )\b(?:is|are|was|were|has|have) none\b/gi, instead: 'is not a …; has no …' },
  'so many': { find: /\b[Ss]o (?:many|long|much|few)\b(?! (?:as|that)\b)/g, instead: 'the number or limit' },
  'all the same': { find: /\ball the same\b/gi, instead: 'still' },
  'as it is': { find: /\bas (?:it|they) (?:is|are|was|were|stands?)\b/gi, instead: 'unchanged' },
  'not said': { find: /\bnot said\b/gi, instead: 'Unspecified.' },
  'one word': {
    find: /^(?:\/\/|\/\*\*) (?!Unspecified|No\b)\p{Lu}\p{Ll}+\.(?: \*\/)?$/gu,
    instead: 'a sentence',
  },
  'what is': { find: /(?:^|(?<=[.:;] )|(?<=\/\/ )|(?<=\* ))What (?![^.]*\?)/g, instead: 'the noun' },
  'those that': { find: /\bthose (?:that|which|who|whose|of|with|in|from|at)\b/gi, instead: 'the noun' },
  tell: { find: /\b(?:tells?|told)\b/gi, instead: 'report, notify, print; distinguish' },
  beside: { find: /\bbesides?\b/gi, instead: 'next to; in addition to; concurrently' },
  begun: { find: /\bbegun\b/gi, instead: 'started' },
  'asked for': { find: /\basked for\b/gi, instead: 'requested' },
  nobody: { find: /\bnobody\b/gi, instead: 'no client, no user, no caller' },
  gone: { find: /\bgone\b/gi, instead: 'deleted, unavailable, missing' },
  'is there': { find: /\bis there\b(?!\?)/gi, instead: 'exists, is available' },
  'truth value': { find: /\btruth values?\b/gi, instead: 'boolean' },
  'says so': { find: /\bsays? (?:so|nothing)\b/gi, instead: 'reports it' },
  'in whichever': { find: /\bin whichever\b/gi, instead: 'name the cases' },
  likeness: { find: /\blikeness\b|\bmisread\b/gi, instead: 'similarity; misclassified' },
  'MOST_ and LEAST_': { find: /\b(?:MOST|LEAST)_[A-Z]/g, instead: 'MAX_, MIN_', code: true },
  xOf: {
    find: /\b(?:function|const) [a-z]\w*Of\b/g,
    instead: 'a verb: parseX, toX, findX, countX',
    code: true,
  },
};

const SKIP = /^(?:node_modules|dist|gen|third_party|plain-english\.spec\.ts)$|^\./;
const TEXTS =
  /\/\/.*(?:\n[ \t]*\/\/.*)*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIP.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.(?:tsx?|proto|md)$/.test(entry.name) && entry.name !== 'CONTRIBUTING.md') yield path;
  }
}

/** The comments and strings of a file, or the paragraphs of a Markdown file, each on one line. */
function texts(path, source) {
  if (path.endsWith('.md')) return source.replace(/\n(?!\n|[|#-])/g, ' ').split('\n');
  return [...source.matchAll(TEXTS)].map(([text]) => text.replace(/\n\s*(?:\/\/|\*(?!\/))?\s?/g, ' '));
}

const counts = {};
for (const path of sources(root)) {
  const source = readFileSync(path, 'utf8');
  const name = relative(root, path);
  const folder = name.includes('/') ? name.split('/')[0] : '.';
  const plain = texts(path, source);
  for (const [form, { find, code }] of Object.entries(FORMS))
    for (const text of code ? [source] : plain) {
      const found = text.match(find)?.length ?? 0;
      if (found === 0) continue;
      const byFolder = (counts[form] ??= {});
      byFolder[folder] = (byFolder[folder] ?? 0) + found;
      if (options.list === form)
        console.log(`${name}: ${(code ? text.match(find).join(', ') : text).trim()}`);
    }
}

const allowed = JSON.parse(readFileSync(allowedPath, 'utf8'));
const grown = Object.entries(counts).flatMap(([form, byFolder]) =>
  Object.entries(byFolder)
    .filter(([folder, count]) => count > (allowed[form]?.[folder] ?? 0))
    .map(([folder, count]) => {
      const limit = allowed[form]?.[folder] ?? 0;
      return `${folder}: "${form}" occurs ${count} times, ${limit} are allowed; write: ${FORMS[form].instead}`;
    }),
);
if (grown.length > 0) {
  console.error(grown.join('\n'));
  console.error('`node tools/plain-english.mjs --list <form>` prints where (glossary in CONTRIBUTING.md)');
  process.exitCode = 1;
} else if (options.write) {
  const lowered = {};
  for (const form of Object.keys(FORMS)) {
    const folders = Object.entries(counts[form] ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    if (folders.length > 0) lowered[form] = Object.fromEntries(folders);
  }
  writeFileSync(allowedPath, `${JSON.stringify(lowered, null, 2)}\n`);
}
