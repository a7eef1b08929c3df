import { readFile } from 'node:fs/promises';
import { SPLIT_NAMES } from '@noema/integration';
import { DomainError } from '@noema/kernel';
import { decodeSound } from '../audio/wav.js';
import { decodePicture } from '../encoders/picture.pixels.js';
import { spectrogramEncoder } from '../encoders/spectrogram.encoder.js';
import { RESERVED, WordCounts } from '../encoders/words.js';
import { isAnyArchive } from '../archives/unpack-archive.js';
import { FileTree } from '../files/file-tree.js';
import { splitNamed } from '../files/split-names.js';
import type { Network } from '../network/network.js';
import { proposeNetwork } from '../network/propose-network.js';
import type { Reader, Recognized } from '../readers/reader.js';
import { READERS } from '../readers/reader.registry.js';
import { Moments } from '../moments.js';
import { parseTokenizer, type Tokenizer } from '../tokenizer/tokenizer.js';
import type { Cell, Field, FieldProfile, Numbers, Records } from '../records.js';
import { type EncoderSpec, type Manifest, manifestSchema } from './manifest.js';
import { toHandlerName } from './names.js';
import { assignSplits } from './population.splits.js';
import { assignRoles, isClass, isMedia, isProse, type Role } from './roles.js';

export interface ProposeOptions {
  /** Key of the reader; default: the one that is certain, or the only one. */
  readonly reader?: string;
  /** Column of the ground truth; empty for none. Default: by its name. */
  readonly truth?: string;
  /** Longest side of a picture as an input; default: that of the pictures, at most 64. */
  readonly pictureSide?: number;
  /** Roles of columns by their names; other columns get theirs by name and values. */
  readonly roles?: Readonly<Record<string, Role>>;
  /** Shares of the splits, where no column names the split; default: 0.8 and 0.2. */
  readonly shares?: SplitShares;
}

/** Shares of the splits, which sum to 1. */
export interface SplitShares {
  readonly training: number;
  readonly validation: number;
  readonly test?: number | undefined;
}

/** A manifest for files, and what people should know about it. */
export interface Proposal {
  readonly reader: string;
  readonly found: string;
  readonly manifest: Manifest;
  /** Texts next to the manifest that it names, by their names. */
  readonly files: ReadonlyMap<string, string>;
  /** A network to begin with; absent where no simple one fits the samples. */
  readonly network?: Network;
  readonly notes: readonly string[];
  readonly records: number;
  readonly profiles: readonly FieldProfile[];
  /** Use of each column. */
  readonly roles: ReadonlyMap<string, Role>;
}

const VOCABULARY = 'noema.words.txt';
const VOCABULARY_WORDS = 5_000;
const MAX_LENGTH = 512;
/** Texts whose tokens are counted to find a length. */
const TOKENIZED_TEXTS = 2_000;
const DEFAULT_SIDE = 64;
/** Records that the scale of an array or the size of the pictures is taken from. */
const SCALE_RECORDS = 500;
/** Sounds that the length and the scale of spectrograms are taken from, and bounds of what is proposed. */
const SCALE_SOUNDS = 100;
const MIN_RATE = 1_000;
const MAX_RATE = 16_000;
const MAX_SECONDS = 10;
/** Columns of a table that is shown, and of the metadata. */
const MAX_SHOWN = 200;
const SHARES: SplitShares = { training: 0.8, validation: 0.2 };

/**
 * Recognizes the form of a folder or a file and proposes a manifest for it. Throws `invalid` DATA_UNKNOWN for
 * files without a known form, DATA_AMBIGUOUS that lists the readings, READER_UNKNOWN, COLUMN_UNKNOWN.
 */
