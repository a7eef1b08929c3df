import { gradientRules, gradientStops } from '@noema/autodiff';
import { layerKinds } from '@noema/layers';
import { expect, it } from 'vitest';
import { tensorflowOperators } from '../src/backends/tensorflow/operator.registry.js';

const wrapped = (names: readonly string[]): string =>
  names
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => `\`${name}\``)
    .join(', ');

/** A paragraph in lines of at most 110 characters, however it is broken here. */
const filled = (text: string): string =>
  text
    .replaceAll('\n', ' ')
    .replaceAll(/(.{1,110})(?: |$)/g, '$1\n')
    .trimEnd();

/** The table as the registries say it. */
function operatorsTable(): string {
  const rules = gradientRules
    .keys()
    .toSorted((a, b) => a.localeCompare(b))
    .map((key) => gradientRules.get(key));
  const native = tensorflowOperators
    .keys()
    .filter((key) => !key.includes(':'))
    .toSorted((a, b) => a.localeCompare(b))
    .map((key) => tensorflowOperators.get(key));
  const rewritten = rules
    .filter(({ key, rewrite }) => rewrite !== undefined && tensorflowOperators.find(key) === undefined)
    .map(({ key }) => key);
  const has = (names: readonly string[]): number =>
    names.filter((name) => rewritten.includes(name) || tensorflowOperators.find(name) !== undefined).length;
  const whole = rules.filter(({ limits }) => limits === undefined).map(({ key }) => key);
  const wholeNative = native.filter(({ limits }) => limits === undefined).map(({ key }) => key);
  const nativeCount = native.length + rewritten.length;
  const nativeRules = has(rules.map(({ key }) => key));
  const nativeStops = has(gradientStops);
  return `# Layers and operators

Generated from the registries; a test fails when this file differs, and
\`npx vitest run libs/engine/dist/test/operators -u\` writes it again.

## Layer kinds

${filled(`A model in the layers format of TF.js or Keras may have these ${layerKinds.keys().length} kinds,
in addition to inputs and models as layers. Any other is refused by name (LAYER_KIND_UNKNOWN).`)}

${filled(wrapped(layerKinds.keys()))}

## Operators with a gradient

${filled(`Gradients by activations, inputs and parameters go back through these ${rules.length} operators
of ONNX (opsets 18 to 20), each tested by finite differences. One that is not here and lies between what is
explained and what it is explained by is named by the error GRADIENT_UNSUPPORTED; the methods that only run
the model forward (occlusion, RISE) do not need it.`)}

${filled(wrapped(whole))}

| in some forms | |
|---|---|
${rules
  .filter(({ limits }) => limits !== undefined)
  .map(({ key, limits }) => `| \`${key}\` | ${limits!} |`)
  .join('\n')}

## Operators at which gradients stop

Their outputs are whole numbers, booleans, random or flat: what lies before them has gradient 0 through
them, and nothing is missing.

${filled(`${wrapped(gradientStops)}, and \`Cast\` to whole numbers.`)}

## Operators of the backends \`tensorflow\` and \`tensorflow-gpu\`

${filled(`ONNX Runtime (\`cpu\`, \`cuda\`) has every operator. TensorFlow's backends have these
${nativeCount}, of opsets 13 and later, and refuse a program with another one, or with a form that they do not
have, by its name when it is opened (PROGRAM_INVALID). They have ${nativeRules} of the ${rules.length}
operators with a gradient and ${nativeStops} of the ${gradientStops.length} at which gradients stop.`)}

${filled(`${wrapped(wholeNative)}; and ${wrapped(rewritten)}, which are written in others.`)}

| in some forms | |
|---|---|
${native
  .filter(({ limits }) => limits !== undefined)
  .map(({ key, limits }) => `| \`${key}\` | ${limits!} |`)
  .join('\n')}

## Operators of scikit-learn

${filled(`Of \`ai.onnx.ml\`, \`Scaler\`, \`Normalizer\`, \`LinearClassifier\` and \`LinearRegressor\` are written in
standard operators. \`TreeEnsembleClassifier\` and \`TreeEnsembleRegressor\` run forward on ONNX Runtime, with the
scores of single trees as units; they have no gradient. In place of a \`ZipMap\` the output is the tensor before
it, and labels of text are the names of its classes.`)}

## Operators of exported files

${filled(`\`noema models export\` writes operators of version 17. Newer ones are written in others: \`Gelu\`,
\`Mish\`, \`GroupNormalization\`, reductions with axes as an input, \`Split\` with \`num_outputs\` and
\`Pad\` with axes. A newer form that version 17 does not compute is refused with the name of the layer
(EXPORT_OPERATOR_UNSUPPORTED); \`--opset 20\` writes it.`)}
`;
}

it('docs/operators.md is what the registries say', async () => {
  await expect(operatorsTable()).toMatchFileSnapshot('../../../../docs/operators.md');
});
