import { VisuallyHidden } from '@mantine/core';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { memo, type MouseEvent, type ReactNode } from 'react';
import { Link } from 'react-router-dom';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { sampleKey } from '../../parts/address/sample-key.js';
import { isMisclassified } from './misclassified.js';
import styles from './sample-card.module.css';
import { ThumbnailView } from './thumbnail.view.js';
import { verdictText } from './verdict.view.js';

/** A sample in a grid. */
export interface SampleCardProps {
  readonly datasetVersionId: string;
  readonly sample: SampleAddress;
  readonly row: number;
  /** The evaluation of the sample by the model; undefined while it is not known. */
  readonly evaluation: SampleEvaluation | undefined;
  /** Width and height of the picture in CSS pixels. */
  readonly size: number;
  readonly to: string;
  /** Called with the row by a plain click, instead of going there. */
  readonly onOpen?: ((row: number) => void) | undefined;
  /** A number under the picture, such as the distance. */
  readonly note?: string | undefined;
  /** A replacement for the picture. */
  readonly picture?: ReactNode;
}

/** A sample with its label, its prediction where that is wrong, and a number; the whole of it is a link. */
export const SampleCardView = memo(function SampleCardView({
  datasetVersionId,
  sample,
  row,
  evaluation,
  size,
  to,
  onOpen,
  note,
  picture,
}: SampleCardProps) {
  const verdict = evaluation === undefined ? ' ' : verdictText(evaluation);
  const wrong = evaluation !== undefined && isMisclassified(evaluation);
  const told = [
    sampleKey(sample),
    evaluation === undefined ? '' : evaluation.trueClass < 0 ? verdict : `label ${verdict}`,
    wrong ? 'misclassified' : '',
    note ?? '',
  ]
    .filter((part) => part.trim() !== '')
    .join(', ');
  const open = (event: MouseEvent): void => {
    if (
      onOpen === undefined ||
      event.button !== 0 ||
      event.ctrlKey ||
      event.metaKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    onOpen(row);
  };
  return (
    <Link
      to={to}
      className={`${styles.card} ${wrong ? styles.wrong : ''}`}
      style={{ width: size + 10 }}
      title={told}
      onClick={open}
    >
      <VisuallyHidden>
        {sampleKey(sample)}
        {evaluation !== undefined && evaluation.trueClass >= 0 ? ', label' : ','}{' '}
      </VisuallyHidden>
      {picture ?? (
        <ThumbnailView
          datasetVersionId={datasetVersionId}
          sample={sample}
          row={row}
          size={size}
          alt=""
          scattered
        />
      )}
      <span className={styles.line}>
        <span className={styles.verdict}>{verdict}</span>
        {note !== undefined && <span className={styles.note}>{note}</span>}
      </span>
      {wrong && <VisuallyHidden>, misclassified</VisuallyHidden>}
    </Link>
  );
});
