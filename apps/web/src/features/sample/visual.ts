import { DomainError } from '@noema/kernel/domain-error';

/** A value of a table. */
export type Cell = string | number | boolean | null;

/** What a visualizer made of a sample, when it is no picture. */
export type Visual =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tokens'; readonly tokens: readonly string[] }
  | { readonly kind: 'series'; readonly series: Readonly<Record<string, readonly number[]>> }
  | {
      readonly kind: 'table';
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Cell[])[];
    };

const JSON_KINDS = /^application\/vnd\.noema\.(series|table|tokens)\+json/;

/** Reads a visual of that media type; throws `unsupported` VISUAL_UNKNOWN for a kind that cannot be shown. */
export function readVisual(mediaType: string, bytes: Uint8Array): Visual {
  const text = new TextDecoder().decode(bytes);
  if (mediaType.startsWith('text/plain')) return { kind: 'text', text };
  const kind = JSON_KINDS.exec(mediaType)?.[1];
  if (kind === 'series') return { kind, ...(JSON.parse(text) as { series: Record<string, number[]> }) };
  if (kind === 'table') return { kind, ...(JSON.parse(text) as { columns: string[]; rows: Cell[][] }) };
  if (kind === 'tokens') return { kind, ...(JSON.parse(text) as { tokens: string[] }) };
  throw new DomainError(
    'unsupported',
    'VISUAL_UNKNOWN',
    `a visual of type ${mediaType || '(none)'} cannot be shown here; return an image, a text, series or ` +
      'a table from the visualizer',
  );
}

/**
 * The pieces of a text that stand for the first positions of an input of that length; undefined where they
 * are not known. Positions behind them are padding.
 */
export function piecesOf(visual: Visual, length: number): readonly string[] | undefined {
  if (visual.kind === 'tokens') return visual.tokens.length <= length ? visual.tokens : undefined;
  if (visual.kind !== 'text') return undefined;
  const words = visual.text.trim().split(/\s+/);
  return words.length === length ? words : undefined;
}

/** The beginning of a visual as text, for where there is little room. */
export function snippetOf(visual: Visual): string {
  switch (visual.kind) {
    case 'text':
      return visual.text;
    case 'tokens':
      return visual.tokens.join(' ');
    case 'series':
      return Object.entries(visual.series)
        .map(([name, values]) => `${name} ${values.slice(0, 8).map(short).join(' ')}`)
        .join('\n');
    case 'table':
      return visual.rows
        .slice(0, 8)
        .map((row) =>
          row.map((cell) => (typeof cell === 'number' ? short(cell) : String(cell ?? '–'))).join(' '),
        )
        .join('\n');
  }
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
