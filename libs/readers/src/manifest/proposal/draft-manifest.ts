import { DomainError } from '@noema/kernel';
import { type Manifest, manifestSchema } from '../manifest.js';
import { toHandlerName } from '../names.js';
import type { Field } from '../../records.js';
import { assignRoles, isMedia, type Role } from '../roles.js';
import type { Draft } from './draft.js';
import { proposeInputs } from './inputs.js';
import { findTraining, proposeSplits } from './splits.js';
import { showField } from './shown.js';
import { proposeTags } from './tags.js';
import { proposeObjects, proposeTruth } from './truth.js';

/** Columns of a table that is shown, and of the metadata. */
const MAX_SHOWN = 200;

export interface DraftedManifest {
  readonly manifest: Manifest;
  /** Use of each column. */
  readonly roles: ReadonlyMap<string, Role>;
}

/** Gives each column a role, and makes inputs, ground truth, metadata and visuals of them. */
export async function draftManifest(draft: Draft, name: string, reader: string): Promise<DraftedManifest> {
  const { truth } = draft.options;
  const names = draft.profiles.map(({ field }) => field.name);
  if (truth !== undefined && truth !== '' && !names.includes(truth))
    throw new DomainError(
      'invalid',
      'COLUMN_UNKNOWN',
      `the data have no column "${truth}"; they have: ${names.join(', ')}`,
    );
  const roles = assignRoles(draft.profiles, draft.records.length, truth, draft.options.roles);
  draft.notes.push(...draft.profiles.flatMap(({ field }) => field.note ?? []), ...roles.notes);
  const having = (role: Role) => draft.profiles.filter(({ field }) => roles.of.get(field.name) === role);
  const [target] = having('truth');
  const [id] = having('id');
  const proposeFromInputs = target === undefined ? undefined : findByInputs(target.field);
  const frame = {
    splits: proposeSplits(draft, having('split')[0], having('group')[0]?.field),
    ...(id === undefined ? {} : { id: id.field.name }),
    ground_truths:
      target === undefined || proposeFromInputs !== undefined
        ? {}
        : { [toHandlerName(target.field.name)]: await proposeTruth(draft, target) },
  };
  await findTraining(draft, frame);
  const inputs = await proposeInputs(draft, having('input'));
  if (target !== undefined && proposeFromInputs !== undefined)
    frame.ground_truths = {
      [toHandlerName(target.field.name)]: proposeFromInputs(draft, target.field, inputs),
    };
  for (const { field } of having('visual')) draft.visuals[toHandlerName(field.name)] = showField(field);
  const features = having('input').filter(
    ({ field }) => !isMedia(field) && !(toHandlerName(field.name) in inputs),
  );
  if (features.length > 0)
    draft.visuals['row'] = {
      kind: 'table',
      columns: names
        .filter((column) => features.some(({ field }) => field.name === column))
        .slice(0, MAX_SHOWN),
    };
  const [single] = draft.tree.files;
  const part = notePart(draft);
  return {
    manifest: manifestSchema.parse({
      noema: 1,
      name: part === undefined ? name : `${name.slice(0, MAX_NAMED)}, ${describePart(draft, part)}`,
      source: {
        reader,
        path: draft.tree.files.length === 1 ? single!.path : '.',
        ...(part === undefined ? {} : { part }),
      },
      splits: frame.splits,
      ...('id' in frame ? { id: frame.id } : {}),
      inputs,
      ground_truths: frame.ground_truths,
      metadata: [...having('metadata'), ...having('group'), ...features]
        .filter(({ field }) => !isMedia(field))
        .map(({ field }) => field.name)
        .slice(0, MAX_SHOWN),
      visuals: draft.visuals,
    }),
    roles: roles.of,
  };
}

/** The function that makes a ground truth of the inputs: objects of their pictures, tags of their words. */
function findByInputs({ kind, wordColumn }: Field): typeof proposeObjects | undefined {
  if (kind === 'objects') return proposeObjects;
  return wordColumn === undefined ? undefined : proposeTags;
}

/** Length of a name that leaves room for the numbers of a part. */
const MAX_NAMED = 150;
/** Number of records from which a map takes hours on two cores. */
const MANY = 1_000_000;

/** The part that is wanted, where it is one; notes what the samples are of all records. */
function notePart(draft: Draft): number | undefined {
  const { length } = draft.records;
  const { part } = draft.options;
  if (part === undefined || part >= length) {
    if (length > MANY)
      draft.notes.push(
        `a map of ${length.toLocaleString('en-US')} samples takes hours; --part 200000 takes that many of them, ` +
          'drawn by a seed',
      );
    return undefined;
  }
  draft.notes.push(`the samples are a part: ${describePart(draft, part)}, drawn by a seed`);
  return part;
}

const describePart = ({ records }: Draft, part: number): string =>
  `${part.toLocaleString('en-US')} of ${records.length.toLocaleString('en-US')} records`;
