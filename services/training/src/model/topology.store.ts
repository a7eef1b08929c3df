import { Inject, Injectable } from '@nestjs/common';
import { artifactKey, type ArtifactStore } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';

/** Third part of the keys of what models store. */
export const MODEL_KIND = 'models';

export interface ModelOwner {
  readonly teamId: string;
  readonly projectId: string;
  readonly modelId: string;
}

/** The key of a file of a model. */
export const modelKey = ({ teamId, projectId, modelId }: ModelOwner, part: string): string =>
  artifactKey({ teamId, projectId, kind: MODEL_KIND, id: modelId, part });

/** Stores topologies as model.json in the artifact store. */
@Injectable()
export class TopologyStore {
  constructor(@Inject(ARTIFACT_STORE) private readonly store: ArtifactStore) {}

  save(owner: ModelOwner, artifact: unknown): Promise<ArtifactRef> {
    return this.saveJson(owner, Buffer.from(JSON.stringify(artifact)));
  }

  /** Stores a topology that is written as JSON already. */
  saveJson(owner: ModelOwner, json: Uint8Array): Promise<ArtifactRef> {
    return this.store.put(modelKey(owner, 'model.json'), json, 'application/json');
  }

  async read(ref: ArtifactRef): Promise<unknown> {
    return JSON.parse(Buffer.from(await this.readJson(ref)).toString()) as unknown;
  }

  /** Reads a topology as the JSON that is stored, for threads that parse it. */
  readJson(ref: ArtifactRef): Promise<Uint8Array> {
    return this.store.get(ref);
  }
}
