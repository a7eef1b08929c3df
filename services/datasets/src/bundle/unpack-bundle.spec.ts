import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Entry, zip } from '@noema/testing/zip';
import { unpackBundle } from './unpack-bundle.js';

interface Zip64Claims {
  /** Offset of the Zip64 end; the true one when left out. */
  readonly at?: bigint;
  /** Number of entries; the true one when left out. */
  readonly count?: bigint;
}

/**
 * The same archive with a Zip64 directory: the counts and offsets of the old end and of the first entry are
 * all ones; the real values stand in the records of Zip64 (PKWARE APPNOTE 4.3.14 to 4.5.3).
 */
function zip64(entries: readonly Entry[], { at, count = BigInt(entries.length) }: Zip64Claims = {}): Buffer {
  const plain = zip(entries);
  const end = plain.length - 22;
  const list = plain.readUInt32LE(end + 16);
  const first = list + 46 + plain.readUInt16LE(list + 28);
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  extra.writeBigUInt64LE(BigInt(plain.readUInt32LE(list + 24)), 4);
  extra.writeBigUInt64LE(BigInt(plain.readUInt32LE(list + 20)), 12);
  extra.writeBigUInt64LE(BigInt(plain.readUInt32LE(list + 42)), 20);
  plain.writeUInt16LE(extra.length, list + 30);
  for (const field of [20, 24, 42]) plain.writeUInt32LE(0xffffffff, list + field);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(count, 24);
  record.writeBigUInt64LE(count, 32);
  record.writeBigUInt64LE(BigInt(list), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(at ?? BigInt(end + extra.length), 8);
  locator.writeUInt32LE(1, 16);
  const old = Buffer.from(plain.subarray(end));
  old.writeUInt16LE(0xffff, 10);
  old.writeUInt32LE(0xffffffff, 16);
  return Buffer.concat([plain.subarray(0, first), extra, plain.subarray(first, end), record, locator, old]);
}

/** A tar.gz archive as tar writes it. */
function tgz(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ name, content = '', type = '0' }) => {
    const [bytes, head] = [Buffer.from(content), Buffer.alloc(512)];
    head.write(name, 0, 100);
    head.write('0000644\0', 100);
    head.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    head.write(type, 156);
    head.write('ustar\u000000', 257);
    head.write(' '.repeat(8), 148);
    head.write(
      `${head
        .reduce((a, b) => a + b, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    return [head, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

const code = 'export const integration = 1;';
const good: Entry[] = [
  { name: 'index.mjs', content: code },
  { name: 'lib/data.json', content: '[1]' },
];

describe('a bundle', () => {
  it('may be one module, a zip, or a tar.gz, also of a folder; the digest is that of the content', async () => {
    const zipped = await unpackBundle(zip(good));
    expect([...zipped.files.keys()].sort()).toEqual(['index.mjs', 'lib/data.json', 'package.json']);
    expect(zipped.entry).toBe('index.mjs');
    for (const other of [
      zip([...good].reverse()),
      zip64(good),
      tgz(good),
      tgz([{ name: './', type: '5' }, ...good.map((e) => ({ ...e, name: `./${e.name}` }))]),
      tgz(good.map((e) => ({ ...e, name: `my-code/${e.name}` }))),
    ]) {
      expect((await unpackBundle(other)).digest).toBe(zipped.digest);
    }
    expect((await unpackBundle(zip([{ name: 'index.mjs', content: `${code} ` }, good[1]!]))).digest).not.toBe(
      zipped.digest,
    );
    expect(await unpackBundle(Buffer.from(code))).toMatchObject({
      entry: 'integration.mjs',
      mediaType: 'text/javascript',
    });
  });

  it.each([
    'from noema.integration import splits\n',
    'import json\n\nfrom noema import integration\n',
    'import noema.integration as it  # short\n',
  ])('may be one module in Python, which imports noema: %j', async (python) => {
    const bundle = await unpackBundle(Buffer.from(python));
    expect(bundle).toMatchObject({ entry: 'integration.py', mediaType: 'text/x-python' });
    expect(bundle.runtime.key).toBe('python');
    expect([...bundle.files.keys()]).toEqual(['integration.py']);
  });

  it.each([
    "import noema from 'noema';\n",
    "import { from, noema } from './noema';\n",
    '// import noema.integration\nexport const integration = 1;',
  ])('is JavaScript where it is not Python: %j', async (javascript) => {
    expect((await unpackBundle(Buffer.from(javascript))).entry).toBe('integration.mjs');
  });

  it('may be a folder with integration.py; one in JavaScript comes first', async () => {
    const python: Entry[] = [
      { name: 'integration.py', content: 'from noema.integration import splits' },
      { name: 'requirements.txt', content: 'numpy' },
    ];
    expect(await unpackBundle(zip(python))).toMatchObject({ entry: 'integration.py' });
    expect(await unpackBundle(zip([...python, { name: 'integration.mjs', content: code }]))).toMatchObject({
      entry: 'integration.mjs',
    });
  });

  it('says in package.json where it begins', async () => {
    const files: Entry[] = [
      { name: 'package.json', content: '{"type":"module","main":"./src/mine.js"}' },
      { name: 'src/mine.js', content: code },
      { name: 'index.mjs' },
    ];
    expect((await unpackBundle(zip(files))).entry).toBe('src/mine.js');
    await expect(
      unpackBundle(zip([{ ...files[0]!, content: '{"main":"../x.js"}' }, files[2]!])),
    ).rejects.toMatchObject({ reason: 'BUNDLE_INVALID' });
  });

  const zeros = Buffer.alloc(2 ** 21);
  it.each<[string, Buffer, RegExp]>([
    ['leads out of its folder', zip([...good, { name: '../evil.js' }]), /no relative path/],
    ['is absolute', zip([...good, { name: '/etc/cron.d/evil' }]), /no relative path/],
    ['has a backslash', zip([...good, { name: 'a\\..\\..\\evil' }]), /no relative path/],
    ['has a drive', zip([...good, { name: 'C:evil' }]), /no relative path/],
    ['is in it twice', zip([...good, good[0]!]), /twice/],
    ['is a file and a folder', zip([...good, { name: 'lib' }]), /twice|a file and a folder/],
    [
      'is a link',
      zip([...good, { name: 'link', content: '/etc/passwd', mode: 0o120777 }]),
      /link or a device/,
    ],
    ['is a device', zip([...good, { name: 'dev', mode: 0o020666 }]), /link or a device/],
    ['is encrypted', zip([...good, { name: 'x', flags: 1 }]), /encrypted/],
    [
      'is larger than it says',
      zip([...good, { name: 'x', content: 'x'.repeat(1000), size: 10 }]),
      /larger than it says/,
    ],
    ['grows beyond measure', zip([...good, { name: 'bomb', content: zeros }]), /times larger/],
    ['a symbolic link of tar', tgz([...good, { name: 'link', type: '2' }]), /link or a device/],
    ['a hard link of tar', tgz([...good, { name: 'link', type: '1' }]), /link or a device/],
    ['a device of tar', tgz([...good, { name: 'dev', type: '3' }]), /link or a device/],
    ['leads out, by tar', tgz([...good, { name: '../evil' }]), /no relative path/],
    [
      'leads out, by a long name of tar',
      tgz([...good, { name: 'x', type: 'L', content: '../../evil\0' }, { name: 'short' }]),
      /no relative path/,
    ],
    [
      'leads out, by PAX',
      tgz([...good, { name: 'x', type: 'x', content: '20 path=../../evil\n' }, { name: 'short' }]),
      /no relative path/,
    ],
    ['grows beyond measure, by gzip', tgz([...good, { name: 'bomb', content: zeros }]), /times larger/],
    [
      'more entries than are kept',
      zip(Array.from({ length: 2_001 }, (_, i) => ({ name: `f${i}` }))),
      /more than 2000/,
    ],
    [
      'more bytes than are kept',
      tgz(Array.from({ length: 34 }, (_, i) => ({ name: `f${i}`, content: zeros }))),
      /more than 67108864 bytes|times larger/,
    ],
  ])('is refused when an entry %s', async (_what, bytes, why) => {
    await expect(unpackBundle(bytes)).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'BUNDLE_INVALID',
      message: expect.stringMatching(why) as string,
    });
  });

  it('is refused when it is damaged, cut short, empty, too large, or nothing of the kind', async () => {
    const whole = zip(good);
    const flipped = Buffer.from(tgz(good));
    flipped[40]! ^= 0xff;
    for (const bad of [
      whole.subarray(0, -30),
      Buffer.concat([whole.subarray(0, 45), Buffer.from([1]), whole.subarray(46)]),
      flipped,
      zip64(good, { at: 2n ** 63n }),
      zip64(good, { at: 2n ** 33n }),
      zip64(good, { count: 2n ** 53n }),
      gzipSync(gunzipSync(tgz(good)).subarray(0, 520)),
      Buffer.alloc(0),
      Buffer.alloc(2 ** 23 + 1, 'x'),
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0]),
      zip([{ name: 'readme.md' }]),
    ]) {
      await expect(unpackBundle(bad)).rejects.toMatchObject({ reason: 'BUNDLE_INVALID' });
    }
  });

  it('never does anything else with random bytes', async () => {
    let seed = 7;
    const random = () => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) / 0x7fffffff;
    for (let round = 0; round < 600; round++) {
      const bytes = Buffer.from([zip, tgz, zip64][round % 3]!(good));
      for (let flips = 0; flips < 4; flips++)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const outcome = await unpackBundle(bytes).then(
        () => 'BUNDLE_INVALID',
        (error: { reason?: string }) => error.reason,
      );
      expect(outcome).toBe('BUNDLE_INVALID');
    }
  });
});
