import { Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { InsightMember } from '@noema/contracts/noema/insights/v1/insight';
import { useState } from 'react';
import { hasPictures, isSmallPicture, visualUrl } from '../../features/sample/visual-sheet.js';
import { VisualView } from '../../features/sample/visual.view.js';
import { sampleKey } from '../../parts/address/sample-key.js';
import classes from './insights.module.css';

const HEIGHT = 320;

/** The sample of an audit, as large as there is room, and next to it the one that it belongs to. */
export function AuditPicturesView({
  version,
  samples,
}: {
  version: DatasetVersion;
  samples: readonly InsightMember[];
}) {
  const [visualizer] = version.visualizers;
  if (visualizer === undefined)
    return (
      <Text size="sm" c="dimmed">
        The integration declares no visualizer, so that there is nothing to see.
      </Text>
    );
  return (
    <div className={classes.picture}>
      {samples.map(({ row, sample }) =>
        sample === undefined ? null : (
          <figure key={row}>
            {hasPictures(version) ? (
              <PictureView
                url={visualUrl(version.id, sample)}
                alt={`Sample ${sampleKey(sample)}`}
                isSmall={isSmallPicture(version)}
              />
            ) : (
              <VisualView
                datasetVersionId={version.id}
                sample={sample}
                visualizer={visualizer.name}
                height={HEIGHT}
              />
            )}
            {samples.length > 1 && (
              <Text component="figcaption" size="xs" c="dimmed" truncate mt={4}>
                {sampleKey(sample)}
              </Text>
            )}
          </figure>
        ),
      )}
    </div>
  );
}

function PictureView({ url, alt, isSmall }: { url: string; alt: string; isSmall: boolean }) {
  const [isBroken, setBroken] = useState(false);
  if (isBroken)
    return (
      <Text size="sm" c="dimmed" role="alert">
        The picture cannot be loaded.
      </Text>
    );
  return (
    <img
      src={url}
      alt={alt}
      className={isSmall ? 'pixelated' : ''}
      onError={() => {
        setBroken(true);
      }}
    />
  );
}
