import { DomainError } from '@noema/kernel';
import { splitNamed } from '../files/split-names.js';
import { describeValues, type Field, type FieldProfile } from '../records.js';

/**
 * Use of a column, by its name and its values. A visual is shown and is no input; records with the same value of a
 * group stay in one split.
 */
export const ROLES = ['input', 'truth', 'metadata', 'visual', 'group', 'id', 'split', 'ignored'] as const;
export type Role = (typeof ROLES)[number];

/** Which column has which role, and why, for people. */
export interface Roles {
  readonly of: ReadonlyMap<string, Role>;
  readonly notes: readonly string[];
}

const TRUTH =
  /^(?:y|labels?|class|classes|targets?|category|species|outcome|diagnosis|sentiment|topic|ground_?truth|answer)$/i;
const ID = /^(?:id|uuid|guid|key|index|file|file_?name|sample_?id|.*_id)$/i;
const SPLIT = /^(?:split|subset|fold|partition|set)$/i;
const GROUPS = 'group|patient|subject|participant|person|speaker|user|customer|session|scene|video';
const GROUP = new RegExp(`^(?:${GROUPS})(?:[_ ]?(?:id|no|number|name))?$`, 'i');
/** Groups from which on their hash gives every split a share near its own. */
const MIN_GROUPS = 20;
/** Classes up to which a whole number without the name of a truth is a class rather than a quantity. */
const MAX_CLASSES = 50;

/**
 * Assigns roles: a column of the names of splits is the split; one with distinct values and the name of an id is
 * the id; one with the name of a group whose values repeat is the group; one with the name of a truth, or `chosen`,
 * is the ground truth. Pictures, arrays and long texts are inputs; without any, numbers, booleans and categories
 * are. Columns in `given` have the role that it says.
 * Throws `invalid` ROLE_INVALID, COLUMN_UNKNOWN.
 */
export function assignRoles(
  profiles: readonly FieldProfile[],
  records: number,
  chosen?: string,
  given: Readonly<Record<string, Role>> = {},
): Roles {
  requireRoles(profiles, records, given);
  const of = new Map<string, Role>(Object.entries(given));
  const isGiven = (role: Role): boolean => Object.values(given).includes(role);
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
  if (!isGiven('split'))
    give(
      'split',
      open().find((profile) => SPLIT.test(profile.field.name) && canBeSplit(profile)),
    );
  if (!isGiven('id'))
    give(
      'id',
      open().find((profile) => ID.test(profile.field.name) && canBeId(profile, records)),
    );
  if (!isGiven('group')) {
    const group = give(
      'group',
      open().find((profile) => GROUP.test(profile.field.name) && isRepeated(profile, records)),
    );
    if (group !== undefined)
      notes.push(
        `"${group.field.name}" says which records belong together: all records of one value stay in one split`,
      );
  }
  if (chosen === undefined && !isGiven('truth')) {
    const named = findNamedTruths(open());
    give('truth', named[0]);
    if (named.length > 1)
      notes.push(
        `several columns have the name of a ground truth (${named.map(({ field }) => field.name).join(', ')}); ` +
          `"${named[0]!.field.name}" is taken; --truth chooses another one`,
      );
    const only = named.length === 0 ? findOnlyClass(open(), records) : undefined;
    give('truth', only);
    if (only !== undefined)
      notes.push(
        `"${only.field.name}" is taken for the ground truth, since it is the only column next to the pictures or ` +
          'sounds; --truth "" takes none',
      );
    else if (named.length === 0) notes.push(...explainNoTruth(open()));
  }
  const isEmpty = ({ missing }: FieldProfile): boolean => missing === records;
  const isConstant = ({ distinct, field }: FieldProfile): boolean => distinct === 1 && !isMedia(field);
  notes.push(
    ...explainLeftOut(open().filter(isEmpty), 'no value'),
    ...explainLeftOut(
      open().filter((profile) => !isEmpty(profile) && isConstant(profile)),
      'one value',
    ),
  );
  const rich = open().filter(isRich);
  for (const profile of open()) {
    const { field } = profile;
    if (isEmpty(profile) || isConstant(profile)) of.set(field.name, 'ignored');
    else if (rich.includes(profile)) of.set(field.name, 'input');
    else if (rich.length === 0 && isFeature(profile)) of.set(field.name, 'input');
    else if (isMedia(field)) of.set(field.name, 'ignored');
    else of.set(field.name, 'metadata');
  }
  return { of, notes };
}

