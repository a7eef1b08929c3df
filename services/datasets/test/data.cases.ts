import { gzipSync } from 'node:zlib';
import { ColumnRole } from '@noema/contracts/noema/datasets/v1/integration';
import type { ManifestProposal } from '@noema/contracts/noema/datasets/v1/manifest_proposal';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { ArtifactSweep } from '@noema/host';
import { encodePng } from '@noema/integration';
import { catchReason } from '@noema/testing';
import { describe, expect, it } from 'vitest';
import { sha256 } from './made-wheels.js';
import { OTHER_PROJECT, OTHER_TEAM, PROJECT, type RunningDatasets, TEAM } from './running-datasets.js';
import { tarArchive } from '@noema/testing/tar';
import { zip } from '@noema/testing/zip';

const PART = 4 * 2 ** 20;
const png = (rgb: readonly number[]): Buffer =>
  Buffer.from(
    encodePng({
      width: 16,
      height: 12,
      channels: 3,
      data: Uint8Array.from({ length: 576 }, (_, i) => rgb[i % 3]!),
    }),
  );
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const CSV = `size,weight,species\n${times(60, (i) => `${i % 7},${i / 2},${i % 3 === 0 ? 'oak' : 'elm'}`).join('\n')}\n`;
const pictures = times(20, (i) => ({
  name: `flags/${i % 2 === 0 ? 'red' : 'blue'}/${i}.png`,
  content: png(i % 2 === 0 ? [200, 0, 0] : [0, 0, 200]),
}));
const texts = times(80, (i) => ({
  name: `${i % 2 === 0 ? 'sea' : 'land'}/${i}.txt`,
  content: `the ${i % 2 === 0 ? 'ship sails over the waves' : 'tractor ploughs the dry field'} on day ${i}`,
}));

/** IDX as MNIST has it: two zero bytes, the type, the number of sizes, the sizes, the values. */
function idx(dims: readonly number[], values: readonly number[]): Buffer {
  const head = Buffer.alloc(4 + 4 * dims.length);
  head[2] = 8;
  head[3] = dims.length;
  dims.forEach((dim, i) => head.writeUInt32BE(dim, 4 + 4 * i));
  return Buffer.concat([head, Buffer.from(values)]);
}

/** A .npy file of bytes (NEP 1), or of pickled objects. */
function npy(dtype: string, shape: readonly number[], data: Buffer): Buffer {
  const text = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const header = `${text.padEnd(117)}\n`;
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    Buffer.from([header.length, 0]),
    Buffer.from(header),
    data,
  ]);
}

const KINDS: readonly (readonly [string, () => Promise<Buffer>, object])[] = [
  [
    'pictures by class in a zip with a folder around',
    () => Promise.resolve(zip(pictures)),
    {
      reader: 'picture-folder',
      recordCount: 20n,
      pictureSide: 16,
      inputs: [{ name: 'image', dims: [12, 16, 3] }],
      groundTruths: [{ name: 'class', dims: [2] }],
    },
  ],
  [
    'a table in a tar',
    () => tarArchive([{ name: 'trees.csv', content: CSV }]),
    { reader: 'table', recordCount: 60n, inputs: [{ name: 'features', dims: [2] }] },
  ],
  [
    'texts by class in a tar.gz',
    async () => gzipSync(await tarArchive(texts)),
    {
      reader: 'text-folder',
      recordCount: 80n,
      inputs: [{ name: 'text' }],
      network: { class_name: 'Model' },
    },
  ],
  [
    'arrays',
    () =>
      tarArchive([
        { name: 'x.npy', content: npy('|u1', [30, 8, 8], Buffer.from(times(30 * 64, (i) => i % 251))) },
        { name: 'y.npy', content: npy('|u1', [30], Buffer.from(times(30, (i) => i % 3))) },
      ]),
    { reader: 'arrays', recordCount: 30n, inputs: [{ name: 'x', dims: [8, 8, 1] }] },
  ],
  [
    'IDX files',
    () =>
      tarArchive([
        {
          name: 'train-images-idx3-ubyte',
          content: idx(
            [24, 8, 8],
            times(24 * 64, (i) => i % 256),
          ),
        },
        {
          name: 'train-labels-idx1-ubyte',
          content: idx(
            [24],
            times(24, (i) => i % 2),
          ),
        },
      ]),
    { reader: 'idx', recordCount: 24n, inputs: [{ dims: [8, 8, 1] }] },
  ],
];

