import { Skeleton, Stack, Text } from '@mantine/core';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import {
  type ModelVersion,
  ModelVersionOrigin,
  type WeightStatistics,
} from '@noema/contracts/noema/training/v1/model';
import { Fragment, useMemo } from 'react';
import { QueryView } from '../../parts/query.view.js';
import { part, shape, value } from '../../parts/numbers.js';
import { useWeightStatistics, useStatisticsByVersion } from './model-card.query.js';
import classes from './model-card.module.css';
import { nonFiniteText, sharedDomain, weightText } from './weight-histogram.js';
import { WeightHistogramView } from './weight-histogram.view.js';

/** Number of versions that are compared. */
const MAX_VERSIONS = 8;

/** The weights of a layer: distribution in the version that is shown, and in the epochs of its run before. */
export function LayerWeightsView({
  layer,
  version,
  versions,
}: {
  layer: string;
  version: ModelVersion;
  versions: readonly ModelVersion[];
}) {
  const own = useWeightStatistics(version.weights === undefined ? undefined : version.id);
  const compared = useMemo(() => comparedVersions(version, versions), [version, versions]);
  const others = useStatisticsByVersion(compared.map(({ id }) => id));
  if (version.weights === undefined)
    return (
      <Text size="sm" c="dimmed">
        This version has no weights yet: the first run initializes them.
      </Text>
    );
  return (
    <QueryView query={own} lines={4}>
      {(all) =>
        all
          .filter((weight) => weight.layer === layer)
          .map((weight) => {
            const byVersion = others.map((list) => list?.find(({ name }) => name === weight.name));
            return (
              <OneWeightView key={weight.name} weight={weight} compared={compared} byVersion={byVersion} />
            );
          })
      }
    </QueryView>
  );
}

function OneWeightView({
  weight,
  compared,
  byVersion,
}: {
  weight: WeightStatistics;
  compared: readonly ModelVersion[];
  byVersion: readonly (WeightStatistics | undefined)[];
}) {
  const domain = sharedDomain([weight, ...byVersion.filter((one) => one !== undefined)]);
  const faults = nonFiniteText(weight);
  const total = Number(weight.finiteCount + weight.nanCount + weight.infiniteCount);
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500}>
        {weight.name.slice(weight.layer.length + 1)}{' '}
        <Text span size="xs" c="dimmed" fw={400}>
          {shape(weight.dims)}
          {weight.trainable ? '' : ' · not trained'}
        </Text>
      </Text>
      {faults !== undefined && (
        <Text size="sm" c="red">
          Not finite: {faults} of {total.toLocaleString('en')} values
        </Text>
      )}
      {compared.length > 1 ? (
        <div className={classes.epochs}>
          {compared.map((version, at) => {
            const one = byVersion[at];
            return (
              <Fragment key={version.id}>
                <span>{versionLabel(version)}</span>
                {one === undefined ? (
                  <Skeleton height={26} />
                ) : (
                  <WeightHistogramView
                    weight={one}
                    domain={domain}
                    height={26}
                    label={`${weight.name}, ${versionLabel(version)}: ${weightText(one)}`}
                  />
                )}
              </Fragment>
            );
          })}
        </div>
      ) : (
        <WeightHistogramView weight={weight} domain={domain} height={56} />
      )}
      {domain !== undefined && (
        <div className={classes.axis} data-shifted={compared.length > 1 || undefined} aria-hidden="true">
          <span>{value(domain[0])}</span>
          <span>{value(domain[1])}</span>
        </div>
      )}
      <Text size="xs" c="dimmed">
        {weightText(weight)}
        {weight.zeroCount > 0n && ` · ${part(Number(weight.zeroCount) / total)} zeros`}
      </Text>
    </Stack>
  );
}

const versionLabel = ({ origin, epoch, number }: ModelVersion): string =>
  origin === ModelVersionOrigin.TRAINED ? `epoch ${epoch}` : `v${number}`;

/** The versions of the same run, or without one all of the model, evenly chosen, the oldest first. */
function comparedVersions(version: ModelVersion, versions: readonly ModelVersion[]): ModelVersion[] {
  const alike = versions
    .filter(
      ({ weights, state, runId }) =>
        weights !== undefined &&
        state === JobState.SUCCEEDED &&
        (version.runId === '' || runId === version.runId),
    )
    .toSorted((a, b) => a.number - b.number);
  const step = Math.max(1, (alike.length - 1) / (MAX_VERSIONS - 1));
  const chosen = new Set(alike.filter((one) => one.id === version.id));
  for (let at = 0; at < alike.length && chosen.size < MAX_VERSIONS; at += step)
    chosen.add(alike[Math.round(at)]!);
  return alike.filter((one) => chosen.has(one));
}
