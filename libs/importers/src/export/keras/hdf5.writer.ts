/** An array of an HDF5 file. */
export interface Hdf5Array {
  /** Groups and the name, such as `layers/dense/vars/0`. */
  readonly path: string;
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

let count = 0;

/** Writes groups and arrays of float32 into an HDF5 file, in the memory of the library. */
export async function writeHdf5(
  groups: readonly string[],
  arrays: readonly Hdf5Array[],
): Promise<Uint8Array> {
  // Large, and only needed for this format.
  const library = await import('h5wasm');
  const wasm = await library.ready;
  wasm.activate_throwing_error_handler();
  // The library keeps what it knows of a file by its name.
  const name = `export-${++count}.h5`;
  const file = new library.File(name, 'w');
  try {
    const made = new Set<string>();
    const open = (path: string): void => {
      if (path === '' || made.has(path)) return;
      open(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
      file.create_group(path);
      made.add(path);
    };
    for (const path of groups) open(path);
    for (const { path, dims, data } of arrays) {
      open(path.slice(0, path.lastIndexOf('/')));
      file.create_dataset({ name: path, data, shape: [...dims], dtype: '<f4' });
    }
    file.close();
    return wasm.FS.readFile(name);
  } finally {
    wasm.FS.unlink(name);
  }
}