export async function proposeManifest(
  path: string,
  name: string,
  options: ProposeOptions = {},
): Promise<Proposal> {
  const tree = await FileTree.open(path);
  const { reader, found } = await chooseReader(tree, options.reader);
  const archives = listArchives(tree);
  const records = await reader.open(tree);
  try {
    if (records.length === 0) throw new DomainError('invalid', 'DATA_EMPTY', `${path} has no record`);
    const profiles = await records.profile();
    const { vocabularySizes, ...drafted } = await new Draft(tree, records, profiles, options).finish(
      name,
      reader.key,
    );
    const network = proposeNetwork(drafted.manifest, (file) => vocabularySizes.get(file)!);
    return {
      reader: reader.key,
      found,
      ...drafted,
      notes: [
        ...drafted.notes,
        ...(archives.length === 0
          ? []
          : [`not read, since they are archives within the folder: ${shorten(archives)}; unpack them first`]),
      ],
      ...(network === undefined ? {} : { network }),
      records: records.length,
      profiles,
    };
  } finally {
    records.close();
  }
}

/** Archives among the files: a folder that holds some has to be unpacked first. */
const listArchives = (tree: FileTree): string[] => tree.files.map(({ path }) => path).filter(isAnyArchive);

const shorten = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');

/** Every reader that recognizes the files. */
export async function recognizeFiles(
  tree: FileTree,
): Promise<{ readonly reader: Reader; readonly recognized: Recognized }[]> {
  const found = [];
  for (const reader of READERS.values()) {
    const recognized = await reader.recognize(tree);
    if (recognized !== undefined) found.push({ reader, recognized });
  }
  return found;
}

async function chooseReader(
  tree: FileTree,
  key: string | undefined,
): Promise<{ reader: Reader; found: string }> {
  if (key !== undefined) {
    const reader = READERS.get(key);
    const recognized = await reader.recognize(tree);
    if (recognized === undefined)
      throw new DomainError(
        'invalid',
        'DATA_UNKNOWN',
        `${tree.root} is not read by "${key}": ${reader.summary}`,
      );
    return { reader, found: recognized.found };
  }
  const all = await recognizeFiles(tree);
  const [first, second] = [
    ...all.filter(({ recognized }) => recognized.certain),
    ...all.filter(({ recognized }) => !recognized.certain),
  ];
  const archives = listArchives(tree);
  if (first === undefined && archives.length > 0)
    throw new DomainError(
      'invalid',
      'DATA_UNKNOWN',
      `${tree.root} has no files of a known form, but archives: ${shorten(archives)}. ` +
        'Unpack them, or open one by itself',
      { metadata: { path: archives[0]! } },
    );
  if (first === undefined)
    throw new DomainError(
      'invalid',
      'DATA_UNKNOWN',
      `${tree.root} has ${tree.files.length} files of no known form, such as ${
        tree.files
          .slice(0, 3)
          .map((file) => file.path)
          .join(', ') || 'none'
      }; known: ${READERS.values()
        .map(({ title }) => title.toLowerCase())
        .join(', ')}`,
    );
  const alike = all.filter(({ recognized }) => recognized.certain === first.recognized.certain);
  if (second !== undefined && first.recognized.certain === second.recognized.certain)
    throw new DomainError(
      'invalid',
      'DATA_AMBIGUOUS',
      `${tree.root} can be read in ${alike.length} ways: ` +
        `${alike.map(({ reader: one, recognized }) => `${one.key} (${recognized.found})`).join('; ')}. ` +
        'Choose one with --reader',
      { metadata: { readers: alike.map(({ reader }) => reader.key).join(',') } },
    );
  return { reader: first.reader, found: first.recognized.found };
}

/** A manifest that is being made. */
class Draft {
  private readonly notes: string[] = [];
  private readonly files = new Map<string, string>();
  /** Number of indexes of each vocabulary and tokenizer. */
  private readonly vocabularySizes = new Map<string, number>();
  private readonly visuals: Manifest['visuals'] = {};
  private training: Int32Array = new Int32Array();

