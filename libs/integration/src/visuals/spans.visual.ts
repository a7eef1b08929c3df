import { indexLabels, isLabelIndex, isLabels } from './class-labels.js';
import { areOffsets, type Offset, requireOffsets } from './token-offsets.js';
import { encodeJson, exactly, jsonMediaType, type VisualKind, visualInvalid } from './visual-kind.js';

/** A named part of a text. */
export interface Span {
  /** Position of its first character in UTF-16 units, as `String.prototype.slice` counts. */
  readonly start: number;
  /** Position behind its last character. */
  readonly end: number;
  /** Name of its class. */
  readonly label: string;
  /** How certain the model is, 0 to 1. */
  readonly score?: number;
  /** True for a span that a model predicted, false for ground truth. Default: false. */
  readonly predicted?: boolean;
}

export interface SpansVisual {
  readonly kind: 'spans';
  readonly text: string;
  readonly spans: readonly Span[];
  readonly labels?: readonly string[];
  readonly offsets?: readonly Offset[];
}

/** A stored span: `label` is an index of the labels. */
export interface StoredSpan extends Omit<Span, 'label'> {
  readonly label: number;
}

/** A stored text with spans. */
export interface StoredSpans {
  readonly kind: 'spans';
  readonly text: string;
  readonly labels: readonly string[];
  readonly spans: readonly StoredSpan[];
  /** Places of the tokens that the model has a class for, one for each token of the input. */
  readonly offsets?: readonly Offset[];
}

/**
 * A text with named parts, such as the names of persons and places. `labels`, all class names of the dataset,
 * gives a class the same color at every sample. `offsets`, the place of each token of the input or null, lets the
 * page of a sample draw the class that a model predicts for each token.
 */
export const spans = (
  text: string,
  parts: readonly Span[],
  options: Pick<SpansVisual, 'labels' | 'offsets'> = {},
): SpansVisual => ({ kind: 'spans', text, spans: parts, ...options });

const MAX_SPANS = 5_000;

/** A text with named parts. */
export const spansKind: VisualKind<SpansVisual, StoredSpans> = {
  key: 'spans',
  mediaType: jsonMediaType('spans'),
  isText: true,
  encode({ text, spans: parts, labels, offsets }) {
    if (typeof text !== 'string') throw visualInvalid('the text of spans is not a text');
    if (!Array.isArray(parts) || parts.length > MAX_SPANS)
      throw visualInvalid(`the spans of a text must be a list of at most ${MAX_SPANS}`);
    for (const [at, span] of parts.entries()) requireSpan(span, at, text);
    const index = indexLabels(
      parts.map(({ label }: Span) => label),
      labels,
    );
    return encodeJson({
      text,
      labels: index.labels,
      spans: parts.map(({ start, end, label, score, predicted = false }: Span) => ({
        start,
        end,
        label: index.indexOf(label),
        ...(score === undefined ? {} : { score }),
        ...(predicted ? { predicted } : {}),
      })),
      ...(offsets === undefined ? {} : { offsets: requireOffsets(text, offsets) }),
    });
  },
  hasForm(value) {
    const whole = exactly(value, 'text', 'labels', 'spans', 'offsets');
    const parts = whole ?? exactly(value, 'text', 'labels', 'spans');
    if (parts === undefined || typeof parts.text !== 'string' || !isLabels(parts.labels)) return false;
    const { text, labels, spans: stored } = parts;
    return (
      (whole === undefined || areOffsets(whole.offsets, text)) &&
      Array.isArray(stored) &&
      stored.length <= MAX_SPANS &&
      stored.every(
        (span) => findOdd(span, text) === undefined && isLabelIndex(labels, (span as StoredSpan).label),
      )
    );
  },
  read: (stored) => ({ kind: 'spans', ...(JSON.parse(stored) as Omit<StoredSpans, 'kind'>) }),
  snippet: ({ text }) => text,
};

const NAMES = new Set(['start', 'end', 'label', 'score', 'predicted']);

/** Returns the name of a part of a span that is not valid; `undefined` when all are. */
function findOdd(span: unknown, text: string): string | undefined {
  if (typeof span !== 'object' || span === null) return 'start';
  const { start, end, score, predicted } = span as Partial<Span>;
  if (!Number.isInteger(start) || start! < 0) return 'start';
  if (!Number.isInteger(end) || end! <= start! || end! > text.length) return 'end';
  if (score !== undefined && !(typeof score === 'number' && score >= 0 && score <= 1)) return 'score';
  if (predicted !== undefined && typeof predicted !== 'boolean') return 'predicted';
  return Object.keys(span).find((name) => !NAMES.has(name));
}

function requireSpan(span: unknown, at: number, text: string): void {
  const odd = findOdd(span, text);
  if (odd !== undefined)
    throw visualInvalid(
      `"${odd}" of span ${at} is ${String((span as Readonly<Record<string, unknown>> | null)?.[odd])}; give ` +
        `{ start, end, label, score?, predicted? } with positions from 0 to ${text.length}, the length of ` +
        'the text, and a score from 0 to 1',
    );
  if (typeof (span as Span).label !== 'string') throw visualInvalid(`span ${at} has no label`);
}
