import { DomainError } from '@noema/kernel';
import { FileTree } from '../files/file-tree.js';
import type { Network } from '../network/network.js';
import { proposeNetwork } from '../network/propose-network.js';
import type { FieldProfile } from '../records.js';
import type { Manifest } from './manifest.js';
import { chooseReader, listArchives, shorten } from './proposal/choose-reader.js';
import { draftManifest } from './proposal/draft-manifest.js';
import type { Draft, ProposeOptions } from './proposal/draft.js';
import { fitTruth } from './proposal/truth.js';
import type { Role } from './roles.js';

/** A manifest for files, and what people should know about it. */
export interface Proposal {
  readonly reader: string;
  readonly found: string;
  readonly manifest: Manifest;
  /** Texts next to the manifest that it names, by their names. */
  readonly files: ReadonlyMap<string, string>;
  /** A network to begin with; absent where no simple one fits the samples. */
  readonly network?: Network;
  readonly notes: readonly string[];
  readonly records: number;
  readonly profiles: readonly FieldProfile[];
  /** Use of each column. */
  readonly roles: ReadonlyMap<string, Role>;
}

/**
 * Recognizes the form of a folder or a file and proposes a manifest for it. Throws `invalid` DATA_UNKNOWN for
 * files without a known form, DATA_AMBIGUOUS that lists the readings, READER_UNKNOWN, COLUMN_UNKNOWN.
 */
export async function proposeManifest(
  path: string,
  name: string,
  options: ProposeOptions = {},
): Promise<Proposal> {
  const tree = await FileTree.open(path);
  const { reader, found } = await chooseReader(tree, options.reader);
  const archives = listArchives(tree);
  const records = await reader.open(tree);
  try {
    if (records.length === 0) throw new DomainError('invalid', 'DATA_EMPTY', `${path} has no record`);
    const profiles = await records.profile();
    const draft: Draft = {
      tree,
      records,
      profiles,
      options,
      notes: [],
      files: new Map(),
      vocabularySizes: new Map(),
      visuals: {},
      training: new Int32Array(),
    };
    const drafted = await draftManifest(draft, name, reader.key);
    const [target] = Object.values(drafted.manifest.ground_truths);
    const scale = await fitTruth(draft, target);
    const network = proposeNetwork(drafted.manifest, (file) => draft.vocabularySizes.get(file)!, scale);
    return {
      reader: reader.key,
      found,
      ...drafted,
      files: draft.files,
      notes: [
        ...draft.notes,
        ...(archives.length === 0
          ? []
          : [`not read, since they are archives within the folder: ${shorten(archives)}; unpack them first`]),
      ],
      ...(network === undefined ? {} : { network }),
      records: records.length,
      profiles,
    };
  } finally {
    records.close();
  }
}
