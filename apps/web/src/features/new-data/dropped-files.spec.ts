import { describe, expect, it } from 'vitest';
import { arrange, type DroppedFile, findKind } from './dropped-files.js';

const dropped = (path: string, content = 'x'): DroppedFile => ({
  path,
  file: new File([content], path.split('/').at(-1)!),
});
const arrangePaths = (...paths: string[]) => arrange(paths.map((path) => dropped(path)));

describe('files that were dropped', () => {
  it('lose the folder around them, which names them, and what systems leave', () => {
    const { name, files } = arrangePaths(
      'flags/red/2.png',
      'flags/.DS_Store',
      'flags/blue/1.png',
      'flags/Thumbs.db',
    );
    expect(name).toBe('flags');
    expect(files.map(({ path }) => path)).toEqual(['blue/1.png', 'red/2.png']);
  });

  it('keep folders next to each other, and one file names itself', () => {
    expect(arrangePaths('red/1.png', 'blue/2.png')).toMatchObject({ name: 'data', files: { length: 2 } });
    expect(arrangePaths('trees.csv').name).toBe('trees');
    expect(arrangePaths('trees.tar.gz').name).toBe('trees');
    expect(arrangePaths().files).toEqual([]);
  });

  it.each([
    ['net.onnx', 'x', 'model'],
    ['net.keras', 'x', 'model'],
    ['net.json', '{"class_name":"Sequential","config":{}}', 'topology'],
    ['rows.json', '[{"a":1}]', 'files'],
    ['web-model.zip', 'PK model.json weights.bin', 'model'],
    ['pictures.zip', 'PK red/1.png', 'archive'],
    ['texts.tar.gz', 'x', 'archive'],
    ['digits.csv.gz', 'x', 'files'],
  ])('%s with %j is of the kind %s', async (path, content, kind) => {
    expect(await findKind(arrange([dropped(path, content)]))).toBe(kind);
  });
});
