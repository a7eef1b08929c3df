import { elementCount } from '@noema/onnx';
import type * as H5 from 'h5wasm';
import { fileInvalid } from '../import.errors.js';
import { halfToNumber } from '../layers/weight.storage.js';
import type { FileWeight } from '../layers/weights.matching.js';

/** Limit of the numbers of one file, and of their bytes. */
const MAX_BYTES = 2 ** 30;
/** Classes of HDF5 types. */
const INTEGER = 0;
const FLOAT = 1;
const MAGIC = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');

/** True for the bytes of an HDF5 file. */
export const isHdf5 = (bytes: Uint8Array): boolean => MAGIC.equals(bytes.subarray(0, MAGIC.length));

/**
 * The groups, attributes and arrays of an HDF5 file. The library runs in WebAssembly on a file system in
 * memory that holds this file alone, so links and storage outside of the file lead nowhere; they are refused.
 * All methods throw `invalid` MODEL_FILE_INVALID for a damaged file.
 */
export class Hdf5Reader {
  private static count = 0;
  private bytes = 0;

  private constructor(
    private readonly library: typeof H5,
    private readonly file: H5.File,
    private readonly remove: () => void,
  ) {}

  static async open(bytes: Uint8Array): Promise<Hdf5Reader> {
    if (!isHdf5(bytes)) throw fileInvalid('its weights are not an HDF5 file');
    // Large, and only needed for these formats.
    const library = await import('h5wasm');
    const wasm = await library.ready;
    wasm.activate_throwing_error_handler();
    const { FS } = wasm;
    // The library keeps what it knows of a file by its name.
    const name = `model-${++Hdf5Reader.count}.h5`;
    const remove = (): void => {
      FS.unlink(name);
    };
    FS.writeFile(name, bytes);
    try {
      return guarded(() => new Hdf5Reader(library, new library.File(name, 'r'), remove));
    } catch (error) {
      remove();
      throw error;
    }
  }

  /** Text of an attribute; `undefined` without one. */
  text(path: string, name: string): string | undefined {
    const value = this.attribute(path, name);
    return typeof value === 'string' ? value : undefined;
  }

  /**
   * List of texts of an attribute; `undefined` without one. Keras splits a list that is too long for one
   * attribute into `<name>0`, `<name>1`, ….
   */
  texts(path: string, name: string): string[] | undefined {
    const whole = this.attribute(path, name);
    if (whole !== undefined) return textsIn(whole, name);
    const parts: string[] = [];
    for (let i = 0; ; i++) {
      const part = this.attribute(path, `${name}${i}`);
      if (part === undefined) return i === 0 ? undefined : parts;
      parts.push(...textsIn(part, name));
    }
  }

  /** Names in a group; none if there is no such group. */
  names(path: string): string[] {
    return guarded(() => {
      const group = this.entity(path);
      return group instanceof this.library.Group ? group.keys() : [];
    });
  }

  /** An array of floats as float32; `undefined` for an array of whole numbers, such as a seed or a count. */
  weight(path: string): FileWeight | undefined {
    return guarded(() => {
      const dataset = this.entity(path);
      if (!(dataset instanceof this.library.Dataset)) throw fileInvalid(`it has no array "${short(path)}"`);
      const { type, size, shape, virtual_sources: sources } = dataset.metadata;
      if (type === INTEGER) return undefined;
      const dims = shape ?? [];
      if (type !== FLOAT || ![2, 4, 8].includes(size))
        throw fileInvalid(`array "${short(path)}" holds no floats of 16, 32 or 64 bits; save it as float32`);
      if ((sources?.length ?? 0) > 0) throw fileInvalid(`array "${short(path)}" is stored in other files`);
      if ((this.bytes += size * elementCount(dims)) > MAX_BYTES)
        throw fileInvalid(`its arrays have more than ${MAX_BYTES} bytes`);
      return { name: path, dims, data: toFloat32(dataset.value, size) };
    });
  }

  close(): void {
    guarded(() => this.file.close());
    this.remove();
  }

  private attribute(path: string, name: string): unknown {
    return guarded(() => {
      const entity = this.entity(path);
      if (!(entity instanceof this.library.Group)) return undefined;
      return name in entity.attrs ? entity.attrs[name]!.value : undefined;
    });
  }

  private entity(path: string): unknown {
    const entity = path === '' ? this.file : this.file.get(path);
    if (entity instanceof this.library.ExternalLink)
      throw fileInvalid(`"${short(path)}" is a link to another file; save the model as one file`);
    return entity;
  }
}

const short = (path: string): string => path.slice(0, 200);

function textsIn(value: unknown, name: string): string[] {
  const list = typeof value === 'string' ? [value] : value;
  // An empty list is stored as numbers.
  if (ArrayBuffer.isView(list)) return [];
  if (!Array.isArray(list) || !list.every((one) => typeof one === 'string'))
    throw fileInvalid(`its attribute "${name}" is no list of texts`);
  return list;
}

function toFloat32(value: unknown, size: number): Float32Array {
  // The library returns half floats as bytes, and one number of a scalar as a number.
  if (typeof value === 'number') return Float32Array.of(value);
  if (!ArrayBuffer.isView(value)) return new Float32Array();
  if (size !== 2) return Float32Array.from(value as Float32Array | Float64Array);
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  return Float32Array.from(new Uint16Array(bytes.buffer), halfToNumber);
}

function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && error.name === 'DomainError') throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw fileInvalid(`its HDF5 file is damaged: ${why.replaceAll(/\s+/g, ' ').slice(0, 200)}`, error);
  }
}
