import { Anchor, Center, Loader } from '@mantine/core';
import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import { IconMap2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation, useParams } from 'react-router-dom';
import { useTitle } from '../../parts/use-title.js';
import { links } from '../../parts/address/links.js';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { runIsOpen } from '../../parts/states.js';
import { useDatasetVersion } from '../../features/sample/dataset-version.query.js';
import { MapCatalog } from './maps/map-catalog.js';
import {
  projectionsQuery,
  useEpochs,
  useMaps,
  usePlacedMaps,
  useRun,
  useSpaces,
} from './maps/population.query.js';
import { PopulationView } from './population.view.js';
import { useCallback, useMemo } from 'react';
import { useViewStore } from './state/view.state.js';

const NO_EPOCHS: readonly Epoch[] = [];

/** Population exploration: every sample of a run as one dot. */
export function PopulationPage() {
  const { projectId = '', runId = '' } = useParams();
  const { search } = useLocation();
  const { store, notices } = useViewStore(search);
  const run = useRun(runId);
  const isGrowing = run.data?.run !== undefined && runIsOpen(run.data.run.state);
  const maps = useMaps(projectId, runId, isGrowing);
  const spaces = useSpaces(projectId);
  const methods = useQuery(projectionsQuery);
  const history = useEpochs(runId, isGrowing);
  const version = useDatasetVersion(run.data?.run?.datasetVersionId);
  // A link to placed samples names the map that they are in: it is not shown before it is known whether they
  // are.
  const {
    placed,
    made,
    map: { algorithm },
  } = store.state;
  const linked = usePlacedMaps(projectId, placed === '' || made === '' ? undefined : made);
  const catalog = useMemo(
    () => new MapCatalog(maps.data ?? [], spaces.data ?? [], methods.data ?? []),
    [maps.data, spaces.data, methods.data],
  );
  const { refetch } = maps;
  const onChanged = useCallback(() => {
    void refetch();
  }, [refetch]);
  useTitle('Population', run.data?.run?.displayName);
  const failed = [run, maps, spaces, methods, version].find(
    (query) => query.error !== null && query.data === undefined,
  );
  if (failed !== undefined)
    return (
      <Center mih="60vh">
        <FaultView
          error={failed.error}
          retry={() => {
            void failed.refetch();
          }}
        />
      </Center>
    );
  if (
    run.data?.run === undefined ||
    maps.data === undefined ||
    spaces.data === undefined ||
    methods.data === undefined ||
    version.data === undefined ||
    linked.isLoading
  )
    return (
      <Center mih="60vh" aria-busy="true">
        <Loader role="img" aria-label="Loading the population" />
      </Center>
    );
  if (version.data.sampleCount === 0)
    return (
      <EmptyView icon={<IconMap2 />} title="There are no samples">
        The dataset of this run is empty, so there is nothing to map. Check the integration and ingest it
        again.
      </EmptyView>
    );
  if (maps.data.length === 0 && run.data.run.epochsDone === 0) {
    return (
      <EmptyView icon={<IconMap2 />} title="There is no map yet">
        A map of all samples is computed automatically after every epoch.{' '}
        {isGrowing ? (
          <>
            <Loader size="xs" /> The first epoch is being trained.{' '}
          </>
        ) : (
          'This run ended before its first epoch. '
        )}
        <Anchor component={Link} size="sm" to={links.run(projectId, runId)}>
          Look at the run
        </Anchor>
      </EmptyView>
    );
  }
  return (
    <PopulationView
      key={runId}
      projectId={projectId}
      run={run.data.run}
      version={version.data}
      catalog={catalog}
      history={history.data ?? NO_EPOCHS}
      store={store}
      notices={catalog.isKnown(algorithm) ? notices : [...notices, `algo=${algorithm}`]}
      onChanged={onChanged}
    />
  );
}
