import type { JobKind } from '@noema/jobs';
import type { Peers } from '../domain/exploration.ports.js';
import type { Lineage } from '../domain/lineage.service.js';
import type { MapService } from '../domain/map.service.js';
import { LOOK, MAP } from './map.queue.js';

/** Makes one map. Peers that restart are waited for by further attempts. */
export const mapJob = (maps: MapService): JobKind<{ readonly explorationId: string }> => ({
  kind: MAP,
  maxAttempts: 5,
  stages: [
    {
      name: 'map',
      run: async (context) => {
        const { teamId, payload } = context.job;
        return { result: null, commit: await maps.make(teamId, payload.explorationId, context) };
      },
    },
  ],
});

/** Looks whether a map that waits for an unknown one may begin. */
export const lookJob = (
  lineage: Lineage,
  peers: Peers,
): JobKind<{ readonly explorationId: string; readonly tries: number }> => ({
  kind: LOOK,
  stages: [
    {
      name: 'look',
      run: async ({ job: { teamId, payload } }) => {
        await lineage.look(teamId, payload.explorationId, payload.tries, peers);
        return { result: null };
      },
    },
  ],
});
