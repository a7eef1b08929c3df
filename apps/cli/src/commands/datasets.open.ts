import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { S3Keys } from '@noema/artifacts';
import { DomainError } from '@noema/kernel';
import type { EncoderSpec, FieldProfile, Manifest, Proposal, ProposeOptions, Role } from '@noema/readers';
import { formatTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import type { CommandContext } from './command-context.js';

export interface OpenOptions extends ProposeOptions {
  readonly name?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  /** Uses of columns, as `patient=group`. */
  readonly use?: readonly string[];
}

/** The readers are loaded by this command alone: they bring decoders with machine code. */
interface Readers {
  readonly listEncodedColumns: (spec: EncoderSpec) => readonly string[];
  readonly describeValues: (profile: FieldProfile) => string;
}

const MAX_COLUMNS = 40;

/**
 * Finds out how the files of a folder, one file, or an archive are read; shows it, asks, and writes the manifest
 * next to them. An archive is unpacked into the folder of its name next to it, which is removed again where no
 * manifest is written. Returns its path, or `undefined` where nothing was written. Throws `precondition`
 * CONFIRMATION_MISSING, and what the readers throw.
 */
export async function openData(
  context: CommandContext,
  path: string,
  options: OpenOptions,
): Promise<string | undefined> {
  if (/^s3:/i.test(path)) return openBucket(context, path, options);
  const { isArchive, unpackArchive } = await import('@noema/readers');
  if (!isArchive(path)) return openPlace(context, resolve(path), options);
  const parent = options.dryRun === true ? await mkdtemp(join(tmpdir(), 'noema-archive-')) : undefined;
  let left: string | undefined = parent;
  try {
    const into = parent === undefined ? {} : { folder: join(parent, basename(path).replace(/\..*$/, '')) };
    context.terminal.note(`unpacking ${path}`);
    const { folder, isNew } = await unpackArchive(path, into);
    if (isNew) left ??= folder;
    const manifestPath = await openPlace(context, folder, options);
    if (manifestPath !== undefined) left = undefined;
    return manifestPath;
  } finally {
    if (left !== undefined) await rm(left, { recursive: true, force: true });
  }
}

/**
 * Copies objects of S3 into a folder of the current one, with the credentials of the environment, and opens it. They
 * stay there, since the manifest names them; with `--dry-run` they are removed.
 */
async function openBucket(
  context: CommandContext,
  url: string,
  options: OpenOptions,
): Promise<string | undefined> {
  const { copyS3Objects, explainS3Error, nameS3Place, parseS3Url } = await import('@noema/artifacts');
  const { env } = process;
  const place = parseS3Url(url, env);
  const parent = options.dryRun === true ? await mkdtemp(join(tmpdir(), 'noema-s3-')) : undefined;
  try {
    const folder = resolve(parent ?? '.', nameS3Place(place));
    context.terminal.note(`copying ${url.replace(/\?.*$/, '')} to ${folder}`);
    const keys = readKeys(env);
    await copyS3Objects(place, folder, { keys }).catch((error: unknown) => {
      throw explainS3Error(error, place, { keys, advice: S3_ADVICE });
    });
    return await openFolder(context, folder, options);
  } finally {
    if (parent !== undefined) await rm(parent, { recursive: true, force: true });
  }
}

const S3_ADVICE =
  'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (AWS_SESSION_TOKEN as well for temporary credentials) to the keys ' +
  'of the bucket';

/** Credentials of the environment; empty for a public bucket. Throws `invalid` S3_KEYS_INCOMPLETE. */
function readKeys(env: NodeJS.ProcessEnv): S3Keys {
  const { AWS_ACCESS_KEY_ID: accessKey = '', AWS_SECRET_ACCESS_KEY: secretKey = '' } = env;
  if ((accessKey === '') !== (secretKey === ''))
    throw new DomainError(
      'invalid',
      'S3_KEYS_INCOMPLETE',
      `only ${accessKey === '' ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID'} is set; ${S3_ADVICE}, or neither ` +
        'for a public bucket',
    );
  const { AWS_SESSION_TOKEN: sessionToken } = env;
  return { accessKey, secretKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

/** A copied folder; one file in it, such as an archive or a table, is opened as if it were named. */
async function openFolder(
  context: CommandContext,
  folder: string,
  options: OpenOptions,
): Promise<string | undefined> {
  const names = (await readdir(folder)).filter(
    (name) => !name.startsWith('.') && !/noema\.[\w.-]+$/.test(name),
  );
  const [single] = names;
  return names.length === 1 && single !== undefined && (await stat(join(folder, single))).isFile()
    ? openData(context, join(folder, single), options)
    : openPlace(context, folder, options);
}

async function openPlace(
  context: CommandContext,
  place: string,
  options: OpenOptions,
): Promise<string | undefined> {
  const { terminal } = context;
  const readers = await import('@noema/readers');
  const { manifestPath, name } = await findPlace(place);
  const existing = await stat(manifestPath).catch(() => undefined);
  if (existing !== undefined && options.force !== true && options.dryRun !== true) {
    await requireSameData(place, manifestPath, readers.parseManifest);
    terminal.note(`${manifestPath} exists and is used unchanged; --force proposes it anew`);
    return manifestPath;
  }
  const roles = readUses(options.use ?? [], readers.ROLES);
  const proposal = await readers.proposeManifest(place, options.name ?? name, { ...options, roles });
  const text = readers.printManifest(proposal.manifest);
  terminal.document({ path: manifestPath, ...proposal, files: Object.fromEntries(proposal.files) });
  show(terminal, proposal, readers);
  if (options.dryRun === true) {
    terminal.line(`\n${text}`);
    return undefined;
  }
  if (options.yes !== true && !(await confirm(terminal, manifestPath))) return undefined;
  const folder = dirname(manifestPath);
  for (const [file, content] of proposal.files) await writeFile(join(folder, file), content);
  await writeFile(manifestPath, text);
  terminal.note(`written: ${manifestPath}`);
  if (proposal.network !== undefined)
    await writeFile(networkPath(manifestPath), `${JSON.stringify(proposal.network, null, 2)}\n`);
  return manifestPath;
}

/** `spam.csv` and `spam.tsv` would have the same manifest. Throws `conflict` MANIFEST_OF_OTHER_DATA. */
async function requireSameData(
  place: string,
  manifestPath: string,
  parse: (text: string, path: string) => Manifest,
): Promise<void> {
  const { source } = parse(await readFile(manifestPath, 'utf8'), manifestPath);
  const path = resolve(dirname(manifestPath), source.path);
  if (path === place || path.startsWith(place + sep)) return;
  throw new DomainError(
    'conflict',
    'MANIFEST_OF_OTHER_DATA',
    `${manifestPath} reads ${path}, not ${place}; rename one of the files, or use --force to replace the manifest`,
  );
}

/** Roles by column. Throws `invalid` ROLE_INVALID with the roles that exist. */
function readUses(uses: readonly string[], known: readonly Role[]): Record<string, Role> {
  return Object.fromEntries(
    uses.map((use) => {
      const [, column = '', name] = /^(.+)=(.+)$/s.exec(use) ?? [];
      const role = known.find((one) => one === name);
      if (role === undefined)
        throw new DomainError(
          'invalid',
          'ROLE_INVALID',
          `"${use}" is not a column and its use, such as patient=group; uses: ${known.join(', ')}`,
        );
      return [column, role];
    }),
  );
}

/** Where the network lies that was proposed with a manifest. */
const networkPath = (manifestPath: string): string => manifestPath.replace(/\.yaml$/, '.network.json');

/** The next commands once the samples are ingested: a network to begin with, where one was proposed. */
export async function suggestRun(
  { terminal }: CommandContext,
  manifestPath: string,
  dataset: string,
): Promise<void> {
  const network = networkPath(manifestPath);
  const isThere = await stat(network).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  const name = quoted(dataset);
  terminal.note('a network to begin with was proposed; to train it and see the map:');
  terminal.note(`  noema models create ${quoted(network)} --name ${name}`);
  terminal.note(
    `  noema runs create --dataset ${name} --model ${name} --name ${name} --optimizer adam --epochs 10 --watch`,
  );
}

const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** `noema.yaml` of a folder; `<file>.noema.yaml` next to a single file. */
async function findPlace(path: string): Promise<{ readonly manifestPath: string; readonly name: string }> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => {
      throw new DomainError('invalid', 'DATA_PATH_INVALID', `"${path}" does not exist, or cannot be read`);
    },
  );
  if (isFolder) return { manifestPath: join(path, 'noema.yaml'), name: basename(path) };
  const name = basename(path, extname(path));
  return { manifestPath: join(dirname(path), `${name}.noema.yaml`), name };
}

function show(
  terminal: Terminal,
  { found, reader, records, profiles, manifest, notes }: Proposal,
  { listEncodedColumns, describeValues }: Readers,
): void {
  terminal.line(`${reader}: ${found}; ${records.toLocaleString('en-US')} records\n`);
  const rows = profiles.slice(0, MAX_COLUMNS);
  for (const line of formatTable(rows, [
    { heading: 'COLUMN', value: ({ field }) => field.name },
    { heading: 'KIND', value: ({ field }) => field.kind },
    {
      heading: 'USED AS',
      value: ({ field }) => listUses(field.name, manifest, listEncodedColumns).join(', ') || 'not used',
    },
    { heading: 'MISSING', value: ({ missing }) => missing, align: 'right' },
    { heading: 'VALUES', value: describeValues },
  ]))
    terminal.line(line);
  if (profiles.length > rows.length) terminal.line(`… and ${profiles.length - rows.length} columns more`);
  if (notes.length > 0) terminal.line();
  for (const note of notes) terminal.line(`· ${note}`);
}

function listUses(column: string, manifest: Manifest, listColumns: Readers['listEncodedColumns']): string[] {
  // an encoder of one column may also read another one, as tags read their words
  const isEncoded = (spec: EncoderSpec): boolean =>
    'column' in spec ? spec['column'] === column : listColumns(spec).includes(column);
  const encoded = (what: string, specs: Readonly<Record<string, EncoderSpec>>): string[] =>
    Object.values(specs)
      .filter(isEncoded)
      .map(({ encoder }) => `${what} (${encoder})`);
  const isShown = Object.values(manifest.visuals).some(
    (visual) => visual.kind !== 'table' && visual.column === column,
  );
  const uses = [
    ...(manifest.id === column ? ['id'] : []),
    ...('column' in manifest.splits && manifest.splits.column === column ? ['split'] : []),
    ...encoded('input', manifest.inputs),
    ...encoded('ground truth', manifest.ground_truths),
    ...(manifest.splits.group === column ? ['group'] : []),
    ...(manifest.metadata.includes(column) ? ['metadata'] : []),
  ];
  return uses.length === 0 && isShown ? ['visual'] : uses;
}

async function confirm(terminal: Terminal, manifestPath: string): Promise<boolean> {
  if (!process.stdin.isTTY || !terminal.live)
    throw new DomainError(
      'precondition',
      'CONFIRMATION_MISSING',
      `nobody can confirm this here; add --yes to write ${manifestPath} and ingest, or --dry-run to look at it`,
    );
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`\nWrite ${manifestPath} and ingest these samples? [Y/n] `);
    return /^(?:y|yes)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
