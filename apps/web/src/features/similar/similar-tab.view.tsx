import { Button, MultiSelect, Select, Skeleton, Text, TextInput } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { MethodParameter } from '@noema/contracts/noema/methods/v1/method';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { exampleFilters } from '../../parts/example-filters.js';
import { IconMap2 } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { defaultValue } from '../../parts/method-parameters.js';
import { useMethods } from '../../parts/methods.query.js';
import { FaultView } from '../../parts/fault.view.js';
import { SectionView } from '../../parts/section.view.js';
import { ThumbnailView } from '../sample/thumbnail.view.js';
import { redFrameNote } from '../sample/misclassified.js';
import { useRowEvaluations } from '../sample/sample.query.js';
import { type SamplePlace, useAddressValue } from '../sample/sample-address.state.js';
import { sampleKey, sampleKeys, samplesOfKeys } from '../../parts/address/sample-key.js';
import { parseSplit, splitName } from '../../parts/address/split.js';
import { MissingSetView } from './missing-set.view.js';
import { DepthView } from './depth.view.js';
import { findSet, isReady, orderedSpaces, usePerception } from '../runs/perception.query.js';
import { useQuerySamples } from './query-samples.query.js';
import { QueriesView } from './queries.view.js';
import styles from './similar-tab.module.css';
import { SimilarView } from './similar.view.js';
import { parseWeighting } from './weighting.js';

/** Numbers of results that the form proposes. */
const KS = ['8', '24', '50', '100', '250'];

/**
 * Fetch similar from a sample, alone or with others: how many, among which splits, in which perception space.
 */
