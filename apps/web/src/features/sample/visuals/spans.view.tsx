import { labelColor, type StoredSpan, type StoredSpans } from '@noema/integration/visuals';
import { value } from '../../../parts/numbers.js';
import { cutText } from './cut-text.js';
import { inkOn } from './ink.js';
import styles from './text.module.css';

/** A text with named parts; the name stands behind the last character of its part. */
export function SpansView({ visual: { text, labels, spans } }: { visual: StoredSpans }) {
  return (
    <>
      {spans.some(({ predicted }) => predicted === true) && (
        <p className={styles.key}>
          <span style={{ textDecoration: 'underline solid 2px' }}>Ground truth</span>,{' '}
          <span style={{ textDecoration: 'underline dashed 2px' }}>predicted</span>
        </p>
      )}
      <p className={styles.text}>
        {cutText(text, spans).map(({ text: piece, parts, ending }, at) => (
          <span key={at}>
            {parts.length === 0 ? (
              piece
            ) : (
              <mark className={styles.mark} style={markStyle(parts)}>
                {piece}
              </mark>
            )}
            {ending.map((span, index) => (
              <SpanNameView key={index} span={span} label={labels[span.label] ?? ''} />
            ))}
          </span>
        ))}
      </p>
    </>
  );
}

/** Name of a span, behind its last character. */
export function SpanNameView({
  span: { label, score, predicted = false },
  label: name,
}: {
  span: StoredSpan;
  label: string;
}) {
  const color = labelColor(label);
  return (
    <span
      className={styles.name}
      style={{ background: color, color: inkOn(color), fontStyle: predicted ? 'italic' : undefined }}
      title={predicted ? 'predicted' : 'ground truth'}
    >
      <span data-verbatim>{name}</span>
      {score === undefined ? '' : ` ${value(score)}`}
    </span>
  );
}

/** The innermost part colors the text; the line below has the style of that part. */
export function markStyle(parts: readonly StoredSpan[]) {
  const inner = parts.at(-1)!;
  return {
    background: `color-mix(in srgb, ${labelColor(inner.label)} 28%, transparent)`,
    textDecorationLine: 'underline',
    textDecorationStyle: inner.predicted === true ? ('dashed' as const) : ('solid' as const),
    textDecorationColor: labelColor(inner.label),
  };
}
