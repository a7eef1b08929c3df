import { DomainError } from '@noema/kernel';
import {
  describeValues,
  FileTree,
  listRoles,
  previewManifest,
  type PreviewSample,
  printManifest,
  type Proposal,
  proposeManifest,
  recognizeFiles,
} from '@noema/readers';
import { MAX_PROPOSED_COLUMNS, PREVIEW_SAMPLES } from '../data/data.limits.js';
import type { ManifestProposal, ProposedSample, SplitShares } from '../data/manifest-proposal.js';
import type { RunnerMethods } from './runner.protocol.js';

/**
 * Recognizes the form of the files of a folder and proposes a manifest with samples. Throws what the readers throw,
 * with paths that are relative to the folder.
 */
export async function proposeData({
  modulePath: folder,
  name,
  reader,
  ...options
}: RunnerMethods['propose']['params']): Promise<ManifestProposal> {
  const tree = await FileTree.open(folder);
  try {
    const readings = await listReadings(tree);
    const key = reader ?? readings[0]?.reader;
    const proposal = await proposeManifest(tree.root, name, {
      ...options,
      ...(key === undefined ? {} : { reader: key }),
    });
    const preview = await previewManifest(tree.root, proposal, PREVIEW_SAMPLES);
    const { profiles, roles, records, manifest } = proposal;
    return {
      reader: proposal.reader,
      found: proposal.found,
      readings,
      records,
      columns: profiles.slice(0, MAX_PROPOSED_COLUMNS).map((profile) => ({
        name: profile.field.name,
        kind: profile.field.kind,
        role: roles.get(profile.field.name) ?? 'ignored',
        allowedRoles: listRoles(profile, records),
        missing: profile.missing,
        values: describeValues(profile),
      })),
      splitCounts: preview.splitCounts,
      ...findShares(proposal),
      pictureSide: findPictureSide(proposal),
      inputs: preview.inputs,
      groundTruths: preview.groundTruths,
      samples: preview.samples.map((sample) => toSample(sample, tree.root)),
      // The notes name options of the command line, which a form has as fields.
      notes: proposal.notes.map((note) => note.replace(/; --[a-z].*$/, '')),
      manifest: printManifest(manifest),
      texts: Object.fromEntries(proposal.files),
      ...(proposal.network === undefined
        ? {}
        : { network: { ...proposal.network } as unknown as NonNullable<ManifestProposal['network']> }),
    };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { kind, reason, message, metadata } = error;
    throw new DomainError(kind, reason, hideRoot(message, tree.root), {
      metadata: Object.fromEntries(
        Object.entries(metadata).map(([key, text]) => [key, hideRoot(text, tree.root)]),
      ),
    });
  }
}

/** The forms in which the files can be read; certain ones come first. */
async function listReadings(tree: FileTree): Promise<ManifestProposal['readings']> {
  const all = await recognizeFiles(tree);
  const sorted = [
    ...all.filter(({ recognized }) => recognized.certain),
    ...all.filter(({ recognized }) => !recognized.certain),
  ];
  return sorted.map(({ reader: { key, title }, recognized }) => ({
    reader: key,
    title,
    found: recognized.found,
  }));
}

function findShares({ manifest: { splits } }: Proposal): { readonly shares?: SplitShares } {
  if ('column' in splits) return {};
  const { training, validation, test } = splits;
  return { shares: { training, validation, ...(test === undefined ? {} : { test }) } };
}

const findPictureSide = ({ manifest }: Proposal): number =>
  Math.max(
    0,
    ...Object.values(manifest.inputs)
      .filter(({ encoder }) => encoder === 'picture')
      .flatMap(({ height, width }) => [Number(height), Number(width)]),
  );

const toSample = ({ split, id, cells, visuals, fault }: PreviewSample, root: string): ProposedSample => ({
  split,
  sampleId: id,
  cells: cells.slice(0, MAX_PROPOSED_COLUMNS),
  visuals: visuals.map(({ name, mediaType, bytes }) => ({
    name,
    mediaType,
    content: Buffer.from(bytes).toString('base64'),
  })),
  ...(fault === undefined ? {} : { fault: { reason: fault.reason, message: hideRoot(fault.message, root) } }),
});

/** Users do not know where the files lie in the sandbox. */
const hideRoot = (text: string, root: string): string =>
  text.replaceAll(`${root}/`, '').replaceAll(root, 'the upload');
