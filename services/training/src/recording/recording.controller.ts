import { Inject } from '@nestjs/common';
import {
  type AppendRecordRequest,
  type CreateRecordingRequest,
  type GetRecordingRequest,
  RecordingService as Service,
} from '@noema/contracts/noema/training/v1/recording_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { runMessage } from '../run/run.mapper.js';
import { recordingInvalid } from './recording.errors.js';
import {
  recordBytes,
  recordingMessage,
  toEpochFacts,
  toRecordingRequest,
  toSampleRecord,
} from './recording.mapper.js';
import { RecordingService } from './recording.service.js';

/** Serves noema.training.v1.RecordingService. */
@GrpcService(Service)
export class RecordingController implements Handlers<typeof Service> {
  constructor(
    @Inject(RecordingService) private readonly recordings: RecordingService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  async createRecording(request: CreateRecordingRequest, ctx: CallContext) {
    const { teamId } = ctx.principal;
    const plan = await this.recordings.plan(teamId, toRecordingRequest(request));
    return this.commands.run(ctx, request, async () => ({
      run: runMessage(await this.recordings.create(teamId, plan)),
    }));
  }

  async appendRecord({ runId, writer, sequence, epoch, content }: AppendRecordRequest, ctx: CallContext) {
    const { teamId } = ctx.principal;
    const at = { runId, writer, sequence: Number(sequence), epoch };
    const append = async (): Promise<number> => {
      switch (content.case) {
        case 'samples':
          return this.recordings.appendSamples(
            teamId,
            at,
            toSampleRecord(content.value),
            recordBytes(content.value),
          );
        case 'graphPart':
          return this.recordings.appendGraphPart(teamId, at, content.value.content);
        case 'epochEnd':
          return this.recordings.endEpoch(teamId, at, toEpochFacts(content.value));
        case 'rewind':
          return this.recordings.rewind(teamId, at);
        case 'runEnd':
          return this.recordings.endRun(teamId, at);
        case undefined:
          throw recordingInvalid('content', undefined, 'samples, graph_part, epoch_end, rewind or run_end');
      }
    };
    return { sequence: BigInt(await append()) };
  }

  async getRecording({ runId }: GetRecordingRequest, { principal }: CallContext) {
    return { recording: recordingMessage(await this.recordings.get(principal.teamId, runId)) };
  }
}