/** Columns with the name of a ground truth; an array among them only where another one is an input. */
function findNamedTruths(profiles: readonly FieldProfile[]): FieldProfile[] {
  const inputs = profiles.filter(({ field }) => !TRUTH.test(field.name) && isMedia(field));
  return profiles.filter(
    (profile) =>
      profile.field.kind === 'objects' ||
      profile.field.wordColumn !== undefined ||
      (TRUTH.test(profile.field.name) &&
        canBeTruth(profile) &&
        (profile.field.kind !== 'numbers' || inputs.length > 0)),
  );
}

/** The only column next to pictures or sounds, if it is a class that repeats. */
function findOnlyClass(profiles: readonly FieldProfile[], records: number): FieldProfile | undefined {
  const others = profiles.filter(({ field }) => field.kind !== 'picture' && field.kind !== 'audio');
  const [only] = others;
  const isOnly = only !== undefined && others.length === 1 && profiles.length > 1;
  return isOnly && canBeTruth(only) && isClass(only) && only.distinct <= records / 2 ? only : undefined;
}

function explainNoTruth(profiles: readonly FieldProfile[]): string[] {
  const single = profiles.find(({ field, distinct }) => TRUTH.test(field.name) && distinct === 1);
  if (single !== undefined) {
    const name = JSON.stringify(single.field.name);
    return [`${name} has one value, so that the samples get no ground truth; --truth ${name} takes it still`];
  }
  const last = profiles.findLast((profile) => canBeTruth(profile) && !isMedia(profile.field));
  return last === undefined
    ? []
    : [
        'no column has the name of a ground truth, so that the samples get none; ' +
          `--truth ${JSON.stringify(last.field.name)}, for example, predicts the last column`,
      ];
}

/** Columns that a sentence names. */
const MAX_NAMED = 5;
const LIST = new Intl.ListFormat('en-GB');

function explainLeftOut(profiles: readonly FieldProfile[], why: string): string[] {
  if (profiles.length === 0) return [];
  const names = profiles.slice(0, MAX_NAMED).map(({ field }) => JSON.stringify(field.name));
  const listed = LIST.format(
    profiles.length > MAX_NAMED ? [...names, `${profiles.length - MAX_NAMED} more`] : names,
  );
  const isOne = profiles.length === 1;
  return [`${listed} ${isOne ? 'has' : 'have'} ${why} and ${isOne ? 'is' : 'are'} left out`];
}

/** The roles that the values of a column allow. */
export function listRoles(profile: FieldProfile, records: number): Role[] {
  const { field, values } = profile;
  const allowed: readonly (readonly [Role, boolean])[] = [
    ['input', isRich(profile) || isFeature(profile) || (field.kind === 'text' && values !== undefined)],
    ['truth', canBeTruth(profile)],
    ['metadata', !isMedia(field)],
    ['visual', isShown(profile)],
    ['group', canBeGroup(profile)],
    ['split', canBeSplit(profile)],
    ['id', canBeId(profile, records)],
    ['ignored', true],
  ];
  return allowed.filter(([, isAllowed]) => isAllowed).map(([role]) => role);
}

/** Roles that only one column has. */
const SINGLE: readonly Role[] = ['truth', 'split', 'id', 'group'];

