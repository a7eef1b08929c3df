import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactRef } from '@noema/kernel';
import { Database, jsonb } from '@noema/postgres';
import { type Selectable, sql } from 'kysely';
import type { RecordingWriterTable, TrainingSchema } from '../schema.js';
import type {
  BranchEpoch,
  EpochFacts,
  GraphPart,
  RecordedPart,
  RecordingForm,
  RecordingWriter,
} from './recording.js';

/** Stores recordings and their records in PostgreSQL, in the ambient transaction of a team. */
@Injectable()
export class RecordingRepository {
  constructor(@Inject(Database) private readonly db: Database<TrainingSchema>) {}

  async insert({ runId, writers, layers, outputDims }: RecordingForm): Promise<void> {
    const [tx, teamId] = [this.db.tx(), this.db.teamId()!];
    await tx
      .insertInto('recording')
      .values({
        run_id: runId,
        team_id: teamId,
        writers,
        layers: jsonb(layers),
        output_dims: jsonb(outputDims),
      })
      .execute();
    await tx
      .insertInto('recording_writer')
      .values(Array.from({ length: writers }, (_, writer) => ({ run_id: runId, writer, team_id: teamId })))
      .execute();
  }

  async find(runId: string): Promise<RecordingForm | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('recording')
      .selectAll()
      .where('run_id', '=', runId)
      .executeTakeFirst();
    return row && { runId, writers: row.writers, layers: row.layers, outputDims: row.output_dims };
  }

  /** Finds the id and format of the model of that name; undefined where the project has no such model. */
  findModel(
    projectId: string,
    displayName: string,
  ): Promise<{ readonly id: string; readonly format: string } | undefined> {
    return this.db
      .tx()
      .selectFrom('model')
      .select(['id', 'format'])
      .where('project_id', '=', projectId)
      .where('display_name', '=', displayName)
      .executeTakeFirst();
  }

  async writers(runId: string): Promise<RecordingWriter[]> {
    const rows = await this.db
      .tx()
      .selectFrom('recording_writer')
      .selectAll()
      .where('run_id', '=', runId)
      .orderBy('writer')
      .execute();
    return rows.map(toWriter);
  }

  async findWriter(runId: string, writer: number): Promise<RecordingWriter | undefined> {
    const row = await this.selectWriter(runId, writer).executeTakeFirst();
    return row && toWriter(row);
  }

  /** The writer, whose row stays locked until the transaction ends. */
  async lockWriter(runId: string, writer: number): Promise<RecordingWriter | undefined> {
    const row = await this.selectWriter(runId, writer).forUpdate().executeTakeFirst();
    return row && toWriter(row);
  }

  async updateWriter(
    runId: string,
    { writer, sequence, epochsEnded, ended, branch }: RecordingWriter,
  ): Promise<void> {
    await this.db
      .tx()
      .updateTable('recording_writer')
      .set({ sequence, epochs_ended: epochsEnded, ended, branch })
      .where('run_id', '=', runId)
      .where('writer', '=', writer)
      .execute();
  }

  insertPart(runId: string, at: BranchEpoch, part: RecordedPart): Promise<void> {
    return this.insertPartOfKind('samples', runId, at, part);
  }

  /** The records of samples of an epoch. */
  async parts(runId: string, at: BranchEpoch): Promise<RecordedPart[]> {
    const rows = await this.selectParts('samples', runId, at).selectAll().execute();
    return rows.map((row) => ({
      writer: row.writer,
      sequence: Number(row.sequence),
      rows: row.rows,
      trainingMode: row.training_mode,
      content: row.content,
    }));
  }

  insertGraphPart(runId: string, at: BranchEpoch, part: GraphPart): Promise<void> {
    return this.insertPartOfKind('graph', runId, at, { ...part, rows: 0, trainingMode: false });
  }

  /** The parts of the graphs of an epoch, in order for each writer. */
  async graphParts(runId: string, at: BranchEpoch): Promise<GraphPart[]> {
    const rows = await this.selectParts('graph', runId, at)
      .selectAll()
      .orderBy('writer')
      .orderBy('sequence')
      .execute();
    return rows.map(({ writer, sequence, content }) => ({ writer, sequence: Number(sequence), content }));
  }

  /** Bytes of the parts of a writer's graph in an epoch. */
  async graphBytes(runId: string, at: BranchEpoch, writer: number): Promise<number> {
    const { bytes } = await this.selectParts('graph', runId, at)
      .select(sql<number>`coalesce(sum((content ->> 'sizeBytes')::float8), 0)`.as('bytes'))
      .where('writer', '=', writer)
      .executeTakeFirstOrThrow();
    return bytes;
  }

  /** The newest epoch of the newest branch with records, and how many rows they have. */
  async openEpoch(runId: string): Promise<{ readonly epoch: number; readonly rows: number }> {
    const row = await this.db
      .tx()
      .selectFrom('recorded_part')
      .select(['epoch', sql<number>`sum(rows)::int`.as('rows')])
      .where('run_id', '=', runId)
      .groupBy(['branch', 'epoch'])
      .orderBy('branch', 'desc')
      .orderBy('epoch', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row ?? { epoch: 0, rows: 0 };
  }

  async removeParts(runId: string, { epoch, branch }: BranchEpoch): Promise<void> {
    await this.db
      .tx()
      .deleteFrom('recorded_part')
      .where('run_id', '=', runId)
      .where('epoch', '=', epoch)
      .where('branch', '=', branch)
      .execute();
  }

  /**
   * Notes that a writer begins a branch at `epoch`, and returns the first epoch of the branch, which the first of its
   * writers has chosen.
   */
  async openBranch(runId: string, { epoch, branch }: BranchEpoch): Promise<number> {
    await this.db
      .tx()
      .insertInto('recording_branch')
      .values({ run_id: runId, branch, team_id: this.db.teamId()!, first_epoch: epoch })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return this.findBranchStart(runId, branch);
  }

  /** The first epoch of a branch; 0 for the branch that a run begins with. */
  async findBranchStart(runId: string, branch: number): Promise<number> {
    const row = await this.db
      .tx()
      .selectFrom('recording_branch')
      .select('first_epoch')
      .where('run_id', '=', runId)
      .where('branch', '=', branch)
      .executeTakeFirst();
    return row?.first_epoch ?? 0;
  }

  /** True for an epoch that a visible later branch has replaced or removed. */
  async isReplaced(runId: string, { epoch, branch }: BranchEpoch): Promise<boolean> {
    const row = await this.db
      .tx()
      .selectFrom('recording_branch')
      .select('branch')
      .where('run_id', '=', runId)
      .where('branch', '>', branch)
      .where('first_epoch', '<=', epoch)
      .where('is_visible', '=', true)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Makes a branch visible, and removes the records of the epochs that it replaces. */
  async showBranch(runId: string, branch: number, firstEpoch: number): Promise<void> {
    const tx = this.db.tx();
    await tx
      .updateTable('recording_branch')
      .set({ is_visible: true })
      .where('run_id', '=', runId)
      .where('branch', '=', branch)
      .execute();
    for (const table of ['recorded_part', 'recorded_epoch_end'] as const)
      await tx
        .deleteFrom(table)
        .where('run_id', '=', runId)
        .where('epoch', '>=', firstEpoch)
        .where('branch', '<', branch)
        .execute();
  }

  /** Notes that a writer has ended an epoch, and returns how many writers have. */
  async endEpoch(
    runId: string,
    { epoch, branch }: BranchEpoch,
    writer: number,
    facts: EpochFacts,
  ): Promise<number> {
    const tx = this.db.tx();
    await tx
      .insertInto('recorded_epoch_end')
      .values({ run_id: runId, epoch, branch, writer, team_id: this.db.teamId()!, facts: jsonb(facts) })
      .execute();
    const { ends } = await tx
      .selectFrom('recorded_epoch_end')
      .select(({ fn }) => fn.countAll<string>().as('ends'))
      .where('run_id', '=', runId)
      .where('epoch', '=', epoch)
      .where('branch', '=', branch)
      .executeTakeFirstOrThrow();
    return Number(ends);
  }

  /** In the order of the writers. */
  async epochEnds(
    runId: string,
    { epoch, branch }: BranchEpoch,
  ): Promise<(EpochFacts & { readonly writer: number })[]> {
    const rows = await this.db
      .tx()
      .selectFrom('recorded_epoch_end')
      .select(['writer', 'facts'])
      .where('run_id', '=', runId)
      .where('epoch', '=', epoch)
      .where('branch', '=', branch)
      .orderBy('writer')
      .execute();
    return rows.map(({ writer, facts }) => ({ ...facts, writer }));
  }

  async insertShards(runId: string, epoch: number, shards: readonly ArtifactRef[]): Promise<void> {
    const rows = shards.map((content, index) => ({ index, content }));
    await sql`
      insert into recorded_shard (run_id, epoch, index, team_id, content)
      select ${runId}, ${epoch}, index, ${this.db.teamId()!}, content
      from jsonb_to_recordset(${jsonb(rows)}) as s(index int, content jsonb)`.execute(this.db.tx());
  }

  /** Locks the recording until the transaction ends, so that of several writers one is the last. */
  async lock(runId: string): Promise<void> {
    await this.db
      .tx()
      .selectFrom('recording')
      .select('run_id')
      .where('run_id', '=', runId)
      .forUpdate()
      .execute();
  }

  private selectWriter(runId: string, writer: number) {
    return this.db
      .tx()
      .selectFrom('recording_writer')
      .selectAll()
      .where('run_id', '=', runId)
      .where('writer', '=', writer);
  }

  private selectParts(kind: 'samples' | 'graph', runId: string, { epoch, branch }: BranchEpoch) {
    return this.db
      .tx()
      .selectFrom('recorded_part')
      .where('run_id', '=', runId)
      .where('epoch', '=', epoch)
      .where('branch', '=', branch)
      .where('kind', '=', kind);
  }

  private async insertPartOfKind(
    kind: 'samples' | 'graph',
    runId: string,
    { epoch, branch }: BranchEpoch,
    { writer, sequence, rows, trainingMode, content }: RecordedPart,
  ): Promise<void> {
    await this.db
      .tx()
      .insertInto('recorded_part')
      .values({
        run_id: runId,
        writer,
        sequence,
        team_id: this.db.teamId()!,
        epoch,
        branch,
        rows,
        training_mode: trainingMode,
        content: jsonb(content),
        kind,
      })
      .execute();
  }
}

const toWriter = (row: Selectable<RecordingWriterTable>): RecordingWriter => ({
  writer: row.writer,
  sequence: Number(row.sequence),
  epochsEnded: row.epochs_ended,
  ended: row.ended,
  branch: row.branch,
});
