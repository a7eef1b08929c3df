import { Box, Stack, Text, Title } from '@mantine/core';
import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import { type HeatMap, HeatMapAlgorithm } from '@noema/contracts/noema/explanations/v1/heat_map';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { value } from '../../parts/numbers.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { hasPictures, isSmallPicture, visualUrl } from '../sample/visual-sheet.js';
import { EvidenceView } from './evidence.view.js';
import { completenessSentence } from './faithfulness.js';
import { FaithfulnessView } from './faithfulness.view.js';
import { HeatLegendView } from './heat-legend.view.js';
import type { HeatMapStyle } from './heat-map-style.state.js';
import { HeatMapView } from './heat-map.view.js';
import { HeatSeriesView } from './heat-series.view.js';
import { type HeatMapPlace, useHeatValues } from './heat-values.query.js';
import { ALGORITHM_NAMES, isSigned, mapsOf, type Target } from './targets.js';
import styles from './target-panel.module.css';

interface Props {
  analysis: Analysis;
  version: DatasetVersion;
  sample: SampleAddress;
  target: Target;
  title: string;
  algorithm: HeatMapAlgorithm;
  look: HeatMapStyle;
  narrow: boolean;
}

/** The heat map of one class or of the loss, what its colors mean, and whether it can be trusted. */
export function TargetPanelView(props: Props) {
  const { analysis, target, title, algorithm } = props;
  const maps = mapsOf(analysis, target);
  const map = maps.find((one) => one.algorithm === algorithm) ?? maps[0];
  if (map === undefined)
    return (
      <Text size="sm" c="dimmed">
        There is no heat map for {title}.
      </Text>
    );
  return <MapPanel {...props} map={map} />;
}

function MapPanel({ analysis, version, sample, target, title, map, look, narrow }: Props & { map: HeatMap }) {
  const signed = isSigned(map.algorithm);
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
  const pictured = hasPictures(version) && map.dims.length >= 2;
  return (
    <section
      className={narrow ? styles.narrow : styles.wide}
      aria-label={`${ALGORITHM_NAMES[map.algorithm]} for ${title}`}
    >
      <Box>
        {pictured ? (
          <HeatMapView
            url={visualUrl(version.id, sample)}
            alt={`${ALGORITHM_NAMES[map.algorithm]} for ${title}`}
            map={place}
            signed={signed}
            look={look}
            small={isSmallPicture(version)}
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
            {target === 'loss' ? 'What raises the loss' : `Evidence for ${title}`}
          </Title>
          <Text size="sm" c="dimmed">
            {textOf(map, title)}
          </Text>
        </div>
        {silent && (
          <Text size="sm">
            The map is zero everywhere: nothing {map.layer === '' ? 'in the input' : `at ${map.layer}`} raises
            the score of {title}, so there is nothing to draw or to score. Try another layer or algorithm.
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
            {peakText(map, title, map.peak)}
          </Text>
        )}
        {signed && !silent && <EvidenceView map={place} subject={words} />}
      </Stack>
    </section>
  );
}

/** How much the strongest place counts, in the unit of the algorithm. */
function peakText({ algorithm }: HeatMap, title: string, peak: number): string {
  const unit = GRADIENTS.has(algorithm)
    ? ` of the score of ${title} before the softmax`
    : algorithm === HeatMapAlgorithm.LOSS_GRADIENT
      ? ' of the loss'
      : '';
  return `Its strongest place counts ${value(peak)}${unit}; all other places are drawn relative to it.`;
}

/** Algorithms whose amounts are in units of the score. */
const GRADIENTS: ReadonlySet<HeatMapAlgorithm> = new Set([
  HeatMapAlgorithm.INTEGRATED_GRADIENTS,
  HeatMapAlgorithm.GRADIENT_TIMES_INPUT,
]);

function textOf({ algorithm, layer }: HeatMap, title: string): string {
  if (algorithm === HeatMapAlgorithm.LOSS_GRADIENT)
    return (
      'The gradient of the loss at the input: where the input is orange, more of it raises the loss; ' +
      'where it is blue, more of it lowers the loss.'
    );
  if (algorithm === HeatMapAlgorithm.INTEGRATED_GRADIENTS)
    return (
      `Integrated gradients from an empty input: orange places raise the score of ${title}, blue places ` +
      'lower it.'
    );
  if (algorithm === HeatMapAlgorithm.GRADIENT_TIMES_INPUT)
    return (
      `The gradient of the score of ${title} times the input: orange places, as they are, raise the ` +
      'score, blue places lower it, to first order.'
    );
  if (algorithm === HeatMapAlgorithm.SMOOTH_GRAD)
    return (
      `SmoothGrad: where small changes of the input move the score of ${title} most, as the mean over ` +
      'noisy copies; it does not tell in which direction.'
    );
  if (algorithm === HeatMapAlgorithm.OCCLUSION)
    return (
      `Occlusion: covering orange places lowers the probability of ${title}, covering blue ones raises ` +
      'it.'
    );
  if (algorithm === HeatMapAlgorithm.RISE)
    return (
      `RISE: under random masks ${title} is more probable when orange places are seen, and less when blue ` +
      'ones are.'
    );
  return (
    `${ALGORITHM_NAMES[algorithm]} at layer ${layer}: hot places raise the score of ${title}. It shows ` +
    'only evidence for the class; integrated gradients also show evidence against it.'
  );
}
