import { buffer } from 'node:stream/consumers';
import { type Headers, pack } from 'tar-stream';

/** A tar archive as tools write it. */
export function tarArchive(
  entries: readonly { readonly name: string; readonly content?: string | Buffer; readonly type?: string }[],
): Promise<Buffer> {
  const archive = pack();
  for (const { name, content = '', type = name.endsWith('/') ? 'directory' : 'file' } of entries)
    archive.entry(
      {
        name,
        type: type as NonNullable<Headers['type']>,
        ...(type === 'symlink' && { linkname: '/etc/passwd' }),
      },
      type === 'file' ? Buffer.from(content) : '',
    );
  archive.finalize();
  return buffer(archive);
}
