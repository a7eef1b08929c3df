import { Skeleton } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { useEffect, useState } from 'react';
import { FaultView } from '../../parts/fault.view.js';
import { isSmallPicture } from '../sample/visual-sheet.js';
import { useMeanVisual } from './selection.query.js';
import styles from './selection.module.css';
import type { Subject } from './subject.js';

/** The mean of the pictures of a selection. */
export function MeanPictureView({
  version,
  subject,
  size,
}: {
  version: DatasetVersion;
  subject: Subject;
  size: number;
}) {
  const mean = useMeanVisual(version.id, subject, true);
  const url = useBlobUrl(mean.data);
  if (mean.error !== null)
    return (
      <FaultView
        error={mean.error}
        retry={() => {
          void mean.refetch();
        }}
      />
    );
  if (url === undefined) return <Skeleton w={size} h={size} />;
  return (
    <img
      src={url}
      width={size}
      height={size}
      alt={`Mean picture of ${subject.count} samples`}
      className={`${styles.mean ?? ''}${isSmallPicture(version) ? ' pixelated' : ''}`}
      style={{ objectFit: 'contain' }}
    />
  );
}

function useBlobUrl(blob: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (blob === undefined) return undefined;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => {
      setUrl(undefined);
      URL.revokeObjectURL(made);
    };
  }, [blob]);
  return url;
}
