import { Inject, Injectable } from '@nestjs/common';
import { ProcessRunner } from '../runner/process-runner.js';
import { SampleObjectRunner } from '../sample-object/sample-object.runner.js';
import { UploadRunner } from '../upload/upload.runner.js';
import type { EncodedShard, PopulationPlan } from './ingestion.js';
import type { IngestionRunner, OpenOrder, Progress } from './ingestion.ports.js';

/** Reads samples from where the order says: the code of a user, an upload, or the objects of a run. */
@Injectable()
export class SourceRunner implements IngestionRunner {
  constructor(
    @Inject(ProcessRunner) private readonly code: IngestionRunner,
    @Inject(UploadRunner) private readonly upload: IngestionRunner,
    @Inject(SampleObjectRunner) private readonly objects: IngestionRunner,
  ) {}

  plan(order: OpenOrder, signal: AbortSignal, progress: (done: number) => void): Promise<PopulationPlan> {
    return this.of(order).plan(order, signal, progress);
  }

  encode(
    order: OpenOrder,
    plan: PopulationPlan,
    rows: { readonly firstRow: number; readonly rowCount: number },
    signal: AbortSignal,
    progress: Progress,
  ): Promise<EncodedShard> {
    return this.of(order).encode(order, plan, rows, signal, progress);
  }

  private of({ uploadId, objects }: OpenOrder): IngestionRunner {
    if (objects !== undefined) return this.objects;
    return uploadId === null ? this.code : this.upload;
  }
}