/** Files that clients send are recognized and ingested, on a platform that trusts no user. */
export function describeData(running: () => RunningDatasets): void {
  const api = () => running().api.integrations;

  async function send(archive: Buffer): Promise<ArtifactRef[]> {
    const parts: ArtifactRef[] = [];
    for (let at = 0; at < archive.length; at += PART) {
      const content = archive.subarray(at, at + PART);
      parts.push((await api().uploadWheelPart({ projectId: PROJECT, content })).part!);
    }
    return parts;
  }
  const propose = async (archive: Buffer, change: object = {}): Promise<ManifestProposal> =>
    (await api().proposeManifest({ projectId: PROJECT, parts: await send(archive), ...change })).proposal!;

  describe('data that a client sends', () => {
    it.each(KINDS)('are recognized, with twelve samples: %s', async (_what, make, expected) => {
      const proposal = await propose(await make(), { displayName: 'mine' });
      expect(proposal).toMatchObject({ network: { class_name: 'Sequential' }, ...expected });
      expect(proposal.manifest).toContain('name: mine');
      expect(proposal.samples).toHaveLength(12);
      for (const { fault, visuals, cells } of proposal.samples) {
        expect(fault).toBeUndefined();
        expect(visuals[0]!.content.length).toBeGreaterThan(0);
        expect(cells).toHaveLength(proposal.columns.length);
      }
    });

    it('become a version by the proposed manifest, and their parts stay', async () => {
      await running().startWorker();
      const archive = await tarArchive([
        { name: 'trees.csv', content: CSV },
        { name: 'noema.yaml', content: 'noema: 1\nname: another\n' },
      ]);
      const parts = await send(archive);
      const { proposal } = await api().proposeManifest({ projectId: PROJECT, parts, displayName: 'trees' });
      const { manifest, texts: beside, splitCounts } = proposal!;
      const { integration } = await api().createIntegration({
        projectId: PROJECT,
        source: { source: { case: 'data', value: { parts, manifest, texts: beside } } },
      });
      expect(integration).toMatchObject({
        displayName: 'trees',
        source: { source: { case: 'data', value: { sizeBytes: BigInt(archive.length), parts: [] } } },
      });
      await running().service.app.get(ArtifactSweep).run({ graceMs: 0 });
      const hashes = [sha256(archive)];
      const found = await api().findWheelParts({ projectId: PROJECT, sha256: hashes });
      expect(found.parts.map(({ sha256: hash }) => hash)).toEqual(hashes);
      const { version } = await running().ingest(integration!.id);
      expect(version).toMatchObject({
        state: JobState.SUCCEEDED,
        sampleCount: 60,
        classNames: ['elm', 'oak'],
        inputs: [{ name: 'features', dims: [2] }],
      });
      expect(Object.values(splitCounts).reduce((a, b) => a + b, 0)).toBe(60);
      const report = (await api().checkIntegration({ integrationId: integration!.id })).report!;
      expect(report.passed).toBe(true);
    });

    it('with words have a vocabulary next to the manifest', async () => {
      await running().startWorker();
      const parts = await send(gzipSync(await tarArchive(texts)));
      const { proposal } = await api().proposeManifest({ projectId: PROJECT, parts });
      expect(Object.keys(proposal!.texts)).toEqual(['noema.words.txt']);
      const create = (beside: Record<string, string>) =>
        api().createIntegration({
          projectId: PROJECT,
          displayName: 'words',
          source: { source: { case: 'data', value: { parts, manifest: proposal!.manifest, texts: beside } } },
        });
      const { integration } = await create(proposal!.texts);
      expect((await running().ingest(integration!.id)).version).toMatchObject({
        state: JobState.SUCCEEDED,
        sampleCount: 80,
      });
      expect(await catchReason(create({ '../evil': 'x' }))).toBe('invalid DATA_INVALID');
    });

    it('follow the choices of the request', async () => {
      const archive = await tarArchive([{ name: 'trees.csv', content: CSV }]);
      const { GROUND_TRUTH, INPUT, METADATA, UNUSED, SPLIT } = ColumnRole;
      const { columns, inputs, groundTruths, splitCounts } = await propose(archive, {
        roles: { size: UNUSED, weight: GROUND_TRUTH, species: INPUT },
        splitShares: [
          { split: Split.TRAINING, share: 0.5 },
          { split: Split.VALIDATION, share: 0.25 },
          { split: Split.TEST, share: 0.25 },
        ],
      });
      expect(columns.map(({ name, role }) => [name, role])).toEqual([
        ['size', UNUSED],
        ['weight', GROUND_TRUTH],
        ['species', INPUT],
      ]);
      expect(inputs).toMatchObject([{ name: 'features', dims: [2] }]);
      expect(groundTruths).toMatchObject([{ name: 'weight', dims: [1] }]);
      expect(Object.keys(splitCounts).sort()).toEqual(['test', 'training', 'validation']);
      const part = await propose(archive, { part: 20n });
      expect(Object.values(part.splitCounts).reduce((sum, samples) => sum + samples, 0)).toBe(20);
      expect(part).toMatchObject({
        recordCount: 60n,
        manifest: expect.stringMatching(/, 20 of 60 records\n/),
      });
      const grouped = await propose(archive, { roles: { species: ColumnRole.GROUP } });
      expect(grouped.columns[2]!.role).toBe(ColumnRole.GROUP);
      expect(grouped.manifest).toContain('group: species');
      expect(columns[0]!.allowedRoles).toContain(GROUND_TRUTH);
      expect(columns[2]!.allowedRoles).not.toContain(SPLIT);
      const refused = (change: object) => catchReason(propose(archive, change));
      expect(await refused({ roles: { species: SPLIT } })).toBe('invalid ROLE_INVALID');
      expect(await refused({ roles: { none: METADATA } })).toBe('invalid COLUMN_UNKNOWN');
      expect(await refused({ roles: { species: 99 } })).toBe('invalid FIELD_INVALID');
      expect(await refused({ splitShares: [{ split: Split.TRAINING, share: 0.5 }] })).toBe(
        'invalid PROPOSAL_INVALID',
      );
      expect(await refused({ pictureSide: 5_000 })).toBe('invalid PROPOSAL_INVALID');
      expect(await refused({ reader: 'nothing' })).toMatch(/^invalid /);
    });

    it.each<[string, () => Buffer | Promise<Buffer>, RegExp]>([
      [
        'a path that leads out',
        () => tarArchive([{ name: '../evil.csv', content: CSV }]),
        /no relative path/,
      ],
      ['a pickle', () => tarArchive([{ name: 'model.pkl', content: '\x80\x04.' }]), /no known form/],
      [
        'an array of Python objects',
        () => tarArchive([{ name: 'x.npy', content: npy('|O', [2], Buffer.from('\x80\x04.')) }]),
        /x\.npy/,
      ],
      [
        'a table with a ragged line',
        () => tarArchive([{ name: 'trees.csv', content: CSV.replace('3,1.5,oak', '3,1.5,oak,9') }]),
        /trees\.csv.*line 5/,
      ],
      ['no archive', () => Buffer.from(CSV), /neither a zip/],
    ])('are refused with the file at fault: %s', async (_what, make, message) => {
      const fault = await propose(await make()).then(
        () => undefined,
        (error: Error) => error,
      );
      expect(fault?.message).toMatch(message);
      expect(fault?.message).not.toContain('/integration');
    });

    it('are of their project alone, and not for viewers', async () => {
      const parts = await send(await tarArchive([{ name: 'trees.csv', content: CSV }]));
      const ask = (team: string, projectId: string, role: 'editor' | 'viewer' = 'editor') =>
        catchReason(running().as(team, role).integrations.proposeManifest({ projectId, parts }));
      expect(await ask(OTHER_TEAM, PROJECT)).toBe('not-found PROJECT_NOT_FOUND');
      expect(await ask(OTHER_TEAM, OTHER_PROJECT)).toBe('not-found DATA_PART_NOT_FOUND');
      expect(await ask(TEAM, PROJECT, 'viewer')).toMatch(/^forbidden/);
      expect(await catchReason(api().proposeManifest({ projectId: PROJECT }))).toBe('invalid DATA_INVALID');
    });
  });
}
