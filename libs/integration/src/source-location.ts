import { Session } from 'node:inspector';
import { findSourceMap } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A position in the user's source; line and column start at 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const FRAME = /^\s*at (?:.*\()?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*?):(\d+):(\d+)\)?$/;
const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
const OURS = [`${PACKAGE}dist/src/`, `${PACKAGE}src/`];
/** Modules that call user code. Frames from there on are not the user's. */
const CALLERS = /\/(handler|handler-probe|sample-encoder|population|check-integration)\.[jt]s$/;
const toPath = (url: string): string => (url.startsWith('file:') ? fileURLToPath(url) : url);
const parseFrames = ({ stack = '' }: Error) =>
  stack
    .split('\n')
    .map((line) => FRAME.exec(line))
    .filter((m) => m !== null)
    .map((m) => ({ file: toPath(m[1]!.split('?')[0]!), line: Number(m[2]), column: Number(m[3]) }));
/** The real folder of the bundle that this module runs from; `undefined` if it runs from its own file. */
const BUNDLE = bundleFolder();
const isOurs = (file: string): boolean =>
  OURS.some((ours) => file.startsWith(ours)) || (BUNDLE !== undefined && dirname(file) === BUNDLE);

function bundleFolder(): string | undefined {
  const own = parseFrames(new Error('where am I'))[0]?.file;
  return own === undefined || OURS.some((ours) => own.startsWith(ours)) ? undefined : dirname(own);
}

/**
 * Returns the position in the user's code at which an error was thrown: the first frame that is neither ours
 * nor a dependency's; `undefined` if there is none.
 */
export function locateError(error: unknown): SourceLocation | undefined {
  if (!(error instanceof Error) || error.stack === undefined) return undefined;
  const frames = parseFrames(error);
  const called = frames.findIndex(({ file }) => isOurs(file) && CALLERS.test(file));
  const users = frames.slice(0, called === -1 ? undefined : called).filter(({ file }) => !isOurs(file));
  return users.find((frame) => !frame.file.includes('/node_modules/')) ?? users[0];
}

const SLOT = Symbol.for('noema.located-function');

const located = new WeakMap<object, { readonly place: SourceLocation | undefined }>();

/**
 * Returns the position of a function in the original source, using its source map; `undefined` if the engine
 * does not report it.
 */
export function locateFunction(fn: object): SourceLocation | undefined {
  let known = located.get(fn);
  if (known === undefined) located.set(fn, (known = { place: askEngine(fn) }));
  return known.place;
}

function askEngine(fn: object): SourceLocation | undefined {
  const session = new Session();
  const scripts = new Map<string, string>();
  let found: SourceLocation | undefined;
  const slots = globalThis as unknown as Record<symbol, unknown>;
  try {
    session.connect();
    session.on('Debugger.scriptParsed', ({ params }) => {
      scripts.set(params.scriptId, params.url);
    });
    session.post('Debugger.enable');
    slots[SLOT] = fn;
    session.post(
      'Runtime.evaluate',
      { expression: 'globalThis[Symbol.for("noema.located-function")]' },
      (_error, answer) => {
        session.post(
          'Runtime.getProperties',
          { objectId: answer.result.objectId!, ownProperties: true },
          (_e, properties) => {
            const place = properties.internalProperties?.find((p) => p.name === '[[FunctionLocation]]')?.value
              ?.value as { scriptId: string; lineNumber: number; columnNumber: number } | undefined;
            const url = place === undefined ? undefined : scripts.get(place.scriptId);
            if (place !== undefined && url !== undefined && url !== '')
              found = original(url, place.lineNumber, place.columnNumber);
          },
        );
      },
    );
  } catch {
    return undefined;
  } finally {
    slots[SLOT] = undefined;
    session.disconnect();
  }
  return found;
}

function original(url: string, line: number, column: number): SourceLocation {
  const entry = findSourceMap(toPath(url))?.findEntry(line, column);
  if (entry !== undefined && 'originalSource' in entry)
    return {
      file: toPath(entry.originalSource),
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
    };
  return { file: toPath(url), line: line + 1, column: column + 1 };
}