  constructor(
    private readonly tree: FileTree,
    private readonly records: Records,
    private readonly profiles: readonly FieldProfile[],
    private readonly options: ProposeOptions,
  ) {}

  async finish(
    name: string,
    reader: string,
  ): Promise<
    Pick<Proposal, 'manifest' | 'files' | 'notes' | 'roles'> & {
      readonly vocabularySizes: ReadonlyMap<string, number>;
    }
  > {
    const { truth } = this.options;
    const names = this.profiles.map(({ field }) => field.name);
    if (truth !== undefined && truth !== '' && !names.includes(truth))
      throw new DomainError(
        'invalid',
        'COLUMN_UNKNOWN',
        `the data have no column "${truth}"; they have: ${names.join(', ')}`,
      );
    const roles = assignRoles(this.profiles, this.records.length, truth, this.options.roles);
    this.notes.push(...roles.notes);
    const having = (role: Role) => this.profiles.filter(({ field }) => roles.of.get(field.name) === role);
    const [target] = having('truth');
    const [id] = having('id');
    const frame = {
      splits: this.splits(having('split')[0]),
      ...(id === undefined ? {} : { id: id.field.name }),
      ground_truths:
        target === undefined || target.field.kind === 'objects'
          ? {}
          : { [toHandlerName(target.field.name)]: this.truth(target) },
    };
    await this.findTraining(frame);
    const inputs = await this.inputs(having('input'));
    if (target?.field.kind === 'objects')
      frame.ground_truths = { [toHandlerName(target.field.name)]: this.objects(target.field, inputs) };
    const features = having('input').filter(
      ({ field }) => !isMedia(field) && !(toHandlerName(field.name) in inputs),
    );
    if (features.length > 0)
      this.visuals['row'] = {
        kind: 'table',
        columns: names
          .filter((column) => features.some(({ field }) => field.name === column))
          .slice(0, MAX_SHOWN),
      };
    const [single] = this.tree.files;
    return {
      manifest: manifestSchema.parse({
        noema: 1,
        name,
        source: { reader, path: this.tree.files.length === 1 ? single!.path : '.' },
        splits: frame.splits,
        ...('id' in frame ? { id: frame.id } : {}),
        inputs,
        ground_truths: frame.ground_truths,
        metadata: [...having('metadata'), ...features]
          .filter(({ field }) => !isMedia(field))
          .map(({ field }) => field.name)
          .slice(0, MAX_SHOWN),
        visuals: this.visuals,
      }),
      files: this.files,
      vocabularySizes: this.vocabularySizes,
      notes: this.notes,
      roles: roles.of,
    };
  }

  /** Statistics are fitted to training records alone; to all records where none are training. */
  private async findTraining(frame: Pick<Manifest, 'splits' | 'id' | 'ground_truths'>): Promise<void> {
    const splits = await assignSplits(this.records, frame);
    this.training =
      splits.get('training')?.indexes ??
      Int32Array.from({ length: this.records.length }, (_, index) => index);
  }

  private async inputs(profiles: readonly FieldProfile[]): Promise<Manifest['inputs']> {
    const inputs: Record<string, EncoderSpec> = {};
    const features = [];
    for (const profile of profiles) {
      const { field } = profile;
      if (field.kind === 'picture') inputs[toHandlerName(field.name)] = await this.picture(profile);
      else if (field.kind === 'audio') inputs[toHandlerName(field.name)] = await this.sound(field);
      else if (field.kind === 'numbers') inputs[toHandlerName(field.name)] = await this.array(profile);
      else if (isProse(profile)) inputs[toHandlerName(field.name)] = await this.text(profile);
      else features.push(profile);
    }
    if (features.length > 0) {
      const columns = [];
      for (const profile of features) columns.push(await this.toPart(profile));
      inputs['features'] = { encoder: 'features', columns };
    }
    if (Object.keys(inputs).length === 0)
      throw new DomainError(
        'invalid',
        'INPUT_MISSING',
        'no column can be an input of a network: ' +
          this.profiles.map(({ field }) => `${field.name} (${field.kind})`).join(', '),
      );
    return inputs;
  }