export function SimilarTabView({
  place,
  version,
  evaluation,
  epoch,
}: {
  place: SamplePlace;
  version: DatasetVersion;
  evaluation: SampleEvaluation;
  epoch: number;
}) {
  const { projectId, runId, sample } = place;
  const [k, setK] = useAddressValue('k');
  const results = useMethods('similarity', 'search')[0]?.parameters.find(({ name }) => name === 'k');
  const standard = results && String(defaultValue(results));
  const [splitText, setSplits] = useAddressValue('splits');
  const [filter, setFilter] = useAddressValue('filter');
  const [spaceName, setSpace] = useAddressValue('space', 'all');
  const [withText, setWith] = useAddressValue('with');
  const [weightingAsked, setWeighting] = useAddressValue('weigh', '', 'push');
  const weighting = parseWeighting(weightingAsked) === undefined ? '' : weightingAsked;
  const [rows, setRows] = useState<readonly number[]>([]);
  const evaluations = useRowEvaluations(runId, epoch, rows).data;
  const perception = usePerception(projectId, runId, epoch);
  const own = sampleKey(sample);
  const queries = useMemo(
    () => [sample, ...samplesOfKeys(withText).filter((other) => sampleKey(other) !== own)],
    [sample, withText, own],
  );
  const known = useQuerySamples(version.id, queries);
  const splits = useMemo(
    () =>
      splitText
        .split(',')
        .map(parseSplit)
        .filter((split) => split !== Split.UNSPECIFIED),
    [splitText],
  );
  const many = resultCount(k, results);
  const chosen = many === undefined ? standard : String(many);
  if (perception.error !== null && perception.data === undefined)
    return (
      <FaultView
        error={perception.error}
        retry={() => {
          void perception.refetch();
        }}
      />
    );
  if (perception.data === undefined) return <Skeleton height={420} />;
  const set = findSet(perception.data, spaceName);
  const space = perception.data.spaces.find(({ name }) => name === spaceName);
  const spaces = orderedSpaces(perception.data).map(({ name }) => ({
    value: name,
    label: isReady(findSet(perception.data, name)) ? name : `${name} (not computed)`,
  }));
  return (
    <div className={styles.columns}>
      <div className={styles.controls} role="group" aria-label="Search settings">
        <div className={styles.query}>
          <ThumbnailView
            datasetVersionId={version.id}
            sample={sample}
            row={evaluation.row}
            size={96}
            alt={`Sample ${sampleKey(sample)}`}
          />
          <Button
            component={Link}
            size="xs"
            variant="default"
            leftSection={<IconMap2 size={14} />}
            to={links.population(projectId, runId, {
              epoch,
              space: spaceName === 'all' ? undefined : spaceName,
              weigh: weighting,
              row: evaluation.row,
              like: [evaluation.row, ...known.slice(1).flatMap((one) => (one ? [one.row] : []))].join(','),
            })}
          >
            Show in the map
          </Button>
        </div>
        <QueriesView
          datasetVersionId={version.id}
          queries={queries}
          known={known}
          onRemove={(gone) => {
            setWith(sampleKeys(queries.slice(1).filter((query) => sampleKey(query) !== sampleKey(gone))));
          }}
        />
        {isReady(set) && space !== undefined && set.layers.length > 1 && (
          <div className={styles.depth}>
            <DepthView
              layers={set.layers.map(({ name }) => name)}
              space={space}
              weighting={weighting}
              onWeighting={setWeighting}
            />
          </div>
        )}
        <div className={styles.choices}>
          <Select
            label="Results"
            size="xs"
            allowDeselect={false}
            data={[...new Set([...KS, ...(chosen === undefined ? [] : [chosen])])]}
            value={chosen ?? null}
            onChange={(next) => {
              setK(next === null || next === standard ? undefined : next);
            }}
          />
          <Select
            label="Space"
            size="xs"
            allowDeselect={false}
            data={spaces}
            value={spaceName}
            onChange={(next) => {
              setSpace(next ?? undefined);
            }}
          />
          <MultiSelect
            className={styles.wide}
            label="Split"
            size="xs"
            clearable
            placeholder={splits.length === 0 ? 'all splits' : ''}
            data={version.splits.map(({ split }) => splitName(split))}
            value={splits.map(splitName)}
            onChange={(next) => {
              setSplits(next.join(','));
            }}
          />
          <div className={styles.wide}>
            <FilterInput
              key={filter}
              filter={filter}
              example={exampleFilters(version)[0]!}
              onApply={setFilter}
            />
          </div>
        </div>
      </div>
      <SectionView
        title="Similar samples"
        note={
          rows.length === 0
            ? undefined
            : `${rows.length} nearest ${nearness(spaceName, weighting)}, with the distance` +
              redFrameNote(rows, evaluations)
        }
      >
        {isReady(set) ? (
          <SimilarView
            projectId={projectId}
            runId={runId}
            epoch={epoch}
            datasetVersionId={version.id}
            activationSetId={set.id}
            queries={queries}
            k={many}
            splits={splits}
            filter={filter}
            weighting={weighting}
            ownClass={evaluation.trueClass}
            size={88}
            onResults={setRows}
            onAdd={(added) => {
              setWith(sampleKeys([...queries.slice(1), added]));
            }}
          />
        ) : (
          <MissingSetView projectId={projectId} runId={runId} epoch={epoch} set={set} space={space} />
        )}
      </SectionView>
    </div>
  );
}

/** The measure of nearness in words. */
const nearness = (spaceName: string, weighting: string): string => {
  if (weighting !== '') return 'by these weights';
  return spaceName === 'all' ? 'in the space of all layers' : `in the space ${spaceName}`;
};

/** The number of results that the address names, within the limits; undefined where it names none. */
function resultCount(text: string, limits: MethodParameter | undefined): number | undefined {
  const asked = Math.trunc(Number(text));
  return !Number.isFinite(asked) || asked === 0
    ? undefined
    : Math.min(limits?.maximum ?? Infinity, Math.max(limits?.minimum ?? 1, asked));
}

function FilterInput({
  filter,
  example,
  onApply,
}: {
  filter: string;
  example: string;
  onApply: (filter: string) => void;
}) {
  const [text, setText] = useState(filter);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onApply(text.trim());
      }}
    >
      <TextInput
        label={
          <>
            Filter{' '}
            <Text span size="xs" c="dimmed">
              press Enter
            </Text>
          </>
        }
        size="xs"
        placeholder={example}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
        }}
        onBlur={() => {
          if (text.trim() !== filter) onApply(text.trim());
        }}
      />
    </form>
  );
}
