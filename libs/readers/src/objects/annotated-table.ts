import type { Cell, Field, FieldProfile, Records, Row } from '../records.js';
import { profileCells } from '../row-records.js';

/** A column in the place of another one, or in addition to the others. */
export type OwnColumn =
  | { readonly field: Field; readonly cell: (index: number) => Cell }
  /** Made of each cell of the column of the same name. */
  | { readonly field: Field; readonly convert: (given: Cell) => Cell };

/** Records of which some columns are made of other data than the table has in them. */
export class AnnotatedTable implements Records {
  readonly fields: readonly Field[];
  readonly length: number;
  readonly columns?: NonNullable<Records['columns']>;
  private readonly own: ReadonlyMap<string, OwnColumn>;

  constructor(
    private readonly records: Records,
    own: readonly OwnColumn[],
  ) {
    this.length = records.length;
    this.own = new Map(own.map((column) => [column.field.name, column]));
    this.fields = [
      ...records.fields.filter(({ name }) => !this.own.has(name)),
      ...own.map(({ field }) => field),
    ];
    const columns = records.columns?.bind(records);
    if (columns !== undefined)
      this.columns = async (names, indexes) => {
        const found = new Map(
          await columns(
            names.filter((name) => this.isRead(name)),
            indexes,
          ),
        );
        for (const name of names) {
          const own = this.own.get(name);
          if (own !== undefined)
            found.set(
              name,
              'cell' in own
                ? Array.from(indexes, (index) => own.cell(index))
                : found.get(name)!.map(own.convert),
            );
        }
        return found;
      };
  }

  async row(index: number): Promise<Row> {
    const row = { ...(await this.records.row(index)) };
    for (const [name, own] of this.own)
      row[name] = 'cell' in own ? own.cell(index) : own.convert(row[name] ?? null);
    return row;
  }

  async column(name: string): Promise<readonly Cell[]> {
    const own = this.own.get(name);
    if (own === undefined) return this.records.column(name);
    if ('cell' in own) return Array.from({ length: this.length }, (_, index) => own.cell(index));
    return (await this.records.column(name)).map(own.convert);
  }

  async profile(): Promise<FieldProfile[]> {
    const given = new Map((await this.records.profile()).map((profile) => [profile.field.name, profile]));
    return this.fields.map((field) => {
      const own = this.own.get(field.name);
      if (own !== undefined && 'cell' in own) return profileCells(field, this.length, own.cell);
      const profile = given.get(field.name)!;
      return own === undefined ? profile : { ...profile, field, examples: profile.examples.map(own.convert) };
    });
  }

  close(): void {
    this.records.close();
  }

  private isRead(name: string): boolean {
    const own = this.own.get(name);
    return own === undefined || 'convert' in own;
  }
}
