import type { Vocabulary } from '@noema/kernel';
import type { CompiledModel, ModelInput } from '@noema/layers';
import { stateVocabulary } from '@noema/readers/tokenizer';
import { optionInvalid } from '../import.errors.js';

/** A tokenizer whose ids an input takes, as texts of its files. */
export interface StatedTokenizer {
  /** Name of the input; empty for the only one. */
  readonly input: string;
  /** Texts of the files by their names. */
  readonly files: ReadonlyMap<string, string>;
}

/** Tokens of an input, as a stored topology has them. */
export interface InputVocabulary extends Vocabulary {
  readonly input: string;
}

const fail = (input: string, why: string): Error =>
  optionInvalid('tokenizers', `the tokenizer of input "${input}" ${why}`);

/**
 * The vocabularies of the inputs by their tokenizers. Throws `invalid` TOKENIZER_INVALID, and MODEL_IMPORT_INVALID for
 * an input that the model does not have, that is stated twice, that is not a list of ids, or whose table of
 * embeddings has fewer rows than the tokenizer has ids.
 */
export async function statedVocabularies(
  stated: readonly StatedTokenizer[],
  model: CompiledModel,
): Promise<InputVocabulary[]> {
  const names = new Set<string>();
  const found: InputVocabulary[] = [];
  for (const { input: name, files } of stated) {
    const input = findInput(name, model.inputs);
    if (names.size === names.add(input.name).size) throw fail(input.name, 'is stated twice; state it once');
    if (input.dims.length !== 2)
      throw fail(
        input.name,
        `is for ids [length] of one sample, and the input is [${input.dims.slice(1).join(', ')}]`,
      );
    const vocabulary = await stateVocabulary(files);
    const rows = countTableRows(model, input.name);
    if (rows !== undefined && rows < vocabulary.size)
      throw fail(
        input.name,
        `has ${vocabulary.size} ids (${vocabulary.kind}), and the table of embeddings that the input is read by has ` +
          `${rows} rows; give the file that the model was trained with`,
      );
    found.push({ input: input.name, ...vocabulary });
  }
  return found;
}

function findInput(name: string, inputs: readonly ModelInput[]): ModelInput {
  const input = inputs.find((one) => one.name === name || (name === '' && inputs.length === 1));
  if (input !== undefined) return input;
  throw fail(name, `names no input of the model; it has ${inputs.map((one) => `"${one.name}"`).join(', ')}`);
}

/** Operators between an input and its table that leave the ids unchanged. */
const PASSES: ReadonlySet<string> = new Set([
  'Cast',
  'Identity',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
]);

/** Rows of the smallest table that ids of an input choose from; `undefined` where none is found. */
export function countTableRows({ graph, parameters }: CompiledModel, input: string): number | undefined {
  const ids = new Set([input]);
  let rows: number | undefined;
  for (const { opType, inputs, outputs, attributes } of graph.nodes) {
    const [first = '', second = ''] = inputs;
    if (PASSES.has(opType) && ids.has(first)) for (const output of outputs) ids.add(output);
    if (opType !== 'Gather' || !ids.has(second) || (attributes['axis'] ?? 0) !== 0) continue;
    const size =
      graph.initializers.get(first)?.dims[0] ?? parameters.find(({ name }) => name === first)?.graphDims[0];
    if (size !== undefined) rows = Math.min(size, rows ?? Infinity);
  }
  return rows;
}

/** Reads the vocabularies that the topology of a version states, which were checked at the import. */
export const readVocabularies = (topology: unknown): readonly InputVocabulary[] =>
  (topology as { readonly vocabularies?: readonly InputVocabulary[] } | null)?.vocabularies ?? [];

/** The model with the tokens of its inputs. */
export function withVocabularies(model: CompiledModel, stated: readonly InputVocabulary[]): CompiledModel {
  if (stated.length === 0) return model;
  return {
    ...model,
    inputs: model.inputs.map((one) => {
      const own = stated.find(({ input }) => input === one.name);
      if (own === undefined) return one;
      const { input: _, ...vocabulary } = own;
      return { ...one, vocabulary };
    }),
  };
}
