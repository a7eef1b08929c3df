import type { Offset } from '@noema/integration/visuals';
import { Fragment, type ReactNode } from 'react';
import { value } from '../../parts/numbers.js';
import type { Visual } from '../sample/visual.js';
import { cutText } from '../sample/visuals/cut-text.js';
import { markStyle, SpanNameView } from '../sample/visuals/spans.view.js';
import styles from './heat-series.module.css';

/** A text whose words or tokens have the colors of a heat map; the marks of its spans are lines below. */
export function HeatTextView({
  visual,
  pieces,
  values,
  tone,
}: {
  visual: Visual;
  pieces: readonly string[];
  values: Float32Array;
  tone: (at: number) => string;
}) {
  const colored = (at: number, piece: string) => (
    <span style={{ background: tone(at) }} title={value(values[at])}>
      {piece}
    </span>
  );
  if (visual.kind === 'tokens' && visual.text !== undefined) {
    const parts = listWords(visual.offsets ?? []);
    return (
      <p className={styles.text}>
        {cutText(visual.text, parts).map(({ text, parts: inside }, key) => {
          // The tokens of the bytes of one character lie on each other: the strongest is shown.
          const [part] = inside.toSorted((a, b) => Math.abs(values[b.at] ?? 0) - Math.abs(values[a.at] ?? 0));
          return <Fragment key={key}>{part === undefined ? text : colored(part.at, text)}</Fragment>;
        })}
      </p>
    );
  }
  if (visual.kind === 'spans') return <MarkedText visual={visual} colored={colored} />;
  return (
    <p className={styles.text}>
      {pieces.map((piece, at) => piece !== '' && <Fragment key={at}>{colored(at, piece)} </Fragment>)}
    </p>
  );
}

/** The words of a text with spans: the heat is behind a word, the span a line below it. */
function MarkedText({
  visual: { text, labels, spans, offsets },
  colored,
}: {
  visual: Extract<Visual, { kind: 'spans' }>;
  colored: (at: number, piece: string) => ReactNode;
}) {
  const places =
    offsets ?? [...text.matchAll(/\S+/g)].map(({ index, 0: word }) => [index, index + word.length] as const);
  const words = listWords(places);
  const marks = spans.map((span) => ({ start: span.start, end: span.end, span }));
  return (
    <p className={styles.text}>
      {cutText<Word | Mark>(text, [...marks, ...words]).map(({ text: piece, parts, ending }, key) => {
        const word = parts.find((part): part is Word => 'at' in part);
        const inner = parts.filter((part): part is Mark => 'span' in part);
        const content = word === undefined ? piece : colored(word.at, piece);
        return (
          <Fragment key={key}>
            {inner.length === 0 ? (
              content
            ) : (
              <mark
                style={{ ...markStyle(inner.map(({ span }) => span)), background: 'none', color: 'inherit' }}
              >
                {content}
              </mark>
            )}
            {ending.map(
              (part, index) =>
                'span' in part && (
                  <SpanNameView key={index} span={part.span} label={labels[part.span.label] ?? ''} />
                ),
            )}
          </Fragment>
        );
      })}
    </p>
  );
}

interface Word {
  readonly start: number;
  readonly end: number;
  /** Position of the input. */
  readonly at: number;
}

/** The tokens with text, by their places. */
const listWords = (offsets: readonly Offset[]): Word[] =>
  offsets.flatMap((offset, at) =>
    offset === null || offset[0] === offset[1] ? [] : [{ start: offset[0], end: offset[1], at }],
  );

interface Mark {
  readonly start: number;
  readonly end: number;
  readonly span: Extract<Visual, { kind: 'spans' }>['spans'][number];
}
