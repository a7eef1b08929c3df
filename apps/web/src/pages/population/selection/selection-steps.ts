import { FILTERS, filterEntry } from './filter-code.js';
import type { Filter } from './filters.js';
import { MAX_LENGTH, toBase64 } from '../../../features/selection/row-code.js';
import { fromBase64 } from './selection-code.js';

/** How a step goes with those before it. */
export type How = 'replace' | 'add' | 'remove';

/** Rows that were selected otherwise, by their code. */
export interface RowsStep {
  readonly kind: 'rows';
  readonly code: string;
}

/** A step that selected the points within an outline on a map, in its units, that met the filters of then. */
export interface OutlineStep {
  readonly kind: 'outline';
  readonly how: How;
  readonly mapId: string;
  readonly outline: Float32Array;
  readonly filters: readonly Filter[];
}

/** A step that led to a selection. */
export type SelectionStep = RowsStep | OutlineStep;

const LETTERS: Readonly<Record<How, string>> = { replace: 'r', add: 'a', remove: 'm' };
const HOWS: Readonly<Record<string, How>> = { r: 'replace', a: 'add', m: 'remove' };

/** Steps as a text for an address: `o` and the steps; `undefined` when it would be too long. */
export function encodeSteps(steps: readonly SelectionStep[]): string | undefined {
  const text = `o${steps.map((step) => (step.kind === 'rows' ? rowsText(step) : outlineText(step))).join('.')}`;
  return text.length <= MAX_LENGTH ? text : undefined;
}

/** Decodes the steps of a text; returns `undefined` for an invalid text. */
export function decodeSteps(text: string): SelectionStep[] | undefined {
  if (!text.startsWith('o')) return undefined;
  const steps = text
    .slice(1)
    .split('.')
    .map((step) =>
      step.startsWith('s')
        ? { kind: 'rows' as const, code: step.slice(1) }
        : step.startsWith('S')
          ? { kind: 'rows' as const, code: `slice:${step.slice(1)}` }
          : outlineStep(step),
    );
  return steps.includes(undefined) ? undefined : (steps as SelectionStep[]);
}

const rowsText = ({ code }: RowsStep): string =>
  code.startsWith('slice:') ? `S${code.slice('slice:'.length)}` : `s${code}`;

function outlineText({ how, mapId, outline, filters }: OutlineStep): string {
  const met = new URLSearchParams(filters.map(filterEntry)).toString();
  const bytes = new Uint8Array(outline.buffer, outline.byteOffset, outline.byteLength);
  return `${LETTERS[how]}${mapId}${toBase64(bytes)}${met === '' ? '' : `*${toBase64(new TextEncoder().encode(met))}`}`;
}

function outlineStep(text: string): OutlineStep | undefined {
  const parts = /^([ram])([0-9a-f-]{36})([\w-]+)(?:\*([\w-]+))?$/.exec(text);
  const [bytes, met] = [fromBase64(parts?.[3] ?? ''), fromBase64(parts?.[4] ?? '')];
  if (parts === null || bytes === undefined || met === undefined || bytes.length % 8 !== 0) return undefined;
  const filters: (Filter | undefined)[] = [...new URLSearchParams(new TextDecoder().decode(met))].map(
    ([key, value]) => (key === 'in' || key === 'range' ? FILTERS[key](value) : undefined),
  );
  const outline = new Float32Array(bytes.buffer);
  return filters.includes(undefined) || !outline.every(Number.isFinite)
    ? undefined
    : { kind: 'outline', how: HOWS[parts[1]!]!, mapId: parts[2]!, outline, filters: filters as Filter[] };
}
