import { Inject, Injectable } from '@nestjs/common';
import { artifactKey, type ArtifactStore, readMatrix, writeMatrix } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import type { EvidenceTable } from '@noema/insights';
import { type ArtifactRef, LruCache } from '@noema/kernel';
import { ARROW_MEDIA_TYPE, JSON_MEDIA_TYPE } from '@noema/population/files';

/** Third part of the keys of everything that this service stores. */
export const INSIGHT_ARTIFACTS = 'insights';

/** Bytes of members that stay in memory for the next page. */
const CACHE_BYTES = 32 * 2 ** 20;

/** Samples of an insight, in the order in which people should look at them. */
export interface Members {
  /** Rows of the dataset version. */
  readonly rows: Int32Array;
  readonly scores: Float32Array | undefined;
  /** Class that each sample probably has, −1 without a suggestion. */
  readonly suggested: Int32Array | undefined;
  /** Index of the group of each sample, −1 without one. */
  readonly groups: Int32Array | undefined;
  /** Class of the output, −1 without one, if the data do not name its classes. */
  readonly ownClasses: Int32Array | undefined;
}

export type Tables = Readonly<Record<string, EvidenceTable>>;

interface Place {
  readonly teamId: string;
  readonly projectId: string;
  readonly insightId: string;
}

/** Reads and writes members and tables of insights. */
@Injectable()
export class EvidenceStore {
  private readonly kept = new LruCache<Members>(CACHE_BYTES, { weigh: ({ rows }) => 16 * rows.length });

  constructor(@Inject(ARTIFACT_STORE) private readonly store: Pick<ArtifactStore, 'get' | 'put'>) {}

  putMembers(place: Place, { rows, scores, suggested, groups, ownClasses }: Members): Promise<ArtifactRef> {
    const column = (name: string, data: Float32Array | Int32Array | undefined) =>
      data === undefined ? [] : [{ name, data, rows: rows.length, dims: [] }];
    const bytes = writeMatrix([
      ...column('row', rows),
      ...column('score', scores),
      ...column('suggested_class', suggested),
      ...column('group', groups),
      ...column('own_class', ownClasses),
    ]);
    return this.store.put(toKey(place, 'members.arrow'), bytes, ARROW_MEDIA_TYPE);
  }

  members(ref: ArtifactRef): Promise<Members> {
    return this.kept.get(ref.uri, async () => {
      const file = readMatrix(await this.store.get(ref));
      const names = new Set(file.columns.map(({ name }) => name));
      return {
        rows: file.int32('row').data.slice(),
        scores: names.has('score') ? file.float32('score').data.slice() : undefined,
        suggested: names.has('suggested_class') ? file.int32('suggested_class').data.slice() : undefined,
        groups: names.has('group') ? file.int32('group').data.slice() : undefined,
        ownClasses: names.has('own_class') ? file.int32('own_class').data.slice() : undefined,
      };
    });
  }

  async putTables(place: Place, tables: Tables): Promise<ArtifactRef | undefined> {
    if (Object.keys(tables).length === 0) return undefined;
    const bytes = new TextEncoder().encode(JSON.stringify(tables, toJson));
    return this.store.put(toKey(place, 'tables.json'), bytes, JSON_MEDIA_TYPE);
  }

  async tables(ref: ArtifactRef | undefined): Promise<Tables> {
    return ref === undefined
      ? {}
      : (JSON.parse(new TextDecoder().decode(await this.store.get(ref))) as Tables);
  }
}

const toKey = ({ teamId, projectId, insightId }: Place, part: string): string =>
  artifactKey({ teamId, projectId, kind: INSIGHT_ARTIFACTS, id: insightId, part });

/** A kind may give columns as typed arrays. */
const toJson = (_name: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) && !(value instanceof DataView)
    ? Array.from(value as unknown as number[])
    : value;