  private async picture({ field, examples }: FieldProfile): Promise<EncoderSpec> {
    this.visuals[toHandlerName(field.name)] = { kind: 'image', column: field.name };
    const sizes: (readonly [number, number])[] = [];
    let isGray = true;
    for (const cell of examples.filter((example) => example !== null)) {
      const read = await decodePicture(cell, this.tree, 3, (picture) => picture).catch(() => undefined);
      if (read === undefined) continue;
      sizes.push([read.height, read.width] as const);
      for (let i = 0; i < read.data.length && isGray; i += 3)
        isGray = read.data[i] === read.data[i + 1] && read.data[i] === read.data[i + 2];
    }
    if (sizes.length === 0)
      throw new DomainError(
        'invalid',
        'PICTURE_INVALID',
        `none of ${examples.length} pictures of the column "${field.name}" can be read`,
      );
    const side = this.options.pictureSide ?? DEFAULT_SIDE;
    const [height, width] = [0, 1].map((at) => median(sizes.map((size) => size[at]!))) as [number, number];
    const factor = Math.min(1, side / Math.max(height, width));
    const isSame = sizes.every(([h, w]) => h === height && w === width);
    if (factor < 1 || !isSame)
      this.notes.push(
        `the pictures (${isSame ? '' : 'about '}${height} × ${width}) are resized to ` +
          `${Math.round(height * factor)} × ${Math.round(width * factor)}; --picture-side sets another length`,
      );
    return {
      encoder: 'picture',
      column: field.name,
      height: Math.max(1, Math.round(height * factor)),
      width: Math.max(1, Math.round(width * factor)),
      channels: isGray ? 1 : 3,
      fit: 'stretch',
    };
  }

  /** Windows of 25 ms or more, each half over the next; the length that 95 % of the sounds do not exceed. */
  private async sound({ name }: Field): Promise<EncoderSpec> {
    const step = Math.max(1, Math.floor(this.training.length / SCALE_SOUNDS));
    const chosen = Array.from(this.training).filter((_, at) => at % step === 0);
    const sounds: { readonly rate: number; readonly seconds: number; readonly cell: Cell }[] = [];
    let fault: unknown;
    for (const index of chosen) {
      const cell = (await this.records.row(index))[name] ?? null;
      const { rate, samples } = await decodeSound(name, cell, this.tree).catch((error: unknown) => {
        fault ??= error;
        return { rate: 0, samples: [] };
      });
      if (rate > 0) sounds.push({ rate, seconds: samples.length / rate, cell });
    }
    if (sounds.length === 0) throw fault;
    const rate = Math.max(MIN_RATE, Math.min(MAX_RATE, median(sounds.map((sound) => sound.rate))));
    const window = 2 ** Math.ceil(Math.log2(rate * 0.025));
    const lengths = sounds.map(({ seconds }) => seconds).sort((a, b) => a - b);
    const longest = lengths[Math.floor(0.95 * (lengths.length - 1))]!;
    const seconds = Math.max(0.1, Math.min(MAX_SECONDS, Math.ceil(longest * 100) / 100));
    const spec = {
      column: name,
      rate,
      seconds,
      window,
      hop: window / 2,
      mels: 40,
      scale: 'slaney',
      low: 0,
    } as const;
    const encode = await spectrogramEncoder.create(
      { ...spec, mean: 0, std: 1 },
      { tree: this.tree, readText: () => Promise.resolve('') },
    );
    const moments = new Moments();
    for (const { cell } of sounds)
      for (const value of ((await encode({ [name]: cell })) as Numbers).data) moments.add(value);
    this.visuals[toHandlerName(name)] = { kind: 'audio', column: name };
    this.notes.push(
      `sounds are resampled to ${rate} Hz and cut or padded to ${seconds} s; change "rate" and "seconds" in the ` +
        'manifest',
    );
    const { mean, std } = moments;
    return { encoder: 'spectrogram', ...spec, mean: rounded(mean), std: rounded(std) || 1 };
  }

