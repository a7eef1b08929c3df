import { Box, Stack, Text, Title } from '@mantine/core';
import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import type { HeatMap } from '@noema/contracts/noema/explanations/v1/heat_map';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Method } from '@noema/contracts/noema/methods/v1/method';
import type { ReactNode } from 'react';
import { methodTitle } from '../../parts/methods.query.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { hasPictures, isAnnotated, isSmallPicture, isVideo, visualUrl } from '../sample/visual-sheet.js';
import { AnnotationsView } from './annotations.view.js';
import { EvidenceView } from './evidence.view.js';
import { completenessSentence } from './faithfulness.js';
import { FaithfulnessView } from './faithfulness.view.js';
import { HeatLegendView } from './heat-legend.view.js';
import type { HeatMapStyle } from './heat-map-style.state.js';
import { HeatMapView } from './heat-map.view.js';
import { HeatSeriesView } from './heat-series.view.js';
import { type HeatMapPlace, useHeatValues } from './heat-values.query.js';
import { peakText, formatReading } from './methods.js';
import { listMaps, type Target } from './targets.js';
import styles from './target-panel.module.css';

interface Props {
  analysis: Analysis;
  version: DatasetVersion;
  sample: SampleAddress;
  target: Target;
  title: string;
  explainers: readonly Method[];
  /** Key of the explainer whose map is shown. */
  method: string;
  look: HeatMapStyle;
  /** Says whether it is the label or the prediction. */
  mark: ReactNode;
}

/** The heat map of one class or of the loss, what its colors mean, and whether it can be trusted. */
export function TargetPanelView(props: Props) {
  const { analysis, target, title, method } = props;
  const maps = listMaps(analysis, target);
  const map = maps.find((one) => one.method === method) ?? maps[0];
  if (map === undefined)
    return (
      <Text size="sm" c="dimmed">
        There is no heat map for {title}.
      </Text>
    );
  return <MapPanel {...props} map={map} />;
}

function MapPanel({
  analysis,
  version,
  sample,
  target,
  title,
  explainers,
  map,
  look,
  mark,
}: Props & { map: HeatMap }) {
  const { signed } = map;
  const name = methodTitle(explainers, map.method);
  const place: HeatMapPlace = {
    analysisId: analysis.id,
    heatMapId: map.id,
    dims: map.dims,
    kind: 'analysis',
  };
  const silent = useHeatValues(place).data?.peak === 0;
  const completeness = completenessSentence(map);
  const words =
    target === 'loss'
      ? { forIt: 'raises the loss', against: 'lowers it' }
      : { forIt: `is evidence for ${title}`, against: 'is against it' };
  const pictured =
    hasPictures(version) && map.dims.length >= 2 && !isVideo(version.visualizers[0]?.mediaType ?? '');
  return (
    <section className={styles.panel} aria-label={`${name} for ${title}`}>
      <div className={styles.body}>
        <Box>
          {pictured ? (
            <HeatMapView
              url={visualUrl(version.id, sample)}
              alt={`${name} for ${title}`}
              map={place}
              signed={signed}
              look={look}
              small={isSmallPicture(version)}
              overlay={
                look.annotations === true &&
                isAnnotated(version.visualizers[0]?.mediaType ?? '') && (
                  <AnnotationsView datasetVersionId={version.id} sample={sample} />
                )
              }
            />
          ) : (
            <HeatSeriesView
              datasetVersionId={version.id}
              sample={sample}
              hasVisual={version.visualizers.length > 0}
              map={place}
              signed={signed}
              look={look}
            />
          )}
          <Box mt={8}>
            <HeatLegendView
              map={place}
              signed={signed}
              look={look}
              low={target === 'loss' ? 'lowers the loss' : 'against'}
              high={target === 'loss' ? 'raises the loss' : 'for'}
            />
          </Box>
        </Box>
        <Stack gap="md">
          <div>
            <Title order={2} size="h3">
              {target === 'loss' ? 'What raises the loss' : `Evidence for ${title}`} {mark}
            </Title>
            <Text size="sm" c="dimmed">
              {formatReading(explainers, map, title)}
            </Text>
          </div>
          {silent && (
            <Text size="sm">
              The map is zero everywhere: nothing {map.layer === '' ? 'in the input' : `at ${map.layer}`}{' '}
              raises the score of {title}, so there is nothing to draw or to score. Try another layer or
              algorithm.
            </Text>
          )}
          {!silent && map.faithfulness !== undefined && (
            <FaithfulnessView
              faithfulness={map.faithfulness}
              score={target === 'loss' ? 'how wrong the model is' : `the probability of ${title}`}
            />
          )}
          {!silent && completeness !== undefined && (
            <Text size="xs" c={completeness.isComplete ? 'dimmed' : 'orange'} role="note">
              {completeness.text}
            </Text>
          )}
          {!silent && map.peak !== undefined && (
            <Text size="xs" c="dimmed">
              {peakText(explainers, map.method, title, map.peak)}
            </Text>
          )}
          {signed && !silent && <EvidenceView map={place} subject={words} />}
        </Stack>
      </div>
    </section>
  );
}
