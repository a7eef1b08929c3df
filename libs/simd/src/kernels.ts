import { readFileSync } from 'node:fs';
import type { SharedMemory } from './kernel-memory.js';
import type { OwnMemory } from './thread-memory.js';

/** An address in the memory: the `byteOffset` of an array in KernelMemory. */
type Address = number;

/** The functions of ../kernels, where they are documented. */
export interface Kernels {
  adamStep(
    parameters: Address,
    gradients: Address,
    first: Address,
    second: Address,
    count: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    alpha: number,
    epsilon: number,
    keep: number,
  ): void;
  addCoMoments(columns: Address, d: number, stride: number, from: number, to: number, into: Address): void;
  addPooledConvolution(
    plan: Address,
    input: Address,
    plane: Address,
    pooled: Address,
    gradient: Address,
  ): void;
  addRows(rows: Address, count: number, d: number, sums: Address): void;
  addTo(target: Address, added: Address, count: number): void;
  beginPooledConvolution(plan: Address, kernels: Address, biases: Address): void;
  beginIteration(plan: Address, from: number, to: number): void;
  centreColumns(
    rows: Address,
    count: number,
    d: number,
    mean: Address,
    columns: Address,
    stride: number,
  ): void;
  collectReverse(plan: Address, from: number, to: number, seed: number): void;
  countNew(plan: Address, from: number, to: number): number;
  dropoutMasks(
    rows: Address,
    seed: number,
    epoch: number,
    mask: number,
    dropped: number,
    kept: number,
    width: number,
    out: Address,
  ): void;
  dueEdges(
    starts: Address,
    ends: Address,
    rates: Address,
    phases: Address,
    packing: Address,
    from: number,
    to: number,
    scratch: Address,
  ): void;
  emptyLists(plan: Address, from: number, to: number): void;
  endPooledConvolution(plan: Address, kernels: Address, biases: Address): void;
  fillLists(plan: Address, from: number, to: number, seed: number): void;
  growTree(
    plan: Address,
    leaf: number,
    seed: number,
    order: Address,
    scratch: Address,
    products: Address,
  ): void;
  holdBack(target: Address, places: Address, count: number, share: number): void;
  joinLeaves(
    plan: Address,
    order: Address,
    at: number,
    end: number,
    from: number,
    to: number,
    outbox: Address,
    capacity: number,
    scratch: Address,
  ): number;
  joinNeighbors(
    plan: Address,
    at: number,
    end: number,
    from: number,
    to: number,
    outbox: Address,
    capacity: number,
    scratch: Address,
  ): number;
  makePooledConvolution(plan: Address, input: Address, pooled: Address, chosen: Address): void;
  nearestCentres(
    points: Address,
    blocks: number,
    d: number,
    centres: Address,
    k: number,
    numbers: Address,
    squares: Address,
    seconds: Address,
  ): void;
  nearestInBlocks(
    cloud: Address,
    query: Address,
    start: number,
    self: number,
    allowed: Address,
    count: number,
    squares: Address,
    rows: Address,
    scratch: Address,
  ): number;
  pairForces2(
    map: Address,
    starts: Address,
    partners: Address,
    factor: number,
    base: number,
    gradient: Address,
    from: number,
    to: number,
  ): void;
  pairForces3: Kernels['pairForces2'];
  pictureSlopes(picture: Address, side: number, stride: number, slopes: Address): void;
  projectRows(
    rows: Address,
    count: number,
    d: number,
    mean: Address,
    scale: Address,
    components: Address,
    k: number,
    scaled: Address,
    out: Address,
  ): void;
  ranksInBlocks(
    cloud: Address,
    query: Address,
    k: number,
    below: Address,
    above: Address,
    counts: Address,
    rows: Address,
    squares: Address,
    scratch: Address,
  ): number;
  rowsWithin(
    plan: Address,
    queries: Address,
    limits: Address,
    count: number,
    from: number,
    to: number,
    found: Address,
    at: number,
    capacity: number,
    squares: Address,
  ): number;
  slopeProducts(shown: Address, side: number, stride: number, slopes: Address, products: Address): void;
  slopeSums(
    warped: Address,
    picture: Address,
    side: number,
    stride: number,
    slopes: Address,
    gain: number,
    offset: number,
    sums: Address,
  ): void;
  takeOffers(plan: Address, outbox: Address, from: number, to: number): void;
  umapStep2(
    source: Address,
    target: Address,
    starts: Address,
    scratch: Address,
    from: number,
    to: number,
    attraction: Address,
    repulsion: Address,
    n: number,
    negatives: number,
    seed: number,
    epoch: number,
    alpha: number,
  ): void;
  umapStep3: Kernels['umapStep2'];
  warpOnto(
    picture: Address,
    side: number,
    stride: number,
    map: Address,
    edge: number,
    other: Address,
    warped: Address,
    moments: Address,
  ): void;
}

/** Maximum number of points per block of `dueEdges`, and the int32 of its scratch memory before the lists. */
export const DUE_EDGES_BLOCK = 256;
export const DUE_EDGES_SCRATCH = 64 + DUE_EDGES_BLOCK + DUE_EDGES_BLOCK + 4;

const compiled = new Map<string, WebAssembly.Module>();

/**
 * Returns the kernels over a memory. Each thread calls it once. The engine optimises code after its first
 * calls, so split the work into several kernel calls.
 */
export function kernelsOn(memory: SharedMemory | OwnMemory): Kernels {
  const name = memory.buffer instanceof SharedArrayBuffer ? 'kernels' : 'kernels.own';
  const code =
    compiled.get(name) ?? new WebAssembly.Module(readFileSync(new URL(`../${name}.wasm`, import.meta.url)));
  compiled.set(name, code);
  return new WebAssembly.Instance(code, { env: { memory } }).exports as Kernels;
}