  private async array({ field, examples: [first] }: FieldProfile): Promise<EncoderSpec> {
    const shape = field.shape ?? [];
    const isBytes = isNumbers(first) && first.data instanceof Uint8Array;
    const isPicture =
      (shape.length === 2 && Math.min(...shape) >= 8) ||
      (shape.length === 3 && [1, 3, 4].includes(shape[2]!));
    this.visuals[toHandlerName(field.name)] = isPicture
      ? { kind: 'image', column: field.name }
      : shape.length <= 2
        ? { kind: 'series', column: field.name }
        : { kind: 'table', columns: [field.name] };
    const tensorShape = isPicture && shape.length === 2 ? [...shape, 1] : shape;
    if (isBytes) return { encoder: 'array', column: field.name, shape: tensorShape, mean: 0, std: 255 };
    const { mean, std } = await this.fitScale(field.name);
    return { encoder: 'array', column: field.name, shape: tensorShape, mean, std };
  }

  /** Tokens where a tokenizer lies next to the texts, and words otherwise. */
  private async text({ field }: FieldProfile): Promise<EncoderSpec> {
    const column = await this.records.column(field.name);
    const texts = Array.from(this.training, (index) => column[index]).filter(
      (text) => typeof text === 'string',
    );
    const [path] = this.tree.tokenizers;
    const tokenizer = path === undefined ? undefined : await this.findTokenizer(path);
    return tokenizer === undefined ? this.words(field, texts) : this.tokens(field, texts, path!, tokenizer);
  }

  /** A tokenizer that cannot be read is reported, and the texts become words. */
  private async findTokenizer(path: string): Promise<Tokenizer | undefined> {
    try {
      return parseTokenizer(await readFile(this.tree.absolute(path), 'utf8'), path);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.notes.push(`${error.message}; texts become words of a vocabulary`);
      return undefined;
    }
  }

  private tokens(field: Field, texts: readonly string[], path: string, tokenizer: Tokenizer): EncoderSpec {
    const step = Math.max(1, Math.floor(texts.length / TOKENIZED_TEXTS));
    const lengths = texts.filter((_, at) => at % step === 0).map((text) => tokenizer.encode(text).length);
    const length = Math.min(tokenizer.maxLength ?? MAX_LENGTH, findLength(lengths));
    this.vocabularySizes.set(path, tokenizer.size);
    this.visuals[toHandlerName(field.name)] = { kind: 'tokens', column: field.name, tokenizer: path, length };
    this.notes.push(
      `texts of "${field.name}" become ids of ${path}, cut or padded to ${length} tokens, a length that 95 % ` +
        'of them do not exceed or the largest that the file or Noema proposes',
    );
    return { encoder: 'tokens', column: field.name, tokenizer: path, length };
  }

  private words(field: Field, texts: readonly string[]): EncoderSpec {
    const counts = new WordCounts();
    for (const text of texts) counts.add(text);
    const length = findLength(counts.lengths);
    const file = this.files.size === 0 ? VOCABULARY : `noema.${toHandlerName(field.name)}.txt`;
    const vocabulary = counts.vocabulary(VOCABULARY_WORDS - RESERVED);
    this.files.set(file, `${vocabulary.join('\n')}\n`);
    this.vocabularySizes.set(file, RESERVED + vocabulary.length);
    this.visuals[toHandlerName(field.name)] = { kind: 'words', column: field.name, length };
    this.notes.push(
      `texts of "${field.name}" are cut or padded to ${length} words, the length that 95 % of them do not exceed`,
    );
    return { encoder: 'words', column: field.name, length, vocabulary: file };
  }

