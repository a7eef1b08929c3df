import { Anchor, Group, Stack, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import type {
  Analysis,
  LayerContribution,
  UnitContribution,
} from '@noema/contracts/noema/explanations/v1/analysis';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { Link } from 'react-router-dom';
import { ALL_UNITS, links } from '../../parts/address/links.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { fixed, signed, value } from '../../parts/numbers.js';
import { SectionView } from '../../parts/section.view.js';
import { hasPictures, visualUrl } from '../sample/visual-sheet.js';
import { orderUnits } from './order-units.js';
import styles from './strongest-units.module.css';
import type { Target } from './targets.js';
import { UnitMapView } from './unit-map.view.js';
import { unitMapUrl } from './unit-maps.js';
import { describeUnitPositions, type UnitDrawing } from './unit-positions.js';

interface Props {
  analysis: Analysis;
  target: Target;
  predictedName: string;
  version: DatasetVersion;
  sample: SampleAddress;
}

/** The units of each layer that move the score most, with where they respond; each leads to its own page. */
export function StrongestUnitsView({ analysis, target, predictedName, version, sample }: Props) {
  const loss = target === 'loss';
  const picture = hasPictures(version) ? visualUrl(version.id, sample) : undefined;
  const note = loss
    ? 'orange raises the loss, blue lowers it'
    : `orange is evidence for ${predictedName}, blue against it`;
  return (
    <SectionView
      title={
        loss ? 'Units that raise or lower the loss' : `Strongest units for the prediction ${predictedName}`
      }
      note={`${note}; σ: standard deviations from the mean of all samples`}
    >
      <Stack gap="md">
        {analysis.layers.map((layer) => (
          <Layer key={layer.layer} analysis={analysis} layer={layer} loss={loss} picture={picture} />
        ))}
        {analysis.layers.length === 0 && (
          <Text size="sm" c="dimmed">
            The model has no layers with learned units.
          </Text>
        )}
      </Stack>
    </SectionView>
  );
}

function Layer({
  analysis,
  layer,
  loss,
  picture,
}: {
  analysis: Analysis;
  layer: LayerContribution;
  loss: boolean;
  picture: string | undefined;
}) {
  const { drawing, note } = describeUnitPositions(layer.positionDims, picture !== undefined);
  const of = (unit: UnitContribution): number => (loss ? unit.lossContribution : unit.contribution);
  const units = orderUnits(layer.units, of);
  const peak = Math.max(...units.map((unit) => Math.abs(of(unit))), 1e-12);
  return (
    <div>
      <Group gap={8} mb={4}>
        <Anchor
          size="sm"
          fw={600}
          c="inherit"
          underline="hover"
          component={Link}
          to={links.unit(
            analysis.projectId,
            analysis.runId,
            { layer: layer.layer, unit: ALL_UNITS },
            { epoch: analysis.epoch },
          )}
        >
          {layer.layer}
        </Anchor>
        <Text size="xs" c="dimmed">
          {layer.kind}
        </Text>
      </Group>
      <Text size="xs" c="dimmed" mb={6}>
        {note}
      </Text>
      <div className={styles.units}>
        {units.map((unit) => (
          <Unit
            key={unit.unit}
            analysis={analysis}
            layer={layer.layer}
            unit={unit}
            amount={of(unit)}
            peak={peak}
            drawing={drawing}
            picture={picture}
          />
        ))}
      </div>
    </div>
  );
}

function Unit({
  analysis,
  layer,
  unit,
  amount,
  peak,
  drawing,
  picture,
}: {
  analysis: Analysis;
  layer: string;
  unit: UnitContribution;
  amount: number;
  peak: number;
  drawing: UnitDrawing;
  picture: string | undefined;
}) {
  const sigma = `${unit.standardResponse < 0 ? '' : '+'}${fixed(unit.standardResponse, 1)} σ`;
  const told =
    `unit ${unit.unit} of ${layer}: contribution ${value(amount)}, response ${value(unit.response)}, ` +
    `${sigma}`;
  return (
    <Tooltip label={told} openDelay={300}>
      <Link
        to={links.unit(
          analysis.projectId,
          analysis.runId,
          { layer, unit: unit.unit },
          { epoch: analysis.epoch },
        )}
        className={styles.unit}
      >
        {drawing !== 'none' && (
          <UnitMapView
            url={unitMapUrl(analysis.id, layer, unit.unit)}
            picture={drawing === 'over-picture' ? picture : undefined}
          />
        )}
        <span className={styles.line}>
          <b>
            <VisuallyHidden>unit </VisuallyHidden>
            {unit.unit}
          </b>
          <span className={styles.sigma}>{sigma}</span>
        </span>
        <span className={styles.track} aria-hidden>
          <span
            className={amount < 0 ? styles.against : styles.for}
            style={{ width: `${(50 * Math.abs(amount)) / peak}%`, [amount < 0 ? 'right' : 'left']: '50%' }}
          />
        </span>
        <span className={styles.amount}>
          <VisuallyHidden>contribution </VisuallyHidden>
          {signed(amount)}
        </span>
      </Link>
    </Tooltip>
  );
}
