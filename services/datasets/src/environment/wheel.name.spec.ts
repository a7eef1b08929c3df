import { describe, expect, it } from 'vitest';
import { PYTHON_311 } from '../../test/made-wheels.js';
import { platformTags } from './python.description.js';
import { fitsPython, parseWheelName } from './wheel.name.js';

describe('the name of a wheel', () => {
  it('has package, version and tags, with or without a build number', () => {
    expect(
      parseWheelName('ruamel.yaml-0.18.6-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl'),
    ).toEqual({
      fileName: 'ruamel.yaml-0.18.6-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
      name: 'ruamel-yaml',
      version: '0.18.6',
      pythons: ['cp311'],
      abis: ['cp311'],
      platforms: ['manylinux_2_17_x86_64', 'manylinux2014_x86_64'],
    });
  });

  it.each([
    'a-1.0.tar.gz',
    '../a-1-py3-none-any.whl',
    'a/b-1-py3-none-any.whl',
    'a-1-py3-none.whl',
    'a.whl',
    '',
  ])('is not %s', (name) => {
    expect(() => parseWheelName(name)).toThrow(expect.objectContaining({ reason: 'WHEEL_INVALID' }) as Error);
  });

  it.each([
    ['py3-none-any', true],
    ['py2.py3-none-any', true],
    ['cp311-cp311-manylinux_2_17_x86_64', true],
    ['cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64', true],
    ['cp38-abi3-manylinux2014_x86_64', true],
    ['py3-none-manylinux_2_17_x86_64', true],
    ['py39-none-any', true],
    ['cp311-none-any', true],
    ['py2-none-any', false],
    ['py312-none-any', false],
    ['cp310-cp310-manylinux_2_17_x86_64', false],
    ['cp312-abi3-manylinux2014_x86_64', false],
    ['cp311-cp311t-manylinux_2_17_x86_64', false],
    ['cp310-none-any', false],
    ['cp311-cp311-manylinux_2_38_x86_64', false],
    ['cp311-cp311-manylinux_2_17_aarch64', false],
    ['cp311-cp311-win_amd64', false],
    ['cp311-cp311-musllinux_1_1_x86_64', false],
    ['pp311-pypy311_pp73-manylinux_2_17_x86_64', false],
  ])('of tags %s fits Python 3.11 on Linux: %s', (tags, fits) => {
    expect(fitsPython(parseWheelName(`a-1-${tags}.whl`), PYTHON_311)).toBe(fits);
  });
});

describe('the platforms of an interpreter', () => {
  it('are all older ones of its C library, with their old names', () => {
    const tags = platformTags({ platform: 'linux-x86_64', glibc: '2.28' });
    expect(tags[0]).toBe('manylinux_2_28_x86_64');
    expect(tags).toContain('manylinux2014_x86_64');
    expect(tags.at(-2)).toBe('manylinux1_x86_64');
    expect(tags).not.toContain('manylinux_2_29_x86_64');
    expect(platformTags({ platform: 'linux-aarch64', glibc: null })).toEqual([
      'musllinux_1_2_aarch64',
      'musllinux_1_1_aarch64',
      'linux_aarch64',
    ]);
    expect(platformTags({ platform: 'macosx-14.0-arm64', glibc: null }).slice(0, 2)).toEqual([
      'macosx_14_0_arm64',
      'macosx_14_0_universal2',
    ]);
  });
});
