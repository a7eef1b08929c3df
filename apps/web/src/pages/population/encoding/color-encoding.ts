import { encodeBytes } from './byte-encoding.js';
import type { CodeColumn, Column, NumberColumn } from '../points/column.js';
import { CHANGE, codeTitle, countCodes, isSigned } from '../points/column.js';
import { plainColumn } from '../../../parts/output-column.js';
import { numberScale, type NumberScale, type ScaleKind } from '../../../parts/scales/number-scale.js';
import {
  categoryColor,
  changeColor,
  CHANGES,
  type ContinuousScale,
  continuousColor,
  CORRECTNESS,
  toCss,
  missingColor,
  ORIGIN,
  type Rgb,
  parseHex,
} from '../../../parts/scales/scales.js';
import { type Extent, findExtent } from '../../../parts/scales/extent.js';

/** How the colors of a column are chosen. */
export interface ColorSettings {
  readonly scale: ScaleKind;
  readonly palette: ContinuousScale;
  readonly ground: 'light' | 'dark';
  /** Own colors by the name of the code, as `#rrggbb`. */
  readonly own: Readonly<Record<string, string>>;
  /** Which color of the palette each class takes; classes take them in order when left out. */
  readonly order?: readonly number[] | undefined;
}

/** One entry of a legend of codes. */
export interface LegendEntry {
  readonly code: number;
  readonly name: string;
  readonly title: string;
  readonly color: string;
  readonly count: number;
}

/** A position in the palette for every point, the palette, and its legend. */
export interface ColorEncoding {
  readonly codes: Uint8Array;
  readonly palette: Uint8Array;
  readonly legend:
    | {
        readonly kind: 'number';
        readonly scale: NumberScale /** Range of the scale. */;
        readonly domain: Extent;
        readonly missing: number;
      }
    | { readonly kind: 'code'; readonly entries: readonly LegendEntry[]; readonly missing: number };
}

/** Position of points without a value. */
export const MISSING = 255;
/** Codes with a color of their own; the rest share what is left of the palette. */
const OWN_SLOTS = 200;

/**
 * Colors all points of a column; numbers by what the column spans in these points, or in a given domain,
 * beyond whose ends all are alike.
 */
export function encodeColor(column: Column, settings: ColorSettings, domain?: Extent): ColorEncoding {
  return column.kind === 'number' ? encodeNumbers(column, settings, domain) : encodeCodes(column, settings);
}

/** All points alike. */
export function encodeNone(count: number, ground: 'light' | 'dark'): ColorEncoding {
  const palette = new Uint8Array(1_024);
  put(palette, 0, ground === 'light' ? [52, 100, 222] : [124, 160, 245]);
  return { codes: new Uint8Array(count), palette, legend: { kind: 'code', entries: [], missing: 0 } };
}

/** The extent with 0 in its middle. */
function centeredOn0({ low, high, ...extent }: Extent): Extent {
  const most = Math.max(Math.abs(low), Math.abs(high));
  return { ...extent, low: -most, high: most };
}

function encodeNumbers(
  { values, name: column }: NumberColumn,
  { scale: kind, palette: name, ground }: ColorSettings,
  wider: Extent | undefined,
): ColorEncoding {
  const isCentered = isSigned(column);
  const domain = isCentered ? centeredOn0(findExtent(values)) : (wider ?? findExtent(values));
  const scale = numberScale(isCentered ? 'linear' : kind, domain);
  const palette = new Uint8Array(1_024);
  for (let i = 0; i < MISSING; i++) {
    const share = i / (MISSING - 1);
    put(palette, i, isCentered ? changeColor(share * 2 - 1) : continuousColor(name, share, ground));
  }
  put(palette, MISSING, missingColor(ground));
  return {
    codes: toPositions(values, scale, MISSING - 1),
    palette,
    legend: { kind: 'number', scale, domain, missing: findExtent(values).missing },
  };
}

/** Place of each number on the scale, 0 to `most`; 255 where there is none. */
export function toPositions(values: Float32Array, scale: NumberScale, most: number): Uint8Array {
  return encodeBytes(values, (value) =>
    Number.isNaN(value) ? MISSING : Math.round(scale.share(value) * most),
  );
}

function encodeCodes(column: CodeColumn, { ground, own, order }: ColorSettings): ColorEncoding {
  const { values, missing, names, name } = column;
  const named = COLORS[plainColumn(name)];
  const colors = names.map((text, at) =>
    parseHex(own[text] ?? named?.[text] ?? toCss(categoryColor(colorPosition(name, at, order), ground))),
  );
  const slots = assignSlots(names, own);
  const palette = new Uint8Array(1_024);
  slots.forEach((slot, at) => {
    put(palette, slot, colors[at]!);
  });
  put(palette, MISSING, missingColor(ground));
  const codes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const code = values[i]!;
    codes[i] = code === missing || code < 0 || code >= names.length ? MISSING : slots[code]!;
  }
  const counts = countCodes(column);
  const entries = names.map((text, at) => ({
    code: at,
    name: text,
    title: codeTitle(name, text),
    color: colorAt(palette, slots[at]!),
    count: counts[at]!,
  }));
  return { codes, palette, legend: { kind: 'code', entries, missing: counts[names.length]! } };
}

/** Columns whose codes have colors of their own, for every output. */
const COLORS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  correct: CORRECTNESS,
  origin: ORIGIN,
  [CHANGE]: CHANGES,
};

/** Columns whose codes are classes. */
export const isOfClasses = (name: string): boolean => name === 'true_class' || name === 'predicted_class';

const colorPosition = (name: string, at: number, order: readonly number[] | undefined): number =>
  isOfClasses(name) ? (order?.[at] ?? at) : at;

/**
 * Position of each code in the palette: codes with an own color first, then as many as fit, then shared ones.
 */
function assignSlots(names: readonly string[], own: Readonly<Record<string, string>>): number[] {
  if (names.length <= MISSING) return names.map((_, at) => at);
  const slots = new Array<number>(names.length).fill(-1);
  let next = 0;
  names.forEach((name, at) => {
    if (own[name] !== undefined && next < OWN_SLOTS) slots[at] = next++;
  });
  return slots.map((slot, at) =>
    slot >= 0 ? slot : next < OWN_SLOTS ? next++ : OWN_SLOTS + (at % (MISSING - OWN_SLOTS)),
  );
}

function put(palette: Uint8Array, at: number, [red, green, blue]: Rgb): void {
  palette.set([red, green, blue, 255], at * 4);
}

/** A color of a palette as CSS. */
export const colorAt = (palette: Uint8Array, at: number): string =>
  toCss([palette[at * 4]!, palette[at * 4 + 1]!, palette[at * 4 + 2]!]);
