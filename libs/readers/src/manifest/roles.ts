import { splitNamed } from '../files/split-names.js';
import type { FieldProfile } from '../records.js';

/** Use of a column, by its name and its values. */
export type Role = 'input' | 'truth' | 'metadata' | 'id' | 'split' | 'ignored';

/** Which column has which role, and why, for people. */
export interface Roles {
  readonly of: ReadonlyMap<string, Role>;
  readonly notes: readonly string[];
}

const TRUTH =
  /^(?:y|label|labels|class|classes|target|targets|category|species|outcome|diagnosis|sentiment|topic|ground_?truth|answer)$/i;
const ID = /^(?:id|uuid|guid|key|index|file|file_?name|sample_?id|.*_id)$/i;
const SPLIT = /^(?:split|subset|fold|partition|set)$/i;
/** Classes up to which a whole number without the name of a truth is a class rather than a quantity. */
const MAX_CLASSES = 50;

/**
 * Assigns roles: a column of the names of splits is the split; one with distinct values and the name of an id is
 * the id; one with the name of a truth, or `chosen`, is the ground truth. Pictures, arrays and long texts are
 * inputs; without any, numbers, booleans and categories are.
 */
export function assignRoles(profiles: readonly FieldProfile[], records: number, chosen?: string): Roles {
  const of = new Map<string, Role>();
  const notes: string[] = [];
  const open = (): FieldProfile[] => profiles.filter(({ field }) => !of.has(field.name));
  const give = (role: Role, found: FieldProfile | undefined): FieldProfile | undefined => {
    if (found !== undefined) of.set(found.field.name, role);
    return found;
  };

  if (chosen !== undefined && chosen !== '')
    give(
      'truth',
      profiles.find(({ field }) => field.name === chosen),
    );
  give(
    'split',
    open().find(
      (profile) =>
        SPLIT.test(profile.field.name) &&
        (profile.values ?? []).length > 0 &&
        profile.values!.every((value) => splitNamed(value) !== undefined),
    ),
  );
  give(
    'id',
    open().find((profile) => isId(profile, records)),
  );
  if (chosen === undefined) {
    const named = open().filter((profile) => TRUTH.test(profile.field.name) && canBeTruth(profile));
    give('truth', named[0]);
    if (named.length > 1)
      notes.push(
        `several columns have the name of a ground truth (${named.map(({ field }) => field.name).join(', ')}); ` +
          `"${named[0]!.field.name}" is taken; --truth chooses another one`,
      );
    if (named.length === 0) {
      const last = open().findLast(canBeTruth);
      if (last !== undefined)
        notes.push(
          'no column has the name of a ground truth, so that the samples get none; ' +
            `--truth ${JSON.stringify(last.field.name)}, for example, predicts the last column`,
        );
    }
  }
  const rich = open().filter(isRich);
  for (const profile of open()) {
    const { field } = profile;
    if (
      profile.missing === records ||
      (profile.distinct === 1 && field.kind !== 'picture' && field.kind !== 'numbers')
    ) {
      of.set(field.name, 'ignored');
      notes.push(
        `"${field.name}" ${profile.missing === records ? 'has no value' : 'has one value'} and is left out`,
      );
    } else if (rich.includes(profile)) of.set(field.name, 'input');
    else if (rich.length === 0 && isFeature(profile)) of.set(field.name, 'input');
    else of.set(field.name, 'metadata');
  }
  return { of, notes };
}

function isId({ field, distinct, values, missing }: FieldProfile, records: number): boolean {
  if (missing > 0 || !ID.test(field.name) || (field.kind !== 'text' && field.whole !== true)) return false;
  // more than MAX_DISTINCT values are counted approximately
  return values === undefined ? distinct > 0.9 * records : distinct === records;
}

const canBeTruth = ({ field, values, distinct }: FieldProfile): boolean =>
  distinct > 1 &&
  (field.kind === 'number' || ((field.kind === 'text' || field.kind === 'boolean') && values !== undefined));

/** Pictures, arrays, and texts that are more than a name. */
const isRich = (profile: FieldProfile): boolean =>
  profile.field.kind === 'picture' || profile.field.kind === 'numbers' || isProse(profile);

/** A text of several words that hardly ever repeats. */
export const isProse = ({ field, meanLength = 0, maxWords = 0, distinct }: FieldProfile): boolean =>
  field.kind === 'text' && meanLength > 20 && maxWords > 3 && distinct > MAX_CLASSES;

export const isFeature = ({ field, values, distinct }: FieldProfile): boolean =>
  field.kind === 'number' ||
  field.kind === 'boolean' ||
  (field.kind === 'text' && values !== undefined && distinct <= MAX_CLASSES);

/** Whether a truth is a class of a list rather than a quantity. */
export function isClass({ field, values, distinct }: FieldProfile): boolean {
  if (field.kind === 'text' || field.kind === 'boolean') return true;
  return (
    field.whole === true && values !== undefined && distinct <= (TRUTH.test(field.name) ? 1_000 : MAX_CLASSES)
  );
}
