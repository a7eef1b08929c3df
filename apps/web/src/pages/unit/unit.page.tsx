import { Skeleton, Stack } from '@mantine/core';
import { IconBrain, IconHourglass } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router-dom';
import { ALL_UNITS, links } from '../../parts/address/links.js';
import { useTitle } from '../../parts/use-title.js';
import { JobProgressView } from '../../features/jobs/job-progress.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { PageView } from '../../parts/page.view.js';
import { QueryView } from '../../parts/query.view.js';
import { useClassOrder } from '../../features/runs/class-order.query.js';
import { useEpochs } from '../../features/runs/epoch.query.js';
import { useLiveRun } from '../../features/runs/run.query.js';
import { useAddressValue } from '../../features/sample/sample-address.state.js';
import { findSet, isReady, usePerception } from '../../features/runs/perception.query.js';
import { ClassOrder } from './class-colors.js';
import { ClassMeansView } from './class-means.view.js';
import { RelationsView } from './relations.view.js';
import { ResponseHistogramView } from './response-histogram.view.js';
import { TopSamplesView } from './top-samples.view.js';
import { UnitHeadView } from './unit-head.view.js';
import { UnitListView } from './unit-list.view.js';
import { orderUnits, UNIT_ORDERS, type UnitOrder } from './unit-order.js';
import { UnitScatterView } from './unit-scatter.view.js';
import styles from './unit.module.css';
import { useUnit, useUnits } from './unit.query.js';

/**
 * A learned feature of a layer: what it responds to, and what that correlates with; or all features of the
 * layer.
 */
export function UnitPage() {
  const { projectId = '', runId = '', layer: layerName = '', unit: unitText = '' } = useParams();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const [, setEpoch] = useAddressValue('epoch');
  const [sort, setSort] = useAddressValue('sort', 'unit');
  const order: UnitOrder = UNIT_ORDERS.find(({ value }) => value === sort)?.value ?? 'unit';
  const { query: runQuery, run } = useLiveRun(runId);
  const done = run?.epochsDone ?? 0;
  const epoch = Math.max(0, Math.trunc(Number(params.get('epoch')) || 0)) || (done > 0 ? done : undefined);
  const perception = usePerception(projectId, runId, epoch);
  const made =
    perception.data === undefined ? undefined : [findSet(perception.data, 'all'), ...perception.data.sets];
  const set = made?.find(isReady);
  const layer = set?.layers.find(({ name }) => name === layerName);
  const place = useMemo(
    () => (set === undefined ? undefined : { activationSetId: set.id, layer: layerName }),
    [set, layerName],
  );
  const unit = /^\d+$/.test(unitText) ? Number(unitText) : undefined;
  const list = useUnits(layer === undefined ? undefined : place);
  const found = useUnit(layer === undefined ? undefined : place, unit);
  const firstEpoch = useEpochs(runId).data?.[0]?.epoch;
  const sorted = useMemo(() => orderUnits(list.data ?? [], order), [list.data, order]);
  const classColors = useClassOrder(
    runId,
    firstEpoch,
    Math.max(0, ...(found.data?.classes.map(({ classIndex }) => classIndex + 1) ?? [])),
  );
  useTitle(unit === undefined ? layerName : `${layerName} unit ${unit}`, run?.displayName);
  const failed = [runQuery, perception].find(({ error, data }) => error !== null && data === undefined);
  if (failed !== undefined)
    return (
      <Stack p="lg">
        <FaultView
          error={failed.error}
          retry={() => {
            void failed.refetch();
          }}
        />
      </Stack>
    );
  if (run !== undefined && epoch === undefined)
    return (
      <EmptyView icon={<IconHourglass />} title="No epoch is done yet">
        Units are available after the first epoch; this page updates by itself.
      </EmptyView>
    );
  if (run === undefined || made === undefined || epoch === undefined) return <Loading />;
  if (set === undefined) {
    const open = made.find((one) => one !== undefined);
    return (
      <Stack p="lg">
        {open === undefined ? (
          <EmptyView icon={<IconHourglass />} title={`No responses after epoch ${epoch} yet`}>
            They are collected automatically after every epoch.
          </EmptyView>
        ) : (
          <JobProgressView
            key={open.jobId}
            service="activations"
            jobId={open.jobId}
            title="Responses of all units"
            onEnd={() => {
              void perception.refetch();
            }}
          />
        )}
      </Stack>
    );
  }
  if (layer === undefined || (unit === undefined ? unitText !== ALL_UNITS : unit >= layer.unitCount)) {
    return (
      <EmptyView icon={<IconBrain />} title="No such unit">
        {layer === undefined
          ? `The model has no layer "${layerName}" with learned units; there are ` +
            `${set.layers.map(({ name }) => name).join(', ')}.`
          : `${layerName} has the units 0 to ${layer.unitCount - 1}.`}
      </EmptyView>
    );
  }
  const kept = { epoch: params.get('epoch') ?? undefined, sort: sort === 'unit' ? undefined : sort };
  const to = (which: number | typeof ALL_UNITS, of = layerName): string =>
    links.unit(projectId, runId, { layer: of, unit: which }, kept);
  const at = sorted.findIndex((one) => one.unit === unit);
  const step = (by: number): string | undefined => {
    const other = at < 0 ? undefined : sorted[at + by];
    return other === undefined ? undefined : to(other.unit);
  };
  return (
    <PageView>
      <Stack gap="md">
        <UnitHeadView
          layer={layer}
          layers={set.layers}
          unit={unit}
          found={unit === undefined || found.isPlaceholderData ? undefined : found.data}
          epoch={epoch}
          epochs={Math.max(done, epoch)}
          previous={step(-1)}
          next={step(1)}
          onEpoch={(next) => {
            setEpoch(String(next));
          }}
          onLayer={(next) => {
            void navigate(to(unit === undefined ? ALL_UNITS : 0, next));
          }}
        />
        <div className={styles.columns}>
          <QueryView query={list} lines={12}>
            {() => (
              <UnitListView
                units={sorted}
                order={order}
                onOrder={setSort}
                current={unit}
                linkTo={to}
                height={620}
              />
            )}
          </QueryView>
          {unit === undefined ? (
            <UnitScatterView units={sorted} linkTo={to} />
          ) : (
            <QueryView query={found} lines={8}>
              {(data) =>
                data !== undefined && (
                  <ClassOrder value={classColors.order}>
                    <Stack
                      gap="md"
                      style={{ minWidth: 0, opacity: found.isPlaceholderData ? 0.55 : 1 }}
                      aria-busy={found.isPlaceholderData}
                    >
                      <TopSamplesView
                        unit={data}
                        positionDims={layer.positionDims}
                        projectId={projectId}
                        runId={runId}
                        epoch={epoch}
                        datasetVersionId={set.datasetVersionId}
                      />
                      <div className={styles.pair}>
                        <Stack gap="md">
                          <ResponseHistogramView unit={data} />
                          <RelationsView unit={data} />
                        </Stack>
                        <ClassMeansView unit={data} />
                      </div>
                    </Stack>
                  </ClassOrder>
                )
              }
            </QueryView>
          )}
        </div>
      </Stack>
    </PageView>
  );
}

function Loading() {
  return (
    <PageView>
      <Stack gap="md" role="status" aria-busy="true" aria-label="loading">
        <Skeleton height={52} width={480} />
        <Skeleton height={520} />
      </Stack>
    </PageView>
  );
}
