import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactStore } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import { LruCache } from '@noema/kernel';
import {
  type Basis,
  decodeBasis,
  decodeMoments,
  fitBasisInThread,
  isDiagonal,
  LayerView,
  type ResponseLayout,
  scalesOfAll,
} from '@noema/perception';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { ActivationsClient, type ResponseSource } from '../peers/activations.client.js';
import { type LayerRows, ResidentRows, StreamedRows } from './layer-rows.js';

/** Bytes of responses that stay in memory. A set with more is read anew for each search. */
const CACHE_BYTES = 512 * 1024 * 1024;

/** Responses in which layers can be weighted, and the names of the layers. */
export interface WeightedLayers {
  readonly rows: LayerRows;
  readonly layout: ResponseLayout;
}

/** Views of the responses that the activations service stored: read once, no pass of the model. */
@Injectable()
export class ResponseViewStore {
  private readonly kept = new LruCache<WeightedLayers>(CACHE_BYTES, {
    weigh: ({ rows }) => rows.byteLength,
  });

  constructor(
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
    @Inject(ActivationsClient) private readonly sources: ActivationsClient,
  ) {}

  open(set: ActivationSet): Promise<WeightedLayers> {
    return this.kept.get(set.id, () => this.load(set));
  }

  private async load({ id, teamId, sampleCount }: ActivationSet): Promise<WeightedLayers> {
    const source = await this.sources.of(teamId, id);
    const basis = await this.basisOfAll(source);
    const streamed = new StreamedRows(this.store, source, basis, sampleCount);
    const isLarge = LayerView.countBytes(basis, sampleCount) > CACHE_BYTES;
    return { rows: isLarge ? streamed : await ResidentRows.read(streamed), layout: basis.layout };
  }

  /**
   * A set of another space has scales of its own layers only: the moments, which all spaces share, give the
   * scales of all layers.
   */
  private async basisOfAll({ basis, moments }: ResponseSource): Promise<Basis> {
    const own = decodeBasis(await this.store.get(basis));
    if (own.space.kind === 'all') return own;
    const all = decodeMoments(await this.store.get(moments));
    return isDiagonal(all) ? scalesOfAll(all, own.layout) : fitBasisInThread(all, own.layout);
  }
}