  /** The truth of objects is shown on their picture; the mask has the size of the input. */
  private objects(
    { name, labels = [], truth, maxObjects = 1 }: Field,
    inputs: Manifest['inputs'],
  ): EncoderSpec {
    const [[key, spec] = ['', {}]] = Object.entries(inputs) as [string, Partial<EncoderSpec>][];
    const values = [...labels];
    this.visuals[key] = {
      kind: truth === 'mask' ? 'mask' : 'boxes',
      column: String(spec['column']),
      objects: name,
      labels: values,
    };
    if (truth === 'boxes') return { encoder: 'boxes', column: name, values, length: maxObjects };
    if (truth !== 'mask') return { encoder: 'presence', column: name, values };
    return { encoder: 'mask', column: name, height: spec['height'], width: spec['width'], values };
  }

  private truth(profile: FieldProfile): EncoderSpec {
    const { field, values } = profile;
    if (field.labels !== undefined)
      return { encoder: 'classes', column: field.name, values: [...field.labels] };
    if (isClass(profile)) {
      if (values === undefined)
        throw new DomainError(
          'invalid',
          'TRUTH_INVALID',
          `"${field.name}" has more than 1,000 distinct texts, which are too many classes`,
        );
      return { encoder: 'classes', column: field.name, values: [...values] };
    }
    return { encoder: 'number', columns: [field.name] };
  }

  private splits(profile: FieldProfile | undefined): Manifest['splits'] {
    if (profile === undefined) {
      if (this.options.shares !== undefined) return this.options.shares;
      this.notes.push(
        'no column and no folder says the split; 80 % of the records are training and 20 % validation, by a ' +
          'hash of their ids',
      );
      const group = this.records.fields.find(({ role }) => role === 'group');
      return group === undefined ? SHARES : { ...SHARES, group: group.name };
    }
    const named = SPLIT_NAMES.map(
      (split) => [split, profile.values!.filter((value) => splitNamed(value) === split)] as const,
    ).filter(([, values]) => values.length > 0);
    return { column: profile.field.name, ...Object.fromEntries(named) };
  }

  private async toPart({ field, values }: FieldProfile): Promise<FeaturePart> {
    if (field.kind === 'boolean') return { column: field.name };
    if (field.kind !== 'number') return { column: field.name, values: [...(values ?? [])] };
    const cells = await this.records.column(field.name);
    const moments = new Moments();
    for (const index of this.training) moments.add(cells[index] ?? null);
    return { column: field.name, mean: rounded(moments.mean), std: rounded(moments.std) || 1 };
  }

  /** Mean and standard deviation of all numbers of up to 500 training records, spread evenly. */
  private async fitScale(column: string): Promise<{ readonly mean: number; readonly std: number }> {
    const step = Math.max(1, Math.floor(this.training.length / SCALE_RECORDS));
    const moments = new Moments();
    for (let at = 0; at < this.training.length; at += step) {
      const cell = (await this.records.row(this.training[at]!))[column] ?? null;
      if (isNumbers(cell)) for (const value of cell.data) moments.add(value);
    }
    return { mean: rounded(moments.mean), std: rounded(moments.std) || 1 };
  }
}

type FeaturePart =
  | { readonly column: string }
  | { readonly column: string; readonly mean: number; readonly std: number }
  | { readonly column: string; readonly values: readonly string[] };

/** The length that 95 % of the texts do not exceed, at most `MAX_LENGTH`. */
function findLength(lengths: number[]): number {
  const sorted = lengths.sort((a, b) => a - b);
  return Math.max(1, Math.min(MAX_LENGTH, sorted[Math.floor(0.95 * (sorted.length - 1))] ?? 1));
}

const isNumbers = (cell: Cell | undefined): cell is Numbers =>
  typeof cell === 'object' && cell !== null && 'data' in cell;

/** Six digits: more have no meaning, and people read the manifest. */
const rounded = (value: number): number => Number(value.toPrecision(6));

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
