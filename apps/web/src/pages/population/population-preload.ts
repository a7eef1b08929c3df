import { queryClient } from '../../api/query-client.js';
import { versionQuery } from '../../features/sample/dataset-version.query.js';
import { selectFirstColumns } from './points/column-catalog.js';
import { isReady, MapCatalog } from './maps/map-catalog.js';
import { listAxes, toScope } from './maps/map-scope.state.js';
import { evaluatedBy } from './points/placed-rows.js';
import { pointCache } from './points/points.query.js';
import { mapsQuery, projectionsQuery, runQuery, spacesQuery } from './maps/population.query.js';
import { decodeState } from './state/population.state.js';

/**
 * Requests the dots of an address while the page that draws them is still on its way; a failed request is
 * repeated, and reported, by the page.
 */
export async function preloadPopulation(projectId: string, runId: string, search: string): Promise<void> {
  const running = queryClient.fetchQuery(runQuery(runId));
  const describing = running.then(({ run }) => queryClient.fetchQuery(versionQuery(run?.datasetVersionId)));
  const [{ run }, { datasetVersion }, maps, spaces, methods] = await Promise.all([
    running,
    describing,
    queryClient.fetchQuery(mapsQuery(projectId, runId)),
    queryClient.fetchQuery(spacesQuery(projectId)),
    queryClient.fetchQuery(projectionsQuery),
  ]);
  if (run === undefined || datasetVersion === undefined || datasetVersion.sampleCount === 0) return;
  const { state } = decodeState(new URLSearchParams(search));
  const catalog = new MapCatalog(maps, spaces, methods);
  const choice = catalog.resolve(state.map, Math.max(1, run.epochsDone));
  const map = catalog.find(choice, state.made);
  if (map !== undefined && isReady(map) && state.placed === '')
    await pointCache.want(toScope(map, run.id), [
      ...listAxes(choice),
      ...selectFirstColumns(evaluatedBy(datasetVersion, run), state),
    ]);
}
