import { assembleImage } from './assemble-image.js';

/**
 * `node deploy/dist/src/assemble.main.js <workspace> <folder>`: lays out the root of an image, as the
 * Containerfile of the services does.
 */
const [workspace, out] = process.argv.slice(2);
if (workspace === undefined || out === undefined) {
  process.stderr.write(
    'name a workspace and a folder: node deploy/dist/src/assemble.main.js services/activations ' +
      '/tmp/activations\n',
  );
  process.exit(64);
}
const { length } = await assembleImage(workspace, out);
process.stdout.write(`${workspace}: ${length} packages in ${out}\n`);
