import { DomainError } from '@noema/kernel';
import { encodePng } from './png.js';
import { type TensorLike, toTensor } from './tensor.js';

/** Result of a visualizer, shown to people. */
export type Visual =
  | { readonly kind: 'image'; readonly pixels: TensorLike }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tokens'; readonly tokens: readonly string[] }
  | { readonly kind: 'series'; readonly series: Readonly<Record<string, readonly number[]>> }
  | {
      readonly kind: 'table';
      readonly columns: readonly string[];
      readonly rows: readonly (readonly (string | number | boolean | null)[])[];
    };

/**
 * A picture `[height, width]` or `[height, width, 1 | 3 | 4]`: bytes from 0 to 255, or other numbers from 0
 * to 1.
 */
export const image = (pixels: TensorLike): Visual => ({ kind: 'image', pixels });
/**
 * A text, or its pieces: one per token of the input, in order, so that heat maps can color them:
 * `text(['rain', 'and', 'wind'])`.
 */
export const text = (value: string | readonly string[]): Visual =>
  typeof value === 'string' ? { kind: 'text', text: value } : { kind: 'tokens', tokens: value };
/** Named lines over a common axis. */
export const series = (lines: Readonly<Record<string, readonly number[]>>): Visual => ({
  kind: 'series',
  series: lines,
});
/** A table with a header. */
export const table = (
  columns: readonly string[],
  rows: readonly (readonly (string | number | boolean | null)[])[],
): Visual => ({ kind: 'table', columns, rows });

/** A visual, encoded for storage and transfer. */
export interface EncodedVisual {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

const MAX_PIXELS = 1 << 24;
const invalid = (why: string): DomainError => new DomainError('invalid', 'VISUAL_INVALID', why);
const json = (kind: string, value: object): EncodedVisual => ({
  mediaType: `application/vnd.noema.${kind}+json`,
  bytes: Buffer.from(JSON.stringify(value)),
});

/** Encodes a picture as PNG, a text as UTF-8, series and tables as JSON. Throws `invalid` VISUAL_INVALID. */
export function encodeVisual(visual: unknown): EncodedVisual {
  if (typeof visual !== 'object' || visual === null || !('kind' in visual))
    throw invalid('a visualizer must return image(…), text(…), series(…) or table(…)');
  const made = visual as Visual;
  switch (made.kind) {
    case 'image':
      return encodeImage(made.pixels);
    case 'text':
      return { mediaType: 'text/plain; charset=utf-8', bytes: Buffer.from(made.text) };
    case 'tokens':
      return json('tokens', { tokens: piecesOf(made.tokens) });
    case 'series':
      return json('series', { series: linesOf(made.series) });
    case 'table':
      return json('table', tableOf(made.columns, made.rows));
    default:
      throw invalid(
        `"${String(visual.kind)}" is no kind of visual; known: image, text, tokens, series, table`,
      );
  }
}

function piecesOf(tokens: unknown): readonly string[] {
  if (Array.isArray(tokens) && tokens.every((piece) => typeof piece === 'string')) return tokens;
  throw invalid('the pieces of a text must be texts, one for each token of the input');
}

function linesOf(series: unknown): Record<string, number[]> {
  const lines =
    typeof series === 'object' && series !== null ? Object.entries(series as Record<string, unknown>) : [];
  const odd = lines.find(
    ([, line]) =>
      !(Array.isArray(line) || (ArrayBuffer.isView(line) && 'length' in line)) ||
      !Array.from(line as ArrayLike<unknown>).every((value) => typeof value === 'number'),
  );
  if (odd !== undefined) throw invalid(`the line "${odd[0]}" of a series is no list of numbers`);
  return Object.fromEntries(lines.map(([name, line]) => [name, Array.from(line as ArrayLike<number>)]));
}

function tableOf(columns: unknown, rows: unknown): object {
  const texts = Array.isArray(columns) && columns.every((column) => typeof column === 'string');
  const cells =
    Array.isArray(rows) &&
    rows.every(
      (row) =>
        Array.isArray(row) &&
        row.every(
          (cell) =>
            cell === null || cell === undefined || ['string', 'number', 'boolean'].includes(typeof cell),
        ),
    );
  if (!texts || !cells)
    throw invalid('a table needs texts as columns, and rows of texts, numbers, true, false or null');
  return { columns, rows };
}

function encodeImage(pixels: TensorLike): EncodedVisual {
  const { data, dims, type } = toTensor(pixels);
  const [height = 0, width = 0, channels = 1] = dims;
  if (dims.length < 2 || dims.length > 3 || (channels !== 1 && channels !== 3 && channels !== 4)) {
    throw invalid(
      `a picture needs the shape [height, width] or [height, width, 1, 3 or 4], not [${dims.join(', ')}]`,
    );
  }
  if (height * width > MAX_PIXELS)
    throw invalid(`a picture of ${height} × ${width} is too large; at most ${MAX_PIXELS} pixels are kept`);
  const scale = type === 'uint8' ? 1 : 255;
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.min(255, Math.max(0, Math.round(data[i]! * scale)));
  return { mediaType: 'image/png', bytes: encodePng({ width, height, channels, data: bytes }) };
}
