import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { deviceUnavailable } from '../../engine.errors.js';

/**
 * Functions of the native part (`libs/engine/native/tensorflow.cc`). Tensors are handles, valid in the thread
 * that created them.
 */
export interface TensorFlowLibrary {
  /**
   * Opens TensorFlow in this thread with the bytes of a `tensorflow.ConfigProto`, on the first device of a
   * type; gives the device's name.
   */
  open(config: Uint8Array, type: 'CPU' | 'GPU'): string;
  /** Copies data into a tensor. */
  tensor(type: number, dims: readonly number[], data: ArrayBufferView): number;
  /**
   * Runs an operator; attributes come as name, kind, value, and so on. For each output it gives number, type,
   * rank and dimensions, in one list.
   */
  execute(
    operator: string,
    attributes: readonly unknown[],
    inputs: readonly number[],
    outputs: number,
  ): number[];
  read(tensor: number): ArrayBuffer;
  remove(tensor: number): void;
  /** Tensors of this thread that were not removed. */
  count(): number;
  version(): string;
}

export type Device = 'CPU' | 'GPU';

/**
 * Where `make native` puts the library: in the repository, or in the folder of an image that has
 * `node_modules`.
 */
const FOLDERS: Readonly<Record<Device, string>> = { CPU: 'tensorflow', GPU: 'tensorflow-gpu' };
const findPath = (device: Device): string =>
  fileURLToPath(new URL(`../../../../../../.native/${FOLDERS[device]}/tensorflow.node`, import.meta.url));

/**
 * tensorflow.ConfigProto: one intra-op and one inter-op thread, because workers run concurrently. Without
 * `gpu`, no GPU is used.
 */
const THREADS = [0x10, 1, 0x28, 1];
const WITHOUT_GPU = [0x0a, 7, 0x0a, 3, ...Buffer.from('GPU'), 0x10, 0];
/** gpu_options.allow_growth: workers share the memory of a GPU. */
const GROWING = [0x32, 2, 0x20, 1];

const opened = new Map<Device, TensorFlowLibrary>();

/** Opens the native part in this thread. Throws `unavailable` DEVICE_UNAVAILABLE with the missing part. */
export function tensorflowOn(device: Device, key: string): TensorFlowLibrary {
  const known = opened.get(device);
  if (known !== undefined) return known;
  const path = findPath(device);
  if (!existsSync(path))
    throw deviceUnavailable(key, new Error(`${path} is not there; \`make native\` says how to prepare it`));
  try {
    const library = createRequire(import.meta.url)(path) as TensorFlowLibrary;
    library.open(Uint8Array.from([...THREADS, ...(device === 'CPU' ? WITHOUT_GPU : GROWING)]), device);
    opened.set(device, library);
    return library;
  } catch (cause) {
    throw deviceUnavailable(key, cause);
  }
}
