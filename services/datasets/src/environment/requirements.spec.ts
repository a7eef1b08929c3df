import { describe, expect, it } from 'vitest';
import { canonicalName, parseRequirements, sameVersion, unmetRequirements } from './requirements.js';

const HASH = 'a'.repeat(64);

describe('a requirements.txt', () => {
  it('has names, versions, hashes and markers', () => {
    const text = [
      '# by pip',
      '',
      `Pillow==11.0.0 \\`,
      `    --hash=sha256:${HASH} \\`,
      `    --hash=sha256:${'b'.repeat(64)}  # two files`,
      'pandas[performance] == 2.2.3 ; python_version >= "3.9"',
      'tomli>=2',
      'noema',
    ].join('\n');
    expect(parseRequirements(text)).toEqual([
      {
        name: 'pillow',
        text: 'Pillow==11.0.0',
        version: '11.0.0',
        hashes: [HASH, 'b'.repeat(64)],
        conditional: false,
      },
      {
        name: 'pandas',
        text: 'pandas[performance] == 2.2.3 ; python_version >= "3.9"',
        version: '2.2.3',
        hashes: [],
        conditional: true,
      },
      { name: 'tomli', text: 'tomli>=2', version: undefined, hashes: [], conditional: false },
    ]);
  });

  it.each(['a==1.*', 'a==1,!=2', 'a', 'a~=1.0', 'a===', 'a!=1'])('pins no version by %s', (line) => {
    expect(parseRequirements(line)[0]!.version).toBeUndefined();
  });

  it.each([
    ['an option', '--index-url https://example.org', /--index-url https/],
    ['another list', '-r other.txt', /-r other/],
    ['an address', 'a @ https://example.org/a.whl', /a @ https/],
    ['a file', './a.whl', /\.\/a\.whl/],
    ['a hash of another kind', 'a==1 --hash=md5:abc', /md5:abc/],
    ['a name twice', 'a==1\nA==2', /names a twice/],
  ])('is refused with %s', (_what, text, message) => {
    expect(() => parseRequirements(text)).toThrow(
      expect.objectContaining({
        reason: 'REQUIREMENTS_INVALID',
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
  });

  it('is met by packages of the versions that it pins', () => {
    const requirements = parseRequirements('a==1.0\nb>=2\nc; sys_platform == "win32"\nd==1');
    const unmet = (installed: Record<string, string>) =>
      unmetRequirements(requirements, new Map(Object.entries(installed))).map(({ name }) => name);
    expect(unmet({ a: '1', b: '1', d: '1.0.0' })).toEqual([]);
    expect(unmet({ a: '1.1' })).toEqual(['a', 'b', 'd']);
  });
});

describe('names and versions', () => {
  it('are compared as indexes do', () => {
    expect(canonicalName('Ruamel_yaml.Clib')).toBe('ruamel-yaml-clib');
    for (const [one, other] of [
      ['2.0', '2'],
      ['v1.2.0', '1.2'],
      ['1.0.post1', '1.0-post1'],
      ['1.0rc1', '1rc1'],
    ] as const)
      expect(sameVersion(one, other)).toBe(true);
    for (const [one, other] of [
      ['1.10', '1.1'],
      ['2.0', '20'],
      ['1.0', '1.0.1'],
      ['1.0rc1', '1.0'],
      ['1.0+cpu', '1.0'],
    ] as const)
      expect(sameVersion(one, other)).toBe(false);
  });
});
