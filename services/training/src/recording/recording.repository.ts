import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactRef } from '@noema/kernel';
import { type AnyDatabase, Database, jsonb } from '@noema/postgres';
import { type RawBuilder, sql } from 'kysely';
import type {
  BranchEpoch,
  EpochFacts,
  GraphPart,
  RecordedPart,
  RecordingForm,
  RecordingWriter,
} from './recording.js';

interface FormRow {
  readonly run_id: string;
  readonly writers: number;
  readonly layers: RecordingForm['layers'];
  readonly output_dims: readonly number[];
}

/** Stores recordings and their records in PostgreSQL, in the ambient transaction of a team. */
@Injectable()
export class RecordingRepository {
  constructor(@Inject(Database) private readonly db: AnyDatabase) {}

  async insert({ runId, writers, layers, outputDims }: RecordingForm): Promise<void> {
    await sql`
      insert into recording (run_id, team_id, writers, layers, output_dims)
      values (${runId}, current_setting('app.team_id')::uuid, ${writers}, ${jsonb(layers)},
        ${jsonb(outputDims)})`.execute(this.db.tx());
    await sql`
      insert into recording_writer (run_id, writer, team_id)
      select ${runId}, i, current_setting('app.team_id')::uuid from generate_series(0, ${writers - 1}::int) i`.execute(
      this.db.tx(),
    );
  }

  async find(runId: string): Promise<RecordingForm | undefined> {
    const { rows } = await sql<FormRow>`select * from recording where run_id = ${runId}`.execute(
      this.db.tx(),
    );
    const row = rows[0];
    return row && { runId, writers: row.writers, layers: row.layers, outputDims: row.output_dims };
  }

  /** Id and format of the model of that name; undefined where the project has none. */
  async findModel(
    projectId: string,
    displayName: string,
  ): Promise<{ readonly id: string; readonly format: string } | undefined> {
    const { rows } = await sql<{ id: string; format: string }>`
      select id, format from model where project_id = ${projectId} and display_name = ${displayName}`.execute(
      this.db.tx(),
    );
    return rows[0];
  }

  async writers(runId: string): Promise<RecordingWriter[]> {
    const { rows } = await sql<WriterRow>`
      select * from recording_writer where run_id = ${runId} order by writer`.execute(this.db.tx());
    return rows.map(toWriter);
  }

  findWriter(runId: string, writer: number): Promise<RecordingWriter | undefined> {
    return this.selectWriter(runId, writer, sql``);
  }

  /** The writer, whose row stays locked until the transaction ends. */
  lockWriter(runId: string, writer: number): Promise<RecordingWriter | undefined> {
    return this.selectWriter(runId, writer, sql`for update`);
  }

  async updateWriter(
    runId: string,
    { writer, sequence, epochsEnded, ended, branch }: RecordingWriter,
  ): Promise<void> {
    await sql`
      update recording_writer set sequence = ${sequence}, epochs_ended = ${epochsEnded}, ended = ${ended},
        branch = ${branch}
      where run_id = ${runId} and writer = ${writer}`.execute(this.db.tx());
  }

  async insertPart(runId: string, { epoch, branch }: BranchEpoch, part: RecordedPart): Promise<void> {
    await sql`
      insert into recorded_part (run_id, writer, sequence, team_id, epoch, branch, rows, training_mode, content)
      values (${runId}, ${part.writer}, ${part.sequence}, current_setting('app.team_id')::uuid, ${epoch},
        ${branch}, ${part.rows}, ${part.trainingMode}, ${jsonb(part.content)})`.execute(this.db.tx());
  }

  /** The records of samples of an epoch. */
  async parts(runId: string, { epoch, branch }: BranchEpoch): Promise<RecordedPart[]> {
    const { rows } = await sql<PartRow>`
      select * from recorded_part
      where run_id = ${runId} and epoch = ${epoch} and branch = ${branch} and kind = 'samples'`.execute(
      this.db.tx(),
    );
    return rows.map((row) => ({
      writer: row.writer,
      sequence: Number(row.sequence),
      rows: row.rows,
      trainingMode: row.training_mode,
      content: row.content,
    }));
  }

  async insertGraphPart(runId: string, { epoch, branch }: BranchEpoch, part: GraphPart): Promise<void> {
    await sql`
      insert into recorded_part (run_id, writer, sequence, team_id, epoch, branch, rows, training_mode, content,
        kind)
      values (${runId}, ${part.writer}, ${part.sequence}, current_setting('app.team_id')::uuid, ${epoch},
        ${branch}, 0, false, ${jsonb(part.content)}, 'graph')`.execute(this.db.tx());
  }

  /** The parts of the graphs of an epoch, in order for each writer. */
  async graphParts(runId: string, { epoch, branch }: BranchEpoch): Promise<GraphPart[]> {
    const { rows } = await sql<PartRow>`
      select * from recorded_part
      where run_id = ${runId} and epoch = ${epoch} and branch = ${branch} and kind = 'graph'
      order by writer, sequence`.execute(this.db.tx());
    return rows.map(({ writer, sequence, content }) => ({ writer, sequence: Number(sequence), content }));
  }

  /** Bytes of the parts of a writer's graph in an epoch. */
  async graphBytes(runId: string, { epoch, branch }: BranchEpoch, writer: number): Promise<number> {
    const { rows } = await sql<{ bytes: number }>`
      select coalesce(sum((content ->> 'sizeBytes')::float8), 0) as bytes from recorded_part
      where run_id = ${runId} and epoch = ${epoch} and branch = ${branch}
        and writer = ${writer} and kind = 'graph'`.execute(this.db.tx());
    return rows[0]!.bytes;
  }

