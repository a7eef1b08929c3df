import { NativeSelect, Skeleton, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { Suspense, useEffect, useState } from 'react';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { FaultView } from '../../parts/fault.view.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { isPicture, isSmallPicture, visualUrl } from '../../features/sample/visual-sheet.js';
import { addMask, addTags, hasMask } from '../../features/sample/visuals/predicted-positions.js';
import { addDetections } from '../../features/sample/visuals/detected-boxes.js';
import { useVisual } from '../../features/sample/visual.query.js';
import { VisualView } from '../../features/sample/visual.view.js';
import { AnnotatedPictureView } from './annotated-picture.view.js';
import { ZoomPictureView } from './zoom-picture.view.js';

const VideoView = lazyPart(async () => ({
  default: (await import('../../features/sample/visuals/video.view.js')).VideoView,
}));

interface Props {
  version: DatasetVersion;
  sample: SampleAddress;
  height: number;
  /** Evaluation of the sample, of which objects are drawn on its picture. */
  evaluation: SampleEvaluation;
}

/** The visuals of a sample: the first, or the one that is picked. */
export function SampleVisualView({ version, sample, height, evaluation }: Props) {
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
  const props = { version, sample, height, evaluation, name };
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
        <VisualView
          datasetVersionId={version.id}
          sample={sample}
          visualizer={name}
          height={height}
          complete={(visual) => (visual.kind === 'spans' ? addTags(visual, evaluation) : visual)}
        />
      ) : mediaType === 'image/png' ? (
        evaluation.task === Task.DETECTION || hasMask(evaluation) ? (
          <PredictionsView key={url} {...props} />
        ) : (
          <ZoomPictureView key={url} {...toPicture(props)} />
        )
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
  if (data.kind === 'video') {
    const { url, alt } = toPicture(props);
    return (
      <Suspense fallback={<Skeleton height={props.height} />}>
        <VideoView video={data} url={url} alt={alt} maxHeight={props.height} />
      </Suspense>
    );
  }
  return data.kind === 'boxes' || data.kind === 'mask' ? (
    <AnnotatedPictureView
      visual={data.kind === 'boxes' ? addDetections(data, props.evaluation) : addMask(data, props.evaluation)}
      {...toPicture(props)}
    />
  ) : (
    <ZoomPictureView {...toPicture(props)} />
  );
}

/** A plain picture with the objects or the mask of its evaluation, once its size is known. */
function PredictionsView(props: Props & { name: string }) {
  const { version, evaluation } = props;
  const picture = toPicture(props);
  const size = usePictureSize(picture.url);
  if (size === undefined) return <ZoomPictureView {...picture} />;
  const plain = { ...size, labels: version.classNames };
  return (
    <AnnotatedPictureView
      visual={
        hasMask(evaluation)
          ? addMask({ kind: 'mask', ...plain, regions: [] }, evaluation)
          : addDetections({ kind: 'boxes', ...plain, boxes: [] }, evaluation)
      }
      {...picture}
    />
  );
}

/** Width and height of a picture in pixels; undefined until it is loaded. */
function usePictureSize(url: string): { readonly width: number; readonly height: number } | undefined {
  const [size, setSize] = useState<{ width: number; height: number }>();
  useEffect(() => {
    const picture = new Image();
    picture.onload = () => {
      setSize({ width: picture.naturalWidth, height: picture.naturalHeight });
    };
    picture.src = url;
    return () => {
      picture.onload = null;
    };
  }, [url]);
  return size;
}
