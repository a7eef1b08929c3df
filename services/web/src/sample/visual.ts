import { DomainError } from '@noema/kernel/domain-error';

/** A value of a table. */
export type Cell = string | number | boolean | null;

/** What a visualizer made of a sample, when it is no picture. */
export type Visual =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'series'; readonly series: Readonly<Record<string, readonly number[]>> }
  | { readonly kind: 'table'; readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] };

const JSON_KINDS = /^application\/vnd\.noema\.(series|table)\+json/;

/** Reads a visual of that media type; throws `unsupported` VISUAL_UNKNOWN for a kind that cannot be shown. */
export function readVisual(mediaType: string, bytes: Uint8Array): Visual {
  const text = new TextDecoder().decode(bytes);
  if (mediaType.startsWith('text/plain')) return { kind: 'text', text };
  const kind = JSON_KINDS.exec(mediaType)?.[1];
  if (kind === 'series') return { kind, ...(JSON.parse(text) as { series: Record<string, number[]> }) };
  if (kind === 'table') return { kind, ...(JSON.parse(text) as { columns: string[]; rows: Cell[][] }) };
  throw new DomainError('unsupported', 'VISUAL_UNKNOWN', `a visual of type ${mediaType || '(none)'} cannot be shown here; return an image, a text, series or a table from the visualizer`);
}

/** The beginning of a visual as text, for where there is little room. */
export function snippetOf(visual: Visual): string {
  switch (visual.kind) {
    case 'text': return visual.text;
    case 'series': return Object.entries(visual.series).map(([name, values]) => `${name} ${values.slice(0, 8).map(short).join(' ')}`).join('\n');
    case 'table': return visual.rows.slice(0, 8).map((row) => row.map((cell) => (typeof cell === 'number' ? short(cell) : String(cell ?? '–'))).join(' ')).join('\n');
  }
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
