import { Group, Switch, Text, Tooltip } from '@mantine/core';
import type { TrustNumbers } from '@noema/contracts/noema/projection/v1/exploration';
import { percent } from '../parts/numbers.js';
import styles from './population.module.css';

interface Fact { readonly name: string; readonly value: number; readonly text: string }

/** How far the map can be trusted, always in sight; and the switch that shows where it cannot. */
export function TrustView({ trust, hasLabels, isColored, onColored }: { trust: TrustNumbers | undefined; hasLabels: boolean; isColored: boolean; onColored: (on: boolean) => void }) {
  return (
    <div aria-label="How far the map can be trusted" role="group">
      {factsOf(trust, hasLabels).map(({ name, value, text }) => (
        <Tooltip key={name} label={text} multiline w={280} position="right" withArrow events={{ hover: true, focus: true, touch: true }}>
          <div className={styles.meter} tabIndex={0} style={{ marginBottom: 6 }}>
            <span>{name}</span><Text span size="xs" fw={600}>{trust === undefined ? '–' : percent(value)}</Text>
            <span className={styles.bar}><i style={{ width: `${Math.max(0, Math.min(1, value)) * 100}%` }} /></span>
          </div>
        </Tooltip>
      ))}
      <Group justify="space-between" mt={8} wrap="nowrap">
        <Switch size="xs" label="Colour by distortion" checked={isColored} onChange={(event) => { onColored(event.currentTarget.checked); }} description="How many of its neighbours each dot keeps" />
      </Group>
    </div>
  );
}

/** What a sample leaves open; nothing where all were measured. */
const within = (interval = 0): string => (interval > 0 ? ` Measured on a sample of the dots, each among all: ± ${(100 * interval).toFixed(2)} points.` : '');

function factsOf(trust: TrustNumbers | undefined, hasLabels: boolean): Fact[] {
  const k = trust?.k ?? 15;
  return [
    { name: 'Trustworthiness', value: trust?.trustworthiness ?? 0, text: `Are neighbours in the map neighbours for the model, too? 100 % when none of the ${k} nearest dots is a stranger (Venna & Kaski 2001).${within(trust?.trustworthinessInterval)}` },
    { name: 'Continuity', value: trust?.continuity ?? 0, text: `Are neighbours for the model still neighbours in the map? 100 % when none of the ${k} nearest was torn away.${within(trust?.continuityInterval)}` },
    { name: 'Common neighbours', value: trust?.knnOverlap ?? 0, text: `Mean share of the ${k} nearest samples that are the same in the map and for the model. A flat map of many dimensions keeps about a third.` },
    ...(trust?.rankedPoints ? [
      { name: 'Order of distances', value: trust.distanceCorrelation, text: `Rank correlation of the distances of pairs in the map and for the model: how far the large shape can be read. Of three random samples the map keeps who is nearer in ${percent(trust.randomTripletAccuracy)} (50 % by chance).` },
    ] : []),
    ...(hasLabels ? [{ name: 'Same label nearby', value: trust?.labelAgreementMap ?? 0, text: `Share of the 10 nearest dots with the same label: ${percent(trust?.labelAgreementMap)} in the map, ${percent(trust?.labelAgreementVectors)} for the model. The closer both are, the less the map invents.` }] : []),
  ];
}
