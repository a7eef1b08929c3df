import type { Unit } from '@noema/contracts/noema/activations/v1/unit';
import { Text } from '@mantine/core';
import { links } from '../../parts/address/links.js';
import { digits } from '../../parts/numbers.js';
import { SectionView } from '../../parts/section.view.js';
import cards from '../../features/sample/sample-card.module.css';
import { SampleCardView } from '../../features/sample/sample-card.view.js';
import { useRowEvaluations } from '../../features/sample/sample.query.js';

interface Props {
  unit: Unit;
  projectId: string;
  runId: string;
  epoch: number;
  datasetVersionId: string;
}

/** The samples to which the unit responds most strongly. */
export function TopSamplesView({ unit, projectId, runId, epoch, datasetVersionId }: Props) {
  const rows = unit.topSamples.map(({ row }) => row);
  const evaluations = useRowEvaluations(runId, epoch, rows).data;
  return (
    <SectionView
      title="Top activating samples"
      note="with the mean response; a red frame marks a misclassified sample"
    >
      <div className={cards.grid}>
        {unit.topSamples.map(
          (top) =>
            top.sample !== undefined && (
              <SampleCardView
                key={top.row}
                datasetVersionId={datasetVersionId}
                sample={top.sample}
                row={top.row}
                evaluation={evaluations?.get(top.row)}
                size={84}
                note={digits(top.response, 3)}
                to={links.sample(projectId, runId, top.sample, { epoch })}
              />
            ),
        )}
      </div>
      {rows.length === 0 && (
        <Text size="sm" c="dimmed">
          The unit responds to no sample.
        </Text>
      )}
    </SectionView>
  );
}
