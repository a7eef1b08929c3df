import { createHash } from 'node:crypto';
import type { WheelFile } from '../src/environment/environment.builder.js';
import type { PythonDescription } from '../src/environment/python.description.js';
import { type Entry, zip } from '@noema/testing/zip';

/** An interpreter as many machines have it. */
export const PYTHON_311: PythonDescription = {
  version: '3.11.7',
  abi: 'cp311',
  platforms: ['manylinux_2_36_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'linux_x86_64'],
  packages: new Map([['numpy', '2.0.0']]),
};

/** A wheel of a package in pure Python: the file `<package>/__init__.py`, its metadata, and further entries. */
export function makeWheel({
  name = 'seven',
  version = '1.0',
  text = 'SEVEN = 7\n',
  tags = 'py3-none-any',
  entries = [],
}: {
  readonly name?: string;
  readonly version?: string;
  readonly text?: string;
  readonly tags?: string;
  readonly entries?: readonly Entry[];
} = {}): { readonly fileName: string; readonly content: Buffer } {
  const info = `${name}-${version}.dist-info`;
  return {
    fileName: `${name}-${version}-${tags}.whl`,
    content: zip([
      { name: `${name}/__init__.py`, content: text },
      { name: `${info}/METADATA`, content: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n` },
      { name: `${info}/WHEEL`, content: 'Wheel-Version: 1.0\n' },
      ...entries,
    ]),
  };
}

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** A wheel as the builder reads it. */
export const wheelFile = ({ fileName, content }: ReturnType<typeof makeWheel>): WheelFile => ({
  fileName,
  sha256: sha256(content),
  sizeBytes: content.length,
  read: () => Promise.resolve(content),
});
