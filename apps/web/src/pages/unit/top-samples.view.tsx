import type { Unit } from '@noema/contracts/noema/activations/v1/unit';
import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { UnitMapView } from '../../features/analysis/unit-map.view.js';
import { MAX_UNIT_MAPS, unitMapUrl } from '../../features/analysis/unit-maps.js';
import { useUnitMaps } from '../../features/analysis/unit-maps.query.js';
import { describeUnitPositions } from '../../features/analysis/unit-positions.js';
import { useDatasetVersion } from '../../features/sample/dataset-version.query.js';
import { links } from '../../parts/address/links.js';
import { FaultView } from '../../parts/fault.view.js';
import { digits } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { jobIsOpen } from '../../parts/states.js';
import { redFrameNote } from '../../features/sample/misclassified.js';
import cards from '../../features/sample/sample-card.module.css';
import { SampleCardView } from '../../features/sample/sample-card.view.js';
import { useRowEvaluations } from '../../features/sample/sample.query.js';
import { hasPictures, visualUrl } from '../../features/sample/visual-sheet.js';

interface Props {
  unit: Unit;
  /** Shape of the positions of the unit's layer; empty for a dense layer. */
  positionDims: readonly number[];
  projectId: string;
  runId: string;
  epoch: number;
  datasetVersionId: string;
}

/** The samples to which the unit responds most strongly, and on demand where in each of them it responds. */
export function TopSamplesView({ unit, positionDims, projectId, runId, epoch, datasetVersionId }: Props) {
  const [isMapped, setMapped] = useState(false);
  const { canEdit } = useRights();
  const version = useDatasetVersion(datasetVersionId).data;
  const isPicture = version !== undefined && hasPictures(version);
  const { drawing, note } = describeUnitPositions(positionDims, isPicture);
  const rows = unit.topSamples.map(({ row }) => row);
  const evaluations = useRowEvaluations(runId, epoch, rows).data;
  const samples = unit.topSamples
    .slice(0, MAX_UNIT_MAPS)
    .flatMap(({ row, sample }) =>
      sample === undefined ? [] : [{ row, sample: { split: sample.split, sampleId: sample.sampleId } }],
    );
  const isDrawn = isMapped && drawing !== 'none';
  const maps = useUnitMaps(isDrawn ? { projectId, runId, epoch, samples, creates: canEdit } : undefined);
  const findMap = (row: number): string | undefined => {
    const analysis = isDrawn ? maps.data?.get(row) : undefined;
    return analysis?.state === JobState.SUCCEEDED
      ? unitMapUrl(analysis.id, unit.layer, unit.unit)
      : undefined;
  };
  return (
    <SectionView
      title="Top activating samples"
      note={`with the mean response${redFrameNote(rows, evaluations)}`}
      actions={
        drawing !== 'none' &&
        rows.length > 0 && (
          <Switch
            size="xs"
            label="Where it responds"
            checked={isMapped}
            onChange={(event) => {
              setMapped(event.currentTarget.checked);
            }}
          />
        )
      }
    >
      {(isDrawn || drawing === 'none') && (
        <Text size="xs" c="dimmed" mb="xs" role="status">
          {drawing === 'none'
            ? note
            : [note, progressNote(samples.length, rows.length, maps.data)].join(' ').trim()}
        </Text>
      )}
      {isDrawn && maps.error !== null && (
        <FaultView
          error={maps.error}
          retry={() => {
            void maps.refetch();
          }}
        />
      )}
      <div className={cards.grid}>
        {unit.topSamples.map((top) => {
          const url = findMap(top.row);
          return (
            top.sample !== undefined && (
              <SampleCardView
                key={top.row}
                datasetVersionId={datasetVersionId}
                sample={top.sample}
                row={top.row}
                evaluation={evaluations?.get(top.row)}
                size={88}
                note={digits(top.response, 3)}
                to={links.sample(projectId, runId, top.sample, { epoch })}
                {...(url !== undefined && {
                  picture: (
                    <UnitMapView
                      key={url}
                      url={url}
                      picture={
                        drawing === 'over-picture' ? visualUrl(datasetVersionId, top.sample) : undefined
                      }
                    />
                  ),
                })}
              />
            )
          );
        })}
      </div>
      {rows.length === 0 && (
        <Text size="sm" c="dimmed">
          The unit responds to no sample.
        </Text>
      )}
    </SectionView>
  );
}

/** Sentences about the samples without a map; empty when all samples have one. */
function progressNote(
  asked: number,
  samples: number,
  maps: ReadonlyMap<number, Analysis> | undefined,
): string {
  const states = [...(maps?.values() ?? [])].map(({ state }) => state);
  const open = states.filter(jobIsOpen).length;
  const failed = states.filter((state) => !jobIsOpen(state) && state !== JobState.SUCCEEDED).length;
  const absent = maps === undefined ? 0 : asked - maps.size;
  return [
    asked < samples ? `Drawn for the first ${asked} of ${samples} samples.` : '',
    maps === undefined || open > 0 ? `Computing ${maps === undefined ? asked : open} of ${asked} maps.` : '',
    failed > 0 ? `${failed} failed: open the sample and explain it again.` : '',
    absent > 0 ? `${absent} not explained yet: an editor of the team can explain them.` : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}
