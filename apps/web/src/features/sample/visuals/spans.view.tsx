import { labelColor, type StoredSpan, type StoredSpans } from '@noema/integration/visuals';
import { value } from '../../../parts/numbers.js';
import { cutText } from './cut-text.js';
import { inkOn } from './ink.js';
import { judgeSpans, type JudgedSpan } from './judged-spans.js';
import styles from './text.module.css';

/** A text with named parts; the name stands behind the last character of its part. */
export function SpansView({ visual: { text, labels, spans } }: { visual: StoredSpans }) {
  const judged = judgeSpans(spans);
  return (
    <>
      {judged.some(({ outcome }) => outcome !== undefined) && (
        <p className={styles.key}>
          <KeyView outcome="found">predicted</KeyView>
          <KeyView outcome="missed">not predicted</KeyView>
          <KeyView outcome="wrong">predicted, not ground truth</KeyView>
        </p>
      )}
      <p className={styles.text}>
        {cutText(text, judged).map(({ text: piece, parts, ending }, at) => (
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

const TITLES = {
  found: 'predicted, as in the ground truth',
  missed: 'ground truth, not predicted',
  wrong: 'predicted, not in the ground truth',
} as const;

function KeyView({ outcome, children }: { outcome: keyof typeof TITLES; children: string }) {
  return (
    <span>
      <span aria-hidden className={`${styles.name} ${styles[outcome]}`} />
      {children}
    </span>
  );
}

/** Name of a span, behind its last character: filled where it is found, in an outline where it is not. */
export function SpanNameView({ span, label: name }: { span: JudgedSpan; label: string }) {
  const { label, score, predicted = false, outcome } = span;
  const color = labelColor(label);
  const isFilled = outcome === undefined || outcome === 'found';
  return (
    <span
      className={`${styles.name} ${outcome === undefined ? '' : styles[outcome]}`}
      style={{
        ...(isFilled ? { background: color, color: inkOn(color) } : { borderColor: color }),
        fontStyle: predicted ? 'italic' : undefined,
      }}
      title={outcome === undefined ? (predicted ? 'predicted' : 'ground truth') : TITLES[outcome]}
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