  /** The newest epoch of the newest branch with records, and how many rows they have. */
  async openEpoch(runId: string): Promise<{ readonly epoch: number; readonly rows: number }> {
    const { rows } = await sql<{ epoch: number; rows: number }>`
      select epoch, sum(rows)::int as rows from recorded_part where run_id = ${runId}
      group by branch, epoch order by branch desc, epoch desc limit 1`.execute(this.db.tx());
    return rows[0] ?? { epoch: 0, rows: 0 };
  }

  async removeParts(runId: string, { epoch, branch }: BranchEpoch): Promise<void> {
    await sql`
      delete from recorded_part where run_id = ${runId} and epoch = ${epoch} and branch = ${branch}`.execute(
      this.db.tx(),
    );
  }

  /**
   * Notes that a writer begins a branch at `epoch`, and returns the first epoch of the branch, which the first of its
   * writers has chosen.
   */
  async openBranch(runId: string, { epoch, branch }: BranchEpoch): Promise<number> {
    await sql`
      insert into recording_branch (run_id, branch, team_id, first_epoch)
      values (${runId}, ${branch}, current_setting('app.team_id')::uuid, ${epoch})
      on conflict do nothing`.execute(this.db.tx());
    return this.findBranchStart(runId, branch);
  }

  /** The first epoch of a branch; 0 for the branch that a run begins with. */
  async findBranchStart(runId: string, branch: number): Promise<number> {
    const { rows } = await sql<{ first_epoch: number }>`
      select first_epoch from recording_branch where run_id = ${runId} and branch = ${branch}`.execute(
      this.db.tx(),
    );
    return rows[0]?.first_epoch ?? 0;
  }

  /** True for an epoch that a visible later branch has replaced or removed. */
  async isReplaced(runId: string, { epoch, branch }: BranchEpoch): Promise<boolean> {
    const { rows } = await sql`
      select 1 from recording_branch
      where run_id = ${runId} and branch > ${branch} and first_epoch <= ${epoch} and is_visible limit 1`.execute(
      this.db.tx(),
    );
    return rows.length > 0;
  }

  /** Makes a branch visible, and removes the records of the epochs that it replaces. */
  async showBranch(runId: string, branch: number, firstEpoch: number): Promise<void> {
    await sql`
      update recording_branch set is_visible = true where run_id = ${runId} and branch = ${branch}`.execute(
      this.db.tx(),
    );
    for (const table of ['recorded_part', 'recorded_epoch_end'])
      await sql`
        delete from ${sql.table(table)}
        where run_id = ${runId} and epoch >= ${firstEpoch} and branch < ${branch}`.execute(this.db.tx());
  }

  /** Notes that a writer has ended an epoch, and returns how many writers have. */
  async endEpoch(
    runId: string,
    { epoch, branch }: BranchEpoch,
    writer: number,
    facts: EpochFacts,
  ): Promise<number> {
    await sql`
      insert into recorded_epoch_end (run_id, epoch, branch, writer, team_id, facts)
      values (${runId}, ${epoch}, ${branch}, ${writer}, current_setting('app.team_id')::uuid, ${jsonb(facts)})`.execute(
      this.db.tx(),
    );
    const { rows } = await sql<{ ends: number }>`
      select count(*)::int as ends from recorded_epoch_end
      where run_id = ${runId} and epoch = ${epoch} and branch = ${branch}`.execute(this.db.tx());
    return rows[0]!.ends;
  }

  /** In the order of the writers. */
  async epochEnds(
    runId: string,
    { epoch, branch }: BranchEpoch,
  ): Promise<(EpochFacts & { readonly writer: number })[]> {
    const { rows } = await sql<{ writer: number; facts: EpochFacts }>`
      select writer, facts from recorded_epoch_end
      where run_id = ${runId} and epoch = ${epoch} and branch = ${branch} order by writer`.execute(
      this.db.tx(),
    );
    return rows.map(({ writer, facts }) => ({ ...facts, writer }));
  }

  async insertShards(runId: string, epoch: number, shards: readonly ArtifactRef[]): Promise<void> {
    const rows = shards.map((content, index) => ({ index, content }));
    await sql`
      insert into recorded_shard (run_id, epoch, index, team_id, content)
      select ${runId}, ${epoch}, index, current_setting('app.team_id')::uuid, content
      from jsonb_to_recordset(${jsonb(rows)}) as s(index int, content jsonb)`.execute(this.db.tx());
  }

  /** Locks the recording until the transaction ends, so that of several writers one is the last. */
  async lock(runId: string): Promise<void> {
    await sql`select 1 from recording where run_id = ${runId} for update`.execute(this.db.tx());
  }

  private async selectWriter(
    runId: string,
    writer: number,
    lock: RawBuilder<unknown>,
  ): Promise<RecordingWriter | undefined> {
    const { rows } = await sql<WriterRow>`
      select * from recording_writer where run_id = ${runId} and writer = ${writer} ${lock}`.execute(
      this.db.tx(),
    );
    return rows[0] && toWriter(rows[0]);
  }
}

interface PartRow {
  readonly writer: number;
  /** bigint arrives as text. */
  readonly sequence: string;
  readonly rows: number;
  readonly training_mode: boolean;
  readonly content: ArtifactRef;
}

interface WriterRow {
  readonly writer: number;
  /** bigint arrives as text. */
  readonly sequence: string;
  readonly epochs_ended: number;
  readonly ended: boolean;
  readonly branch: number;
}

const toWriter = (row: WriterRow): RecordingWriter => ({
  writer: row.writer,
  sequence: Number(row.sequence),
  epochsEnded: row.epochs_ended,
  ended: row.ended,
  branch: row.branch,
});