function requireRoles(
  profiles: readonly FieldProfile[],
  records: number,
  given: Readonly<Record<string, Role>>,
): void {
  for (const [name, role] of Object.entries(given)) {
    const profile = profiles.find(({ field }) => field.name === name);
    if (profile === undefined)
      throw new DomainError(
        'invalid',
        'COLUMN_UNKNOWN',
        `the data have no column "${name}"; they have: ${profiles.map(({ field }) => field.name).join(', ')}`,
      );
    const allowed = listRoles(profile, records);
    if (!allowed.includes(role))
      throw roleInvalid(name, role, `its values allow ${allowed.join(', ')} (${describeValues(profile)})`);
    const other = Object.keys(given).find((column) => column !== name && given[column] === role);
    if (SINGLE.includes(role) && other !== undefined)
      throw roleInvalid(name, role, `"${other}" has this role already, and one column can have it`);
  }
}

const roleInvalid = (column: string, role: Role, why: string): DomainError =>
  new DomainError('invalid', 'ROLE_INVALID', `the column "${column}" cannot be "${role}": ${why}`, {
    metadata: { column_name: column },
  });

/** Fields without a value that a filter compares. */
export const isMedia = ({ kind, wordColumn }: Field): boolean =>
  kind === 'picture' ||
  kind === 'audio' ||
  kind === 'numbers' ||
  kind === 'objects' ||
  wordColumn !== undefined;

const canBeSplit = ({ values = [] }: FieldProfile): boolean =>
  values.length > 0 && values.every((value) => splitNamed(value) !== undefined);

function canBeId({ field, distinct, values, missing }: FieldProfile, records: number): boolean {
  if (missing > 0 || (field.kind !== 'text' && field.whole !== true)) return false;
  // more than MAX_DISTINCT values are counted approximately
  return values === undefined ? distinct > 0.9 * records : distinct === records;
}

const canBeGroup = ({ field, distinct, missing }: FieldProfile): boolean =>
  (field.kind === 'text' || field.whole === true) && !isMedia(field) && missing === 0 && distinct > 1;

const isRepeated = (profile: FieldProfile, records: number): boolean =>
  canBeGroup(profile) && profile.distinct >= MIN_GROUPS && profile.distinct <= records / 2;

const canBeTruth = ({ field, values, distinct }: FieldProfile): boolean =>
  field.kind === 'objects' ||
  field.wordColumn !== undefined ||
  field.kind === 'numbers' ||
  (distinct > 1 &&
    (field.kind === 'number' ||
      ((field.kind === 'text' || field.kind === 'boolean') && values !== undefined)));

/** Pictures, arrays, and texts that are more than a name. */
const isRich = (profile: FieldProfile): boolean =>
  ['picture', 'audio', 'numbers'].includes(profile.field.kind) || isProse(profile);

/** Columns that a person can look at by themselves. */
const isShown = (profile: FieldProfile): boolean => isRich(profile) && profile.field.wordColumn === undefined;

/** A list of words, or a text of several words that hardly ever repeats. */
export const isProse = ({ field, meanLength = 0, maxWords = 0, distinct }: FieldProfile): boolean =>
  field.spaced === true ||
  (field.kind === 'text' &&
    field.nested !== true &&
    field.wordColumn === undefined &&
    meanLength > 20 &&
    maxWords > 3 &&
    distinct > MAX_CLASSES);

export const isFeature = ({ field, values, distinct }: FieldProfile): boolean =>
  field.kind === 'number' ||
  field.kind === 'boolean' ||
  (field.kind === 'text' &&
    field.nested !== true &&
    field.wordColumn === undefined &&
    values !== undefined &&
    distinct <= MAX_CLASSES);

/** Whether a truth is a class of a list rather than a quantity. */
export function isClass({ field, values, distinct }: FieldProfile): boolean {
  if (field.kind === 'text' || field.kind === 'boolean') return true;
  return (
    field.whole === true && values !== undefined && distinct <= (TRUTH.test(field.name) ? 1_000 : MAX_CLASSES)
  );
}
