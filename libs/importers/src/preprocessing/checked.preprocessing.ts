import type { ModelInput } from '@noema/layers';
import { optionInvalid } from '../import.errors.js';
import type { InputPreprocessing } from './preprocessing.js';

/** Largest height and width of pictures that are resized; the weights of an axis have up to 2^26 numbers. */
const MAX_SIDE = 8192;

const fail = (input: string, why: string): Error =>
  optionInvalid('preprocessing', `the preprocessing of input "${input}" ${why}`);

/**
 * Statements with the names of the inputs that they are about. Throws `invalid` MODEL_IMPORT_INVALID for an
 * input that the model does not have or that is stated twice, and for sizes and channels that do not fit it.
 */
export function checkedPreprocessing(
  stated: readonly InputPreprocessing[],
  inputs: readonly ModelInput[],
): InputPreprocessing[] {
  const names = new Set<string>();
  return stated.map((one) => {
    const input = inputs.find(({ name }) => name === one.input || (one.input === '' && inputs.length === 1));
    if (input === undefined)
      throw fail(
        one.input,
        `names no input of the model; it has ${inputs.map(({ name }) => `"${name}"`).join(', ')}`,
      );
    if (names.size === names.add(input.name).size) throw fail(input.name, 'is stated twice; state it once');
    checkFit(one, input);
    return { ...one, input: input.name };
  });
}

function checkFit(
  { dataSize, channelOrder, range, mean, std }: InputPreprocessing,
  { name, dims }: ModelInput,
): void {
  const size = dims.slice(1).map(Number);
  const shape = `[${size.join(', ')}]`;
  const channels = size.at(-1) ?? 1;
  if (dataSize !== undefined && (size.length !== 3 || dataSize.some((side) => !isSide(side))))
    throw fail(
      name,
      size.length === 3
        ? `has the size ${dataSize.join(' × ')}; give a height and a width from 1 to ${MAX_SIDE}`
        : `has a size, and the input is ${shape}, not a picture [height, width, channels]`,
    );
  if (channelOrder !== undefined && channelOrder !== 'rgb' && (size.length < 2 || channels !== 3))
    throw fail(name, `has the order ${channelOrder}, and the input is ${shape}, without three channels last`);
  if (range !== undefined && !(range.every(Number.isFinite) && range[0] < range[1]))
    throw fail(name, `has the range ${range.join(' to ')}; give two numbers, the smaller one first`);
  for (const [what, values] of [
    ['mean', mean],
    ['std', std],
  ] as const) {
    if (values === undefined) continue;
    if (!values.every(Number.isFinite) || (values.length !== 1 && values.length !== channels))
      throw fail(
        name,
        `has ${values.length} numbers as ${what}, and the input ${shape} has ${channels} channels; ` +
          'give one finite number, or one for each channel',
      );
  }
  if (std?.some((value) => value <= 0) === true)
    throw fail(name, `has std ${std.join(', ')}; give numbers above 0`);
}

const isSide = (side: number): boolean => Number.isSafeInteger(side) && side >= 1 && side <= MAX_SIDE;
