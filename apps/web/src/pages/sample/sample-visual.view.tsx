import { NativeSelect, Skeleton, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { useState } from 'react';
import { FaultView } from '../../parts/fault.view.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { isPicture, isSmallPicture, visualUrl } from '../../features/sample/visual-sheet.js';
import { useVisual } from '../../features/sample/visual.query.js';
import { VisualView } from '../../features/sample/visual.view.js';
import { AnnotatedPictureView } from './annotated-picture.view.js';
import { ZoomPictureView } from './zoom-picture.view.js';

interface Props {
  version: DatasetVersion;
  sample: SampleAddress;
  height: number;
}

/** The visuals of a sample: the first, or the one that is picked. */
export function SampleVisualView({ version, sample, height }: Props) {
  const [picked, pick] = useState<string>();
  const { visualizers } = version;
  const visualizer = visualizers.find(({ name }) => name === picked) ?? visualizers[0];
  if (visualizer === undefined)
    return (
      <Text size="sm" c="dimmed">
        The integration declares no visualizer, so there is nothing to see. Add one to look at samples.
      </Text>
    );
  const { name, mediaType } = visualizer;
  const url = visualUrl(version.id, sample, name);
  const props = { version, sample, height, name };
  return (
    <>
      {visualizers.length > 1 && (
        <NativeSelect
          size="xs"
          mb="xs"
          aria-label="Visual"
          data={visualizers.map((one) => one.name)}
          value={name}
          onChange={({ currentTarget }) => {
            pick(currentTarget.value);
          }}
        />
      )}
      {!isPicture(mediaType) ? (
        <VisualView datasetVersionId={version.id} sample={sample} visualizer={name} height={height} />
      ) : mediaType === 'image/png' ? (
        <ZoomPictureView key={url} {...toPicture(props)} />
      ) : (
        <AnnotationsView key={url} {...props} />
      )}
    </>
  );
}

const toPicture = ({ version, sample, height, name }: Props & { name: string }) => ({
  url: visualUrl(version.id, sample, name),
  alt: `Sample ${sample.sampleId}`,
  small: isSmallPicture(version),
  height,
});

function AnnotationsView(props: Props & { name: string }) {
  const { data, error, refetch } = useVisual(props.version.id, props.sample, props.name);
  if (error !== null)
    return (
      <FaultView
        error={error}
        retry={() => {
          void refetch();
        }}
      />
    );
  if (data === undefined) return <Skeleton height={props.height} />;
  return data.kind === 'boxes' || data.kind === 'mask' ? (
    <AnnotatedPictureView visual={data} {...toPicture(props)} />
  ) : (
    <ZoomPictureView {...toPicture(props)} />
  );
}
