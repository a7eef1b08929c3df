import { artifactKey, type ArtifactStore } from '@noema/artifacts';
import type { ArtifactRef } from '@noema/kernel';
import type { TopologyStore } from './model.ports.js';

/** Third part of the keys of what models store. */
export const MODEL_KIND = 'models';

/** Topologies as model.json in the artifact store. */
export class ArtifactTopologies implements TopologyStore {
  constructor(private readonly store: ArtifactStore) {}

  save(
    { teamId, projectId, modelId }: { teamId: string; projectId: string; modelId: string },
    artifact: unknown,
  ): Promise<ArtifactRef> {
    return this.store.put(
      artifactKey({ teamId, projectId, kind: MODEL_KIND, id: modelId, part: 'model.json' }),
      Buffer.from(JSON.stringify(artifact)),
      'application/json',
    );
  }

  async read(ref: ArtifactRef): Promise<unknown> {
    return JSON.parse(Buffer.from(await this.store.get(ref)).toString()) as unknown;
  }
}
